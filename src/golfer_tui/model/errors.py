"""The one error tree. Every error has a code, one clear sentence, what to do about it, and whether a retry can help.

GolferError
├── UsageError       wrong flags, settings or skill files: the person can mend it
├── StoreError       the store cannot be opened, read or written
├── ModelError       the language model refused, failed or went away
├── SandboxError     a sandbox could not be made, used or ended
└── CommandError     a command or tool call that does not fit the state of the session
"""


class GolferError(Exception):
    """Base of all errors that a person may see."""

    exit_code = 1

    def __init__(self, code: str, message: str, *, hint: str = "", retry: bool = False) -> None:
        super().__init__(message)
        self.code = code
        """Stable, dotted, for programs: `store.newer`, `gpu.never_fits`."""
        self.message = message
        """What is wrong and where, in one sentence."""
        self.hint = hint
        """What to do about it; empty if nothing helps."""
        self.retry = retry
        """True if the same call may succeed later."""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(GolferError):
    """Wrong flags, settings or files of the person's own. Exit code 2."""

    exit_code = 2


class StoreError(GolferError):
    """The store cannot be opened, read or written."""


class ModelError(GolferError):
    """The language model refused, failed or went away."""


class SandboxError(GolferError):
    """A sandbox could not be made, used or ended."""


class CommandError(GolferError):
    """A command or a tool call that does not fit the state of the session."""
