"""Actions for who reads in a terminal: searching, and the copy mode with its cursor."""

from golfer_tui.tui.actions.action import Action, Argument

FIND = (
    Action(
        id="pane.find",
        title="Find in the output",
        help="search its output, a regular expression; the case counts if there is a capital letter",
        do="find",
        subject="session",
        places=("fleet",),
        keys="slash",
        bar="Find",
        slash="find",
        arguments=(Argument("TEXT", "text", optional=True),),
    ),
    *(
        Action(
            id=f"pane.match-{name}",
            title=title,
            help=text,
            do=f"match({by})",
            subject="session",
            places=("fleet",),
            keys=keys,
        )
        for name, title, text, keys, by in (
            ("next", "Next match", "to the next match of the search", "n", 1),
            ("before", "Match before", "to the match before, which is older", "N", -1),
        )
    ),
    Action(
        id="pane.copy-mode",
        title="Copy mode",
        help="a cursor in its terminal, to select and copy without a mouse",
        do="copy_mode",
        subject="session",
        places=("fleet",),
        keys="C",
        slash="copy",
    ),
    Action(
        id="pane.done",
        title="End the search",
        help="end the search and its marks, select nothing",
        do="done_reading",
        subject="session",
        places=("fleet",),
        keys="escape",
        palette=False,
    ),
    *(
        Action(id=f"find.{name}", title=title, help=text, do=do, places=("find",), keys=keys, bar=bar, palette=False)
        for name, title, text, do, keys, bar in (
            ("before", "Match before", "to the match before, which is older", "match(-1)", "up", "Older"),
            ("next", "Next match", "to the next match", "match(1)", "down", "Newer"),
            ("keep", "Keep the search", "keep the search and go back to the terminal", "keep", "enter", "Keep"),
            ("cancel", "Cancel", "end the search, and show what was shown before", "cancel", "escape", "Cancel"),
        )
    ),
)

COPYING = (
    *(
        Action(
            id=f"copy.{way}",
            title=f"To the {where}",
            help=f"to the {where}",
            do=f"move('{way}')",
            places=("copying",),
            keys=keys,
            palette=False,
        )
        for way, where, keys in (
            ("left", "left", "left h"),
            ("right", "right", "right l"),
            ("up", "line above", "up k"),
            ("down", "line below", "down j"),
            ("word", "next word", "w"),
            ("word-before", "word before", "b"),
            ("word-end", "end of the word", "e"),
            ("line-begin", "beginning of the line", "0 home"),
            ("line-text", "first character of the line", "circumflex_accent"),
            ("line-end", "end of the line", "dollar_sign end"),
            ("page-up", "page before", "pageup ctrl+b"),
            ("page-down", "next page", "pagedown ctrl+f"),
            ("half-up", "half page before", "ctrl+u"),
            ("half-down", "next half page", "ctrl+d"),
            ("screen-top", "first line that is shown", "H"),
            ("screen-middle", "line in the middle", "M"),
            ("screen-bottom", "last line that is shown", "L"),
            ("oldest", "oldest line", "g"),
            ("newest", "newest line", "G"),
        )
    ),
    *(
        Action(id=f"copy.{name}", title=title, help=text, do=do, places=("copying",), keys=keys, bar=bar, palette=False)
        for name, title, text, do, keys, bar in (
            ("select", "Select", "begin to select, or end it", "select('cell')", "v space", "Select"),
            ("lines", "Select lines", "begin to select whole lines, or end it", "select('line')", "V", "Lines"),
            ("exchange", "Other end", "to the other end of what is selected", "exchange", "o", ""),
            ("copy", "Copy", "copy what is selected, or the line, and leave", "copy", "y enter", "Copy"),
            ("link", "Copy the link", "copy the address of the hyperlink at the cursor", "link", "u", ""),
            ("find", "Find", "search from here", "find", "slash", "Find"),
            ("next", "Next match", "to the next match", "match(1)", "n", ""),
            ("before", "Match before", "to the match before", "match(-1)", "N", ""),
            ("leave", "Leave", "leave the copy mode", "leave", "escape q", "Leave"),
        )
    ),
)
"""They are the same whoever's terminal it is, and as in the copy modes that people know."""
