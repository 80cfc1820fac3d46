"""What an action is, and where its keys can work. Plain values: reading them needs neither Textual nor the engine."""

import dataclasses as dc
from typing import Literal

Subject = Literal["app", "session", "worker", "place"]
"""Whose method it is: the app's, the main screen's (for the session, or for workers), or that of the place itself."""

Kind = Literal["worker", "skill", "model", "session", "theme", "choice", "word", "text"]
"""What an argument is. The first six are completed from what there is; a text is the whole rest of the line."""


@dc.dataclass(frozen=True)
class Place:
    """Somewhere keys can go: a screen, or a widget that has the focus."""

    title: str
    """As it stands above its keys."""
    inside: str = ""
    """The place around it, whose keys work here as well; empty if only its own do."""


PLACES = {
    "composer": Place("Input", "cockpit"),
    "suggestions": Place("List above the input"),
    "chat": Place("Chat", "cockpit"),
    "fleet": Place("Workers", "cockpit"),
    "detail": Place("Details of a worker", "cockpit"),
    "log": Place("Log of a worker", "cockpit"),
    "terminal": Place("A worker's terminal that has your keyboard"),
    "copying": Place("Copy mode of a terminal"),
    "find": Place("Finding"),
    "cockpit": Place("Anywhere in the cockpit", "app"),
    "scores": Place("Scores", "app"),
    "stored": Place("Stored sessions", "app"),
    "notices": Place("Notices", "app"),
    "help": Place("This help", "app"),
    "dialog": Place("Questions", "app"),
    "approval": Place("What needs you", "app"),
    "budget": Place("Budget", "app"),
    "letter": Place("Message to a worker", "app"),
    "failure": Place("When golfer cannot go on", "app"),
    "start": Place("First steps", "app"),
    "app": Place("Everywhere"),
    "player": Place("Player of recordings: golfer replay"),
}
"""By name. A widget of the main screen has the name as its id."""


@dc.dataclass(frozen=True)
class Argument:
    """A word, or the rest, behind a `/` command. The method takes them as texts, in this order."""

    name: str
    """As it is shown, such as `WORKER`."""
    kind: Kind
    optional: bool = False
    many: bool = False
    """Any number of words; only the last argument may be so."""
    choices: tuple[str, ...] = ()
    """All values of a `choice`."""

    def __str__(self) -> str:
        shown = f"{self.name}…" if self.many else self.name
        return f"[{shown}]" if self.optional else shown


@dc.dataclass(frozen=True, kw_only=True)
class Action:
    """Something that a person can do."""

    id: str
    """`noun.verb`: stable, since settings name it."""
    title: str
    """In the palette; for a worker its name follows."""
    help: str
    """One line."""
    do: str
    """Textual's action: the name of the method without `action_`, with arguments if it needs any."""
    subject: Subject = "place"
    places: tuple[str, ...]
    """Where the keys work."""
    keys: str = ""
    """Default keys with spaces between, by Textual's names."""
    bar: str = ""
    """What the key bar calls it; empty: it is not there."""
    slash: str = ""
    """Name of its `/` command; empty: there is none."""
    arguments: tuple[Argument, ...] = ()
    palette: bool = True
    """False for moving about, which no one looks for in a list."""
    numbered: bool = False
    """The first key calls `do` with 1, the second with 2, and so on."""
    priority: bool = False
    """Its keys win over those of the widget that has the focus."""
    after: str = ""
    """Id of an action with which it shares a key: that one comes first whenever it is possible."""

    @property
    def default_keys(self) -> tuple[str, ...]:
        return tuple(self.keys.split())

    def target_in(self, place: str) -> str:
        """`do` as Textual's bindings of this place name it: with what it is called on, if that is another node."""
        home = {"app": "app", "session": "cockpit", "worker": "cockpit"}.get(self.subject, place)
        if home == place:
            return self.do
        return f"{'app' if home == 'app' else 'screen'}.{self.do}"

    @property
    def needs(self) -> bool:
        """It cannot be done without an argument, so that a key or the palette begins its `/` command."""
        return any(not argument.optional for argument in self.arguments)

    @property
    def usage(self) -> str:
        """The `/` command with its arguments; empty if there is none."""
        return " ".join([f"/{self.slash}", *map(str, self.arguments)]) if self.slash else ""
