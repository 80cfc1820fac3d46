"""Actions of the log: a worker's commands as blocks."""

from golfer_tui.tui.actions.action import Action

LOG = (
    Action(
        id="log.close",
        title="Leave the log",
        help="back to the worker's terminal",
        do="close_log",
        places=("log",),
        keys="escape L q",
        bar="Terminal",
    ),
    *(
        Action(
            id=f"log.{name}",
            title=f"{title} command",
            help=f"to the {title.lower()} command",
            do=f"jump({step}, {failed})",
            places=("log",),
            keys=keys,
            bar=bar,
        )
        for name, title, step, failed, keys, bar in (
            ("next", "Next", 1, False, "right_square_bracket n", "Next"),
            ("previous", "Previous", -1, False, "left_square_bracket p", ""),
            ("next-failed", "Next failed", 1, True, "right_curly_bracket e", "Failed"),
            ("previous-failed", "Previous failed", -1, True, "left_curly_bracket E", ""),
        )
    ),
    Action(
        id="log.fold",
        title="Fold or unfold a command",
        help="fold or unfold its output; so does a click on its line",
        do="fold",
        places=("log",),
        keys="enter space",
        bar="Fold",
    ),
    Action(
        id="log.fold-all",
        title="Fold or unfold all commands",
        help="fold all, or unfold them if most are folded",
        do="fold_all",
        places=("log",),
        keys="o",
    ),
    Action(
        id="log.copy",
        title="Copy the output of a command",
        help="copy its whole output, up to a million characters",
        do="copy_output",
        places=("log",),
        keys="y",
        bar="Copy",
    ),
    Action(
        id="log.copy-command",
        title="Copy a command",
        help="copy the command itself",
        do="copy_command",
        places=("log",),
        keys="Y",
    ),
    Action(
        id="log.rerun",
        title="Run a command again",
        help="run it again, after a question, in a shell of your own in the worker's sandbox",
        do="rerun",
        places=("log",),
        keys="R",
        bar="Run again",
    ),
    Action(
        id="log.times",
        title="Show or hide times",
        help="when each line was printed: the time of day, the seconds since the command began, nothing",
        do="times",
        places=("log",),
        keys="t",
        bar="Times",
    ),
    Action(
        id="log.wrap",
        title="Wrap or unwrap lines",
        help="wrap long lines, or show each on one row",
        do="wrap",
        places=("log",),
        keys="w",
        bar="Wrap",
    ),
    *(
        Action(id=f"log.{name}", title=title, help=help_, do=do, places=("log",), keys=keys, palette=False)
        for name, title, help_, do, keys in (
            ("up", "Row above", "a row up; the wheel scrolls, too", "scroll_rows(-1)", "up k"),
            ("down", "Row below", "a row down", "scroll_rows(1)", "down j"),
            ("back", "Page back", "a page back", "scroll_pages(-1)", "pageup ctrl+b"),
            ("on", "Page on", "a page on", "scroll_pages(1)", "pagedown ctrl+f"),
            (
                "left",
                "To the left",
                "to the left in unwrapped lines; the wheel with shift, too",
                "slide(-1)",
                "left h",
            ),
            ("right", "To the right", "to the right in unwrapped lines", "slide(1)", "right l"),
            ("oldest", "Oldest command", "to the oldest command", "oldest", "home g"),
            ("follow", "Newest output", "to the newest output, and follow it", "follow", "f end G"),
        )
    ),
)
