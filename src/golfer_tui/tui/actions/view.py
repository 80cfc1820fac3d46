"""Actions of the main screen: what is seen, and the ways between its places."""

from golfer_tui.tui.actions.action import Action, Argument

LAYOUTS = ("both", "fleet", "chat")

VIEW = (
    Action(
        id="view.back",
        title="Leave the zoom",
        help="leave the zoom",
        do="back",
        subject="session",
        places=("cockpit",),
        keys="escape",
        after="pane.done",
        bar="Back",
    ),
    Action(
        id="view.details",
        title="Show or hide the details",
        help="show or hide the details of the zoomed worker",
        do="detail",
        subject="session",
        places=("cockpit",),
        keys="d",
        bar="Details",
        slash="details",
    ),
    Action(
        id="view.layout",
        title="Change the layout",
        help="chat and workers, workers only, chat only",
        do="layout",
        subject="session",
        places=("cockpit",),
        keys="ctrl+l",
        bar="Layout",
        slash="layout",
        arguments=(Argument("LAYOUT", "choice", optional=True, choices=LAYOUTS),),
    ),
    Action(
        id="view.tiles",
        title="Tiles or a list",
        help="show the workers as tiles or as a list",
        do="view",
        places=("fleet",),
        keys="v",
    ),
    Action(
        id="view.next",
        title="Next place",
        help="go to the next place",
        do="focus_next",
        subject="app",
        places=("cockpit",),
        keys="tab",
        bar="Next",
        palette=False,
    ),
    Action(
        id="view.previous",
        title="Previous place",
        help="go to the previous place",
        do="focus_previous",
        subject="app",
        places=("cockpit",),
        keys="shift+tab",
        palette=False,
    ),
    *(
        Action(
            id=f"view.{way}",
            title=f"Go {way}",
            help=f"to the place or the worker {where}",
            do=f"go({x},{y})",
            subject="session",
            places=("cockpit",),
            keys=f"alt+{way}",
            palette=False,
            priority=True,
        )
        for way, where, x, y in (
            ("left", "at the left", -1, 0),
            ("right", "at the right", 1, 0),
            ("up", "above", 0, -1),
            ("down", "below", 0, 1),
        )
    ),
    Action(
        id="app.help",
        title="Show all keys",
        help="every key, those of where you are first",
        do="help",
        subject="session",
        places=("cockpit",),
        keys="question_mark f1",
        bar="Help",
        slash="help",
    ),
)
