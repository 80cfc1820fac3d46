"""Actions of the main screen: what is seen, and the ways between its places."""

from golfer_tui.tui.actions.action import Action, Argument

LAYOUTS = ("both", "fleet", "chat", "list")

VIEW = (
    Action(
        id="view.back",
        title="Leave the zoom",
        help="leave the zoom",
        do="back",
        subject="session",
        places=("cockpit",),
        keys="escape",
        after="chat.done",
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
        id="view.wide",
        title="Widen or narrow the details",
        help="let the details have the place of the zoomed worker's terminal, and back",
        do="wide",
        subject="session",
        places=("cockpit",),
        keys="w",
        slash="wide",
    ),
    *(
        Action(
            id=f"view.{name}",
            title=f"Move the divider to the {where}",
            help=f"move the divider between chat and workers to the {where}; the mouse drags it, too",
            do=f"move_divider({columns})",
            subject="session",
            places=("cockpit",),
            keys=key,
        )
        for name, where, columns, key in (
            ("narrower", "left", -4, "less_than_sign"),
            ("wider", "right", 4, "greater_than_sign"),
        )
    ),
    Action(
        id="view.layout",
        title="Change the layout",
        help="chat and workers, workers only, chat only, a list of workers with details",
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
        id="app.keys",
        title="Show all keys",
        help="every key, those of where you are first",
        do="help",
        subject="app",
        places=("cockpit", "scores", "stored", "start"),
        keys="question_mark",
        bar="Help",
        palette=False,
    ),
    Action(
        id="app.help",
        title="Show all keys",
        help="every key, also where a letter would be written",
        do="help",
        subject="app",
        places=("app",),
        keys="f1",
        bar="Help",
        slash="help",
        priority=True,
    ),
)
