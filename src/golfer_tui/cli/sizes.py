"""Sizes as people write and read them."""

import click

UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def size_given(_context: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """Bytes of a size such as `500M` or `2G`, as the callback of an option."""
    if value is None:
        return None
    text = value.strip().upper().removesuffix("B").removesuffix("I")
    try:
        size = float(text[:-1]) * UNITS[text[-1]] if text[-1:] in UNITS else float(text)
    except ValueError:
        size = -1.0
    if not 0 <= size < 2**63:
        raise click.UsageError(f"{option.opts[0]} cannot be '{value}': write a size such as 500M or 2G.")
    return int(size)


def readable(size: float) -> str:
    """Bytes for people: `512 bytes`, `1.5 MiB`."""
    if size < 1024:
        return f"{size:.0f} bytes"
    units = iter(UNITS)
    unit = next(units)
    size /= 1024
    while size >= 1024 and (larger := next(units, "")):
        size, unit = size / 1024, larger
    return f"{size:,.1f} {unit}iB"
