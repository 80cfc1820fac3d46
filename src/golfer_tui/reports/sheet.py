"""The table of runs as CSV (RFC 4180), for spreadsheets and for programs."""

import csv
import io
import re
from collections.abc import Sequence

from golfer_tui.experiments.columns import Column
from golfer_tui.experiments.scoreboard import Score
from golfer_tui.reports.drawing import printable

_FORMULA = re.compile(r"[=+\-@\t\r]")


def sheet(shown: Sequence[Score], columns: Sequence[Column]) -> str:
    """One line of heads, then one for each run. GPU time, dollars and tokens are the worker's, over all its runs."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([_cell(f"{column.name} ({column.unit})" if column.unit else column.name) for column in columns])
    lines.writerows([[_cell(column.raw(score)) for column in columns] for score in shown])
    return text.getvalue()


def _cell(value: str | float | int | None) -> str:
    """A spreadsheet calculates what begins like a formula: text of an agent's must not."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    words = printable(value)
    return f"'{words}" if _FORMULA.match(words) and not _is_number(words) else words


def _is_number(words: str) -> bool:
    try:
        float(words)
    except ValueError:
        return False
    return True
