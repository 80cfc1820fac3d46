"""Actions of the scores: the table of all runs and the plot of their curves."""

from golfer_tui.tui.actions.action import Action


def _action(name: str, title: str, help_: str, do: str, keys: str, *, bar: str = "", moves: bool = False) -> Action:
    """`moves`: it is not in the palette, and its keys win over those of the table."""
    return Action(
        id=f"scores.{name}",
        title=title,
        help=help_,
        do=do,
        places=("scores",),
        keys=keys,
        bar=bar,
        palette=not moves,
        priority=moves,
    )


SCORES = (
    _action("go", "Go to the worker", "go to the worker of the row", "go_there", "enter", bar="Go there", moves=True),
    _action(
        "log",
        "Go to the line of the score",
        "open the log of the row's worker where the score was printed",
        "go_to_line",
        "L",
        bar="Its line",
    ),
    _action("mark", "Mark a run", "draw the curves of the marked runs only", "mark", "space", bar="Mark"),
    _action("mark-all", "Mark all runs", "mark all rows of the table, or none", "mark_all", "a"),
    _action("metric", "Next metric", "rank by the next metric", "metric(1)", "m", bar="Metric"),
    _action("metric-before", "Metric before", "rank by the metric before", "metric(-1)", "M"),
    _action("turn", "Turn the ranking around", "less of the metric is better, or more is", "turn", "d"),
    _action(
        "sort",
        "Sort by the next column",
        "sort by the next column; a click on a head sorts, too, and a second one turns it around",
        "sort(1)",
        "s",
        bar="Sort",
    ),
    _action("sort-before", "Sort by the column before", "sort by the column before", "sort(-1)", "S"),
    _action("reverse", "Sort the other way", "turn the order of the rows around", "reverse", "r"),
    _action(
        "filter", "Filter the runs", "show only rows with some words, such as lr=0.1", "filter", "slash", bar="Find"
    ),
    _action("view", "Table, plot or both", "show the table, the plot or both", "view", "v", bar="View"),
    _action(
        "axis",
        "Curves over steps or time",
        "draw curves over steps, or the time since each run began",
        "axis",
        "x",
        bar="Axis",
    ),
    _action("powers", "Scale by powers of ten", "scale values by powers of ten, or no longer", "powers", "g"),
    _action(
        "export",
        "Export the scores",
        "write the table as CSV, or the curves as SVG or PNG",
        "export",
        "e",
        bar="Export",
    ),
    _action("up", "Row above", "to the row above", "row(-1)", "up k", moves=True),
    _action("down", "Row below", "to the row below", "row(1)", "down j", moves=True),
    _action("slide-left", "Table to the left", "move the table to the left", "slide(-1)", "less_than_sign", moves=True),
    _action(
        "slide-right", "Table to the right", "move the table to the right", "slide(1)", "greater_than_sign", moves=True
    ),
    _action(
        "read-left",
        "Read to the left",
        "move the cursor that reads values to the left",
        "read(-1)",
        "left h",
        moves=True,
    ),
    _action("read-right", "Read to the right", "move it to the right", "read(1)", "right l", moves=True),
    _action("zoom-in", "Zoom in", "see a shorter part of the curves; so does the wheel", "zoom(1)", "plus equals_sign"),
    _action("zoom-out", "Zoom out", "see a longer part of the curves", "zoom(-1)", "minus"),
    _action("values-in", "Zoom into the values", "see fewer values", "zoom_values(1)", "right_square_bracket"),
    _action("values-out", "Zoom out of the values", "see more values", "zoom_values(-1)", "left_square_bracket"),
    _action(
        "pan-left",
        "Plot to the left",
        "move along the curves; so does the wheel with shift",
        "pan(-1, 0)",
        "shift+left comma",
        moves=True,
    ),
    _action("pan-right", "Plot to the right", "the other way", "pan(1, 0)", "shift+right full_stop", moves=True),
    _action("pan-up", "Plot up", "move to higher values", "pan(0, 1)", "shift+up K", moves=True),
    _action("pan-down", "Plot down", "move to lower values", "pan(0, -1)", "shift+down J", moves=True),
    _action("whole", "See all of the curves", "see all of the curves again", "whole", "0"),
    _action(
        "close",
        "Close the scores",
        "leave the filter, the cursor, or else the scores",
        "close_scores",
        "escape b q",
        bar="Close",
    ),
)
