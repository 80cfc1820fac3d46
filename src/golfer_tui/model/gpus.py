"""GPU requests: how many of which type. `H100` is one, `H100:8` counts eight, `2` or `any:2` is two of any type.

Several with commas between, such as `H100:8, A100-80GB:8`, are taken in this order: the first that can be had.
"""

import re

import msgspec

from golfer_tui.model.errors import UsageError

ANY = "ANY"
"""The type of a request, or of a device, that names no type."""

MAX_PER_WORKER = 64
"""A bound against slips of the keyboard; Modal's largest single container has 8."""

CHOICES = 8
"""Alternatives of one request, at most."""

_SPEC = re.compile(r"^(?:(?P<type>[A-Za-z][A-Za-z0-9_.-]*[!+]?)(?::(?P<count>[0-9]{1,4}))?|(?P<only>[0-9]{1,4}))$")

ACCEPTED = {
    "A10": ("A10", "A10G"),
    "A10G": ("A10G", "A10"),
    "A100": ("A100", "A100-40GB", "A100-80GB"),
    "H100": ("H100", "H200"),
    "B200+": ("B200", "B300"),
}
"""Types of a device that a request gets, the one it gets first first, where these are more than the type it names.

As Modal does it: an `H100` may be an H200, an `A100` one with 80 GB, at the price of what was asked for; `H100!` may
not. `A10` and `A10G` are two names of one offer. See modal.com/docs/guide/gpu.
"""

BILLED = {"A10G": "A10", "A100": "A100-40GB", "B200+": "B200"}
"""Types under another name in price lists."""

_LIMITED = {"A10": ("A10G",), "A10G": ("A10",), "A100": ("A100-40GB",), "A100-40GB": ("A100",), "A100-80GB": ("A100",)}
"""Further limits that a type counts against: `A100` bounds both sizes, and a plain `A100` is billed as 40 GB."""


class GpuRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one worker asks for, all of one type. The text form is Modal's (`"H100:8"`)."""

    type: str
    """Upper-case type such as `H100` or `A100-80GB`, or `ANY`. `H100!` takes nothing better, `B200+` a B300 too."""
    count: int
    """At least one."""
    fallbacks: "tuple[GpuRequest, ...]" = ()
    """What will do in its place, the best first; these have none of their own."""

    @classmethod
    def parse(cls, text: str) -> "GpuRequest | None":
        """Read `H100`, `h100:8`, `any:2`, `2` or `H100:2, A100:4`; an empty text, `none` and `0` ask for no GPU.

        Raises:
            UsageError: `gpu.malformed` if the text is none of these.
        """
        if text.strip().lower() in {"", "none", "cpu", "no", "0"}:
            return None
        choices = [_one(part.strip(), text.strip()) for part in text.split(",")]
        if len(choices) > CHOICES:
            raise UsageError("gpu.malformed", f"{text.strip()!r} has more than {CHOICES} alternatives.")
        return msgspec.structs.replace(choices[0], fallbacks=tuple(choices[1:]))

    @property
    def alternatives(self) -> "tuple[GpuRequest, ...]":
        """All that will do, each by itself, the best first."""
        return (msgspec.structs.replace(self, fallbacks=()), *self.fallbacks) if self.fallbacks else (self,)

    def __str__(self) -> str:
        first = self.type if self.count == 1 else f"{self.type}:{self.count}"
        return ", ".join([first, *map(str, self.fallbacks)])


def accepted(asked: str) -> tuple[str, ...]:
    """Types of a device that a request of this type gets, the first first; for `ANY` it is no list: see `matches`."""
    return ACCEPTED.get(asked) or (asked.rstrip("!+"),)


def matches(asked: str, device: str) -> bool:
    """Whether a request of the type `asked` may get a device of the type `device`."""
    return asked == ANY or device in accepted(asked)


def limits_of(kind: str) -> tuple[str, ...]:
    """Names of the limits by type that a GPU of this type, or a request for one, counts against."""
    plain = kind.rstrip("!+")
    return (plain, *_LIMITED.get(plain, ()))


def _one(text: str, whole: str) -> GpuRequest:
    match = _SPEC.match(text)
    count = int(match["only"] or match["count"] or 1) if match else 0
    if match is None or not 1 <= count <= MAX_PER_WORKER or (match["type"] or "").upper() in {"NONE", "CPU", "NO"}:
        raise UsageError(
            "gpu.malformed",
            f"{whole!r} is no GPU request.",
            hint=f"Write a type with a count of 1 to {MAX_PER_WORKER}, such as H100 or H100:8.",
        )
    return GpuRequest((match["type"] or ANY).upper(), count)
