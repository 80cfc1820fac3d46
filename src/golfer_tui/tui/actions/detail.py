"""Actions of the details of a worker: its tabs, and the ways there."""

from golfer_tui.tui.actions.action import Action
from golfer_tui.tui.actions.worker import ONE, READ, SEEN

DETAIL = (
    *(
        Action(
            id=f"worker.{name}",
            title=title,
            help=text,
            do=f"worker_{name}",
            subject="worker",
            places=SEEN,
            keys=key,
            slash=name,
            arguments=ONE,
        )
        for name, title, text, key in (
            ("talk", "Conversation of", "what it was told, said and did, in full", "T"),
            ("files", "Files of", "the files of its workspace, coloured by what they are", "W"),
            ("changes", "Changes by", "what is different in its workspace since it began", "M"),
        )
    ),
    Action(
        id="worker.replay",
        title="Replay",
        help="play what it has printed so far, with pause, speed and seeking",
        do="worker_replay",
        subject="worker",
        places=READ,
        keys="V",
        slash="replay",
        arguments=ONE,
    ),
    Action(
        id="detail.tab",
        title="Go to a tab",
        help="about, talk, files, changes; so does a click",
        do="tab",
        places=("detail",),
        keys="1 2 3 4",
        numbered=True,
        palette=False,
    ),
    *(
        Action(id=f"detail.{name}", title=title, help=help_, do=do, places=("detail",), keys=keys, palette=False)
        for name, title, help_, do, keys in (
            ("next", "Next tab", "to the next tab", "beside(1)", "right_square_bracket"),
            ("previous", "Previous tab", "to the tab before", "beside(-1)", "left_square_bracket"),
            ("up", "Up", "up: a row, a file, a message or a line of the conversation", "rows(-1)", "up k"),
            ("down", "Down", "down", "rows(1)", "down j"),
            ("back", "Page up", "a page up; in the conversation also to older pages", "pages(-1)", "pageup ctrl+b"),
            ("on", "Page down", "a page down", "pages(1)", "pagedown ctrl+f"),
            ("left", "To the left", "close a folder, or to the left in long lines", "slide(-1)", "left h"),
            ("right", "To the right", "open a folder, or to the right in long lines", "slide(1)", "right l"),
            ("top", "To the top", "to the top", "ends(False)", "home g"),
            ("bottom", "To the bottom", "to the bottom", "ends(True)", "end G"),
        )
    ),
    Action(
        id="detail.open",
        title="Open or unfold",
        help="open a file or a folder, unfold a line, or go to the next changed file",
        do="open",
        places=("detail",),
        keys="enter space",
        bar="Open",
    ),
    Action(
        id="detail.close",
        title="Close the file",
        help="back from a file to the tree",
        do="close",
        places=("detail",),
        keys="escape backspace",
        bar="Tree",
    ),
    Action(
        id="detail.reload",
        title="Read again",
        help="read files or changes again",
        do="reload",
        places=("detail",),
        keys="U",
    ),
    Action(
        id="detail.copy",
        title="Copy from the details",
        help="copy the file, the changes, the marked line or what is told",
        do="copy",
        places=("detail",),
        keys="y",
    ),
)
