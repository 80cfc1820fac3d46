"""Actions of the panes: moving between workers, scrolling, copying, and a terminal that has the keyboard."""

from golfer_tui.tui.actions.action import Action

ENDS = 9999
"""Pages beyond either end of a worker's output."""

PANE = (
    *(
        Action(
            id=f"fleet.{way}",
            title=f"Worker {where}",
            help=f"to the worker {where}",
            do=f"move({x},{y})",
            places=("fleet",),
            keys=f"{way} {letter}",
            palette=False,
        )
        for way, where, letter, x, y in (
            ("up", "above", "k", 0, -1),
            ("down", "below", "j", 0, 1),
            ("left", "at the left", "h", -1, 0),
            ("right", "at the right", "l", 1, 0),
        )
    ),
    Action(
        id="pane.back",
        title="Page back",
        help="a page back in its output; the wheel scrolls, too",
        do="scroll_pane(1)",
        places=("fleet",),
        keys="pageup ctrl+b",
        palette=False,
    ),
    Action(
        id="pane.on",
        title="Page on",
        help="a page on in its output",
        do="scroll_pane(-1)",
        places=("fleet",),
        keys="pagedown ctrl+f",
        palette=False,
    ),
    Action(
        id="pane.oldest",
        title="Oldest output",
        help="to its oldest output",
        do=f"scroll_pane({ENDS})",
        places=("fleet",),
        keys="home g",
    ),
    Action(
        id="pane.follow",
        title="Newest output",
        help="to its newest output, and follow it",
        do=f"scroll_pane({-ENDS})",
        places=("fleet",),
        keys="f end G",
    ),
    *(
        Action(
            id=f"pane.{name}",
            title=f"{title} command in the output",
            help=f"scroll to the {title.lower()} command in its output",
            do=f"jump({step}, {failed})",
            places=("fleet",),
            keys=keys,
        )
        for name, title, step, failed, keys in (
            ("next-command", "Next", 1, False, "right_square_bracket"),
            ("previous-command", "Previous", -1, False, "left_square_bracket"),
            ("next-failed", "Next failed", 1, True, "right_curly_bracket"),
            ("previous-failed", "Previous failed", -1, True, "left_curly_bracket"),
        )
    ),
    Action(
        id="pane.copy",
        title="Copy the pane",
        help="copy what the pane shows",
        do="copy",
        places=("fleet",),
        keys="y",
    ),
    Action(
        id="terminal.leave",
        title="Take the keyboard back",
        help="take the keyboard back; every other key goes to the terminal",
        do="take_back",
        places=("terminal",),
        keys="ctrl+right_square_bracket ctrl+g",
        bar="Take the keyboard back",
        palette=False,
        priority=True,
    ),
)
