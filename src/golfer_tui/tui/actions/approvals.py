"""Actions for what waits for a person: see it, approve it, refuse it."""

from golfer_tui.tui.actions.action import Action, Argument

APPROVALS = (
    Action(
        id="approval.answer",
        title="Answer what needs you",
        help="decide what agents may do only with your approval, one after the other; a click on a mark does so, too",
        do="answer_needs",
        subject="session",
        places=("cockpit",),
        keys="f2",
        bar="Answer",
        slash="answer",
        arguments=(Argument("WORKER", "worker", optional=True),),
    ),
    Action(
        id="approval.approve",
        title="Approve what waits longest",
        help="approve what waits longest; with always, the like is not asked about again in this session",
        do="approve",
        subject="session",
        places=("cockpit",),
        slash="approve",
        arguments=(Argument("HOW", "choice", optional=True, choices=("once", "always")),),
    ),
    Action(
        id="approval.refuse",
        title="Refuse what waits longest",
        help="refuse what waits longest; the agent reads the reason",
        do="refuse_oldest",
        subject="session",
        places=("cockpit",),
        slash="refuse",
        arguments=(Argument("REASON", "text", optional=True),),
    ),
    *(
        Action(id=f"approval.{name}", title=title, help=text, do=do, places=("approval",), keys=keys, bar=title,
               palette=False)
        for name, title, text, do, keys in (
            ("yes", "Approve", "let it be done, this once", "say('approved')", "y"),
            ("always", "Always", "let it be done, and do not ask about the like again in this session",
             "say('always')", "a"),
            ("no", "Refuse", "let it not be done; the reason that you may write is told to the agent", "say_no", "n"),
            ("later", "Later", "leave it; it waits on", "later", "escape"),
        )
    ),
)  # fmt: skip
