"""A report as Markdown: one file, the curves in it as pictures."""

import base64
import re
from collections.abc import Iterator

from golfer_tui.reports.report import Report

_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")


def markdown(report: Report) -> str:
    """The whole page. What agents wrote in Markdown stays Markdown, but HTML in it is only text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {plain(report.title)}"
    yield ""
    for name, fact in report.facts:
        yield f"- **{name}**: {plain(fact)}"
    if report.metric:
        yield f"\n## Leaderboard by {plain(report.metric)}\n"
        heads, *rows = report.leaderboard.rows
        yield _row(heads)
        yield "|" + "---|" * len(heads)
        yield from (_row(row) for row in rows)
    if report.pictures:
        yield "\n## Curves\n"
    for picture in report.pictures:
        data = base64.b64encode(picture.svg.encode()).decode()
        yield f"![{plain(picture.name)}](data:image/svg+xml;base64,{data})\n"
    if report.workers:
        yield "\n## Workers\n"
    for worker in report.workers:
        yield f"### {plain(worker.name)} ({worker.state})\n"
        yield quoted(worker.spec.task)
        if worker.summary:
            yield "\n" + untagged(worker.summary) + "\n"
    if report.chat:
        yield "\n## Chat\n"
    for entry in report.chat:
        yield quoted(entry.text) if entry.kind == "user" else untagged(entry.text)
        yield ""


def plain(text: str) -> str:
    """Text that means nothing in Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", untagged(" ".join(text.split())))


def untagged(text: str) -> str:
    """Markdown in which HTML is only text."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;")


def quoted(text: str) -> str:
    """Somebody's words, as a quotation."""
    return "\n".join(f"> {line}" for line in untagged(text).splitlines() or [""])


def printable(text: str) -> str:
    """Without control characters, but with its lines."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"
