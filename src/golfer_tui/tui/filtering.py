"""Which workers a person wants to see: by the letters of their states, by name, by what their task says. Pure."""

from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.search import Query, query
from golfer_tui.tui.look import LETTERS

STATES = {letter: state for state, letter in LETTERS.items()}


class Filter:
    """Words, all of which have to fit. A word of letters of states, such as `F` or `RQ`, means these states; any other
    one is a regular expression for the name or the task."""

    def __init__(self, text: str = "") -> None:
        self.text = " ".join(text.split())
        words = self.text.split()
        self._states = [{STATES[letter] for letter in word} for word in words if STATES.keys() >= {*word}]
        self._queries: list[Query] = [query(word) for word in words if not STATES.keys() >= {*word}]

    @property
    def on(self) -> bool:
        return bool(self.text)

    @property
    def complaint(self) -> str:
        """Why a word is no regular expression; empty if all are."""
        return next((each.complaint for each in self._queries if each.complaint), "")

    def takes(self, worker: Worker) -> bool:
        """Whether this worker is to be seen."""
        return all(worker.state in states for states in self._states) and all(
            each.pattern.search(worker.name) or each.pattern.search(worker.spec.task) for each in self._queries
        )
