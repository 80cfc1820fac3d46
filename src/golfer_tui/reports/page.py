"""A report as one HTML page that needs nothing else: no script, no font, no picture from anywhere."""

import html
from collections.abc import Iterator

from markdown_it import MarkdownIt

from golfer_tui.reports.markdown import printable
from golfer_tui.reports.report import Report, Table

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 15px/1.5 ui-sans-serif, system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin-bottom: .3rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dt { opacity: .7 } dd { margin: 0 }
blockquote { margin: .4rem 0; padding: .2rem .8rem; border-left: 3px solid var(--line); background: var(--soft);
  white-space: pre-wrap }
pre { background: var(--soft); padding: .6rem; overflow-x: auto } svg { max-width: 100%; height: auto; margin: .4rem 0 }
.state { opacity: .7; font-weight: normal } .scroll { overflow-x: auto }
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Nothing is loaded and nothing runs, whatever an agent has written."""


def page(report: Report) -> str:
    """The whole document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    title = _text(report.title)
    yield "<!doctype html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{STYLE}</style></head><body>"
    yield f"<h1>{title}</h1><dl>"
    for name, fact in report.facts:
        yield f"<dt>{_text(name)}</dt><dd>{_text(fact)}</dd>"
    yield "</dl>"
    if report.metric:
        yield f"<h2>Leaderboard by {_text(report.metric)}</h2>"
        yield from _table(report.leaderboard)
    if report.pictures:
        yield "<h2>Curves</h2>"
    for picture in report.pictures:
        yield picture.svg
    if report.workers:
        yield "<h2>Workers</h2>"
    for worker in report.workers:
        yield f'<h3>{_text(worker.name)} <span class="state">{worker.state}</span></h3>'
        yield f"<blockquote>{_text(worker.spec.task)}</blockquote>"
        if worker.summary:
            yield _rendered(worker.summary)
    if report.chat:
        yield "<h2>Chat</h2>"
    for entry in report.chat:
        yield f"<blockquote>{_text(entry.text)}</blockquote>" if entry.kind == "user" else _rendered(entry.text)
    yield "</body></html>"


def _table(table: Table) -> Iterator[str]:
    heads, *rows = table.rows
    yield '<div class="scroll"><table><thead><tr>'
    yield "".join(f"<th>{_text(cell)}</th>" for cell in heads)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div>"


def _rendered(text: str) -> str:
    """Markdown as HTML. Raw HTML in it is only text, and pictures are not loaded."""
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(printable(text))
    return rendered


def _text(words: str) -> str:
    return html.escape(printable(words))
