"""Actions that find what is not in sight: a text anywhere, the worker that matters now, what was told before."""

from golfer_tui.tui.actions.action import Action, Argument

SCOPES = ("pane", "panes", "chat", "workers", "sessions")
"""Where a text can be looked for, in the order of the key that goes through them."""

NEXT = ("needs", "failed", "finished")

FINDING = (
    Action(
        id="search.panes",
        title="Find in all panes",
        help="search the output of all workers, a regular expression",
        do="search('panes')",
        subject="session",
        places=("cockpit",),
        keys="backslash",
    ),
    Action(
        id="search.chat",
        title="Find in the chat",
        help="search the chat, with all that is folded in it",
        do="search('chat')",
        subject="session",
        places=("chat",),
        keys="slash",
        bar="Find",
    ),
    Action(
        id="search.sessions",
        title="Find in all sessions",
        help="search what was said and printed in the stored sessions",
        do="search('sessions')",
        subject="session",
        places=("cockpit",),
    ),
    Action(
        id="search.anywhere",
        title="Find anywhere",
        help="search this pane, all panes, the chat, the workers or the stored sessions",
        do="search",
        subject="session",
        places=("cockpit",),
        slash="search",
        arguments=(Argument("WHERE", "choice", choices=SCOPES), Argument("TEXT", "text", optional=True)),
        palette=False,
    ),
    *(
        Action(
            id=f"find.{name}",
            title=title,
            help=text,
            do=do,
            places=("find",),
            keys=keys,
            palette=False,
        )
        for name, title, text, do, keys in (
            ("elsewhere", "Find elsewhere", "look for it in the next of these places", "elsewhere(1)", "tab"),
            ("elsewhere-before", "Find elsewhere", "look for it in the place before", "elsewhere(-1)", "shift+tab"),
            ("page-up", "Page up", "a page up in the list of what was found", "page(-1)", "pageup"),
            ("page-down", "Page down", "a page down in the list of what was found", "page(1)", "pagedown"),
        )
    ),
    *(
        Action(
            id=f"chat.match-{name}",
            title=f"{title} in the chat",
            help=text,
            do=f"chat_match({by})",
            subject="session",
            places=("chat",),
            keys=keys,
        )
        for name, title, text, keys, by in (
            ("next", "Next match", "to the next match of the search", "n", 1),
            ("before", "Match before", "to the match before, which is older", "N", -1),
        )
    ),
    Action(
        id="chat.done",
        title="End the search in the chat",
        help="end the search and its marks",
        do="chat_done",
        subject="session",
        places=("cockpit",),
        keys="escape",
        after="pane.done",
        palette=False,
    ),
    Action(
        id="fleet.filter",
        title="Filter the workers",
        help="show those whose name or task has a text, or by the letters of their states, such as F or RQ",
        do="filter",
        subject="session",
        places=("fleet",),
        keys="ampersand",
        slash="filter",
        arguments=(Argument("TEXT", "text", optional=True),),
    ),
    Action(
        id="fleet.all",
        title="Show all workers",
        help="end the filter",
        do="show_all",
        subject="session",
        places=("fleet",),
        keys="escape",
        after="pane.done",
    ),
    *(
        Action(
            id=f"fleet.next-{kind}",
            title=f"Next worker that {what}",
            help=f"to the next worker that {what}",
            do=f"next_worker('{kind}')",
            subject="session",
            places=("cockpit",),
            keys=key,
        )
        for kind, what, key in (
            ("needs", "needs you", "exclamation_mark"),
            ("failed", "has failed", "E"),
            ("finished", "has finished", "D"),
        )
    ),
    Action(
        id="fleet.next",
        title="Next worker of a kind",
        help="to the next worker that needs you, has failed or has finished",
        do="next_worker",
        subject="session",
        places=("cockpit",),
        slash="next",
        arguments=(Argument("KIND", "choice", choices=NEXT),),
        palette=False,
    ),
    Action(
        id="session.notices",
        title="Notices so far",
        help="all that was told in passing, the newest first; a row leads to its worker",
        do="notices",
        subject="session",
        places=("cockpit",),
        keys="ctrl+n",
        slash="notices",
    ),
    *(
        Action(
            id=f"notices.{name}",
            title=title,
            help=text,
            do=do,
            places=("notices",),
            keys=keys,
            bar=bar,
            palette=False,
        )
        for name, title, text, do, keys, bar in (
            ("up", "Notice above", "to the notice above, which is newer", "row(-1)", "up k", ""),
            ("down", "Notice below", "to the notice below", "row(1)", "down j", ""),
            ("page-up", "Page up", "a page up", "page(-1)", "pageup ctrl+b", ""),
            ("page-down", "Page down", "a page down", "page(1)", "pagedown ctrl+f", ""),
            ("go", "Go to the worker", "go to the worker of the notice", "go_there", "enter", "Go there"),
            ("close", "Close", "close the list", "close_notices", "escape q", "Close"),
        )
    ),
)
