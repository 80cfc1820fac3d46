"""The theme that the cockpit begins with suits the terminal, unless the person wants another one."""

import pytest
from tui.stage import empty
from tui.waiting import opened

from golfer_tui.tui.themes import DEFAULT, SIXTEEN


@pytest.mark.parametrize(
    ("term", "colours", "wanted", "taken"),
    [
        ("linux", "", "", SIXTEEN),
        ("xterm", "", "golfer-light", "golfer-light"),
        ("xterm-256color", "", "", DEFAULT),
        ("xterm", "truecolor", "", DEFAULT),
    ],
)
async def test_sixteen_colours_have_a_theme_of_their_own(
    monkeypatch: pytest.MonkeyPatch, term: str, colours: str, wanted: str, taken: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colours)
    async with opened(empty(), (80, 24), theme=wanted) as (app, _):
        assert app.theme == taken
        sent = {
            piece.style.bgcolor.name for row in app.screen._compositor.render_strips() for piece in row if piece.style
        }
        assert all(name.startswith("#") for name in sent) == (taken != SIXTEEN)
