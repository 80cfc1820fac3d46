"""How the main screen carries out what it was asked for, and tells what it refuses, whichever way the person took."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui.actions import BY_ID, Argument
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.knowing import OPEN, Known, unknown
from golfer_tui.tui.performing import perform
from golfer_tui.tui.places import Places
from golfer_tui.tui.slash import Order, parse
from golfer_tui.tui.suggestions import Suggestions
from golfer_tui.tui.watch import Watch

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp


class Acting(Places):
    """What the main screen's actions stand on."""

    app: "CockpitApp"

    _watch: Watch | None = None
    _line = ""
    """The `/` command that is being carried out."""
    _known: Known | None = None

    # What actions use

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all workers."""
        return tuple(self._watch.state.workers) if self._watch is not None else ()

    def chosen(self, names: Sequence[str] = ()) -> list[Worker]:
        """The workers that are meant: the named ones, else the marked ones, else the selected one."""
        if self._watch is None:
            return []
        workers, fleet = self._watch.state.workers, self.query_one(Fleet)
        names = names or [name for name in workers if name in fleet.marked] or (fleet.selected,)
        return [workers[name] for name in names if name in workers]

    def single(self, name: str = "") -> list[Worker]:
        """The worker that is meant by what can only be done with one: the named one, else the selected one."""
        return self.chosen([name or self.query_one(Fleet).selected])

    def asks(self, name: str) -> bool:
        """The worker waits for an approval of the person."""
        return self._watch is not None and any(each.worker == name for each in self._watch.state.approvals.values())

    def refuse(self, sentence: str) -> None:
        """Tell why something is not done: where the person wrote it, or else in a toast."""
        self.refusing()(sentence)

    def refusing(self) -> Callable[[str], None]:
        """As `refuse`, for what is begun now and refused later."""
        return partial(self._refuse, self._line)

    def command(self, command: cm.Command, told: str = "") -> None:
        """Send a command to the engine; `told` is shown once it was taken, and what the engine refuses always."""
        refuse = self.refusing()
        self.app.command(command, told, refused=lambda error: refuse(str(error)))

    # The ways that lead to actions

    def action_begin(self, action: str) -> None:
        """Write the beginning of an action's `/` command, for the person to say the rest."""
        composer = self.query_one(Composer)
        self.set_focus(composer)
        composer.write(f"/{BY_ID[action].slash} ")

    async def carry_out(self, line: str) -> None:
        """Do what a `/` command says. A wrong one is told above the input, and stands there again."""
        self._line = line
        try:
            order = parse(line)
            await self._check(order)
            if not await perform(self, order.action, *order.words):
                self.refuse(f"/{order.action.slash} is not possible now.")
        except CommandError as error:
            self.refuse(str(error))
        finally:
            self._line = ""

    def candidates(self, argument: Argument) -> Iterable[tuple[str, str]]:
        """What an argument may be now, as far as it is known; the input is told when more is."""
        if self._watch is None:
            return ()
        if self._known is None:
            self._known = Known(self.app, self._watch)
        if not self._known.fresh(argument.kind):
            self.run_worker(self._learn(argument), group=f"learn {argument.kind}", exclusive=True)
        return self._known.values(argument)

    async def _learn(self, argument: Argument) -> None:
        if self._known is not None:
            await self._known.learn(argument.kind)
            self.query_one(Suggestions).refresh_offer()

    async def _check(self, order: Order) -> None:
        if self._watch is None:
            if order.action.subject == "app":
                return
            raise CommandError("slash.early", "The session is not open yet.", hint="Wait a moment.", retry=True)
        if self._known is None:
            self._known = Known(self.app, self._watch)
        for argument, word in zip(_by_word(order), order.words, strict=True):
            if argument.kind in OPEN:
                continue
            await self._known.learn(argument.kind)
            if refusal := unknown(argument, word, self._known.values(argument)):
                raise refusal

    def _refuse(self, line: str, sentence: str) -> None:
        if line:
            self.give_back(line)
            self.query_one(Suggestions).refuse(line, sentence)
        else:
            self.app.notify(sentence, severity="warning", markup=False)

    def give_back(self, text: str) -> None:
        """What was written could not be sent: it is not lost."""
        if not self.query_one(Composer).text:
            self.query_one(Composer).write(text)


def _by_word(order: Order) -> Iterable[Argument]:
    """The argument that each word is for."""
    for index in range(len(order.words)):
        yield order.action.arguments[min(index, len(order.action.arguments) - 1)]
