"""A report tells what the events tell, and nothing that an agent wrote acts in it."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.reports.markdown import markdown
from golfer_tui.reports.page import page
from golfer_tui.reports.report import report

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script> | # `x` ![p](http://127.0.0.1/p.png) [l](javascript:alert(1)) \x1b[2J</title>"


def state(*drafts: ev.Draft) -> SessionState:
    found = SessionState(session="20260101-1200-abcd")
    for seq, draft in enumerate(drafts, 1):
        time = NOON + dt.timedelta(seconds=seq)
        found.apply(
            ev.Event(seq=seq, time=time, session=found.session, body=draft.body, worker=draft.worker, by=draft.by)
        )
    return found


def told(text: str = "Try a wider model") -> SessionState:
    spec = WorkerSpec(name="wide", task=text)
    return state(
        ev.Draft(se.SessionStarted(title=text, backend="local", model="m")),
        ev.Draft(ae.Message(role="user", text=text), by="person"),
        ev.Draft(we.WorkerQueued(spec=spec, attempt=1, position=1), "wide"),
        ev.Draft(we.WorkerStarted(attempt=1, sandbox="s", workspace="/w"), "wide"),
        *(ev.Draft(we.WorkerMetric(name="val_bpb", value=3.0 - step / 10, step=step), "wide") for step in range(5)),
        ev.Draft(we.WorkerMetric(name="val_bpb", value=2.5), "wide"),
        ev.Draft(we.WorkerFinished(attempt=1, state="done", summary=f"**2.5** {text}"), "wide"),
        ev.Draft(ae.Message(role="assistant", text=f"The best is *wide*. {text}")),
    )


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_it_tells_the_ranking_the_reports_and_what_it_cost() -> None:
    found = report(told(), NOON + dt.timedelta(hours=1))
    assert found.leaderboard.rows[1][:4] == ("★ 1", "wide", "2.500", "result")
    assert [picture.name for picture in found.pictures] == ["val_bpb"]
    assert dict(found.facts)["workers"] == "1 done"
    for text in (markdown(found), page(found)):
        assert "Try a wider model" in text
        assert "The best is" in text
        assert "estimate" in text


@given(st.text(max_size=80))
def test_whatever_was_written_the_page_has_our_elements_only(text: str) -> None:
    ours = "html head meta title style body h1 h2 h3 dl dt dd div table thead tbody tr th td span blockquote"
    drawn = "svg title rect text path circle g clippath"
    written = "h4 h5 h6 p em strong a code pre ul ol li hr br"
    allowed = set(f"{ours} {drawn} {written}".split())
    assert {tag for tag, _ in Tags(page(report(told(text), NOON))).found} <= allowed


def test_hostile_words_stay_words() -> None:
    found = report(told(HOSTILE), NOON)
    html = page(found)
    tags = Tags(html).found
    assert not any(tag in {"script", "img", "iframe"} for tag, _ in tags)
    assert not any((attributes.get("href") or "").startswith("javascript:") for _, attributes in tags)
    assert "default-src 'none'" in html
    text = markdown(found)
    assert "<script" not in text
    assert "\x1b" not in html + text


@pytest.mark.parametrize("shown", [markdown, page])
def test_a_session_in_which_nothing_happened(shown: object) -> None:
    assert callable(shown)
    assert "Session 20260101-1200-abcd" in shown(report(SessionState(session="20260101-1200-abcd"), NOON))
