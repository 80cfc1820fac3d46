"""GPU requests: how many of which type. `H100` is one, `H100:8` counts eight, `2` or `any:2` is two of any type."""

import re

import msgspec

from golfer_tui.model.errors import UsageError

ANY = "ANY"
"""The type of a request, or of a device, that names no type."""

MAX_PER_WORKER = 64
"""A bound against slips of the keyboard; Modal's largest single container has 8."""

_SPEC = re.compile(r"^(?:(?P<type>[A-Za-z][A-Za-z0-9_.-]*)(?::(?P<count>[0-9]{1,4}))?|(?P<only>[0-9]{1,4}))$")


class GpuRequest(msgspec.Struct, frozen=True):
    """What one worker asks for, all of one type. The text form is Modal's (`"H100:8"`)."""

    type: str
    """Upper-case type such as `H100` or `A100-80GB`, or `ANY`."""
    count: int
    """At least one."""

    @classmethod
    def parse(cls, text: str) -> "GpuRequest | None":
        """Read `H100`, `h100:8`, `any:2` or `2`; an empty text, `none` and `0` ask for no GPU.

        Raises:
            UsageError: `gpu.malformed` if the text is none of these.
        """
        text = text.strip()
        if text.lower() in {"", "none", "cpu", "no", "0"}:
            return None
        match = _SPEC.match(text)
        count = int(match["only"] or match["count"] or 1) if match else 0
        if match is None or not 1 <= count <= MAX_PER_WORKER:
            raise UsageError(
                "gpu.malformed",
                f"{text!r} is no GPU request.",
                hint=f"Write a type with a count of 1 to {MAX_PER_WORKER}, such as H100 or H100:8.",
            )
        return cls((match["type"] or ANY).upper(), count)

    def __str__(self) -> str:
        return self.type if self.count == 1 else f"{self.type}:{self.count}"
