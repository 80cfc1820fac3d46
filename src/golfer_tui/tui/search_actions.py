"""What a person does who looks for a text: in one pane, in all, in the chat, among the workers, in stored sessions."""

from functools import cached_property

from textual import on
from textual.timer import Timer

from golfer_tui.model.hits import Hit
from golfer_tui.tui.actions.finding import SCOPES
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.findbar import FindBar
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log.log import Log
from golfer_tui.tui.roster_actions import RosterActions
from golfer_tui.tui.search.chat import ChatScope
from golfer_tui.tui.search.pane import PaneScope
from golfer_tui.tui.search.panes import PanesScope
from golfer_tui.tui.search.scope import LATER, SOON, Scope
from golfer_tui.tui.search.sessions import SessionsScope
from golfer_tui.tui.search.workers import WorkersScope


class SearchActions(RosterActions):
    """The main screen's searches. One at a time is written; what was kept goes on until it is ended."""

    _scope: Scope | None = None
    """Where it is looked now, or was last; it is searched on while the bar is open or anything is marked."""
    _find_timer: Timer | None = None
    _found = ""
    """What was looked for last."""

    @cached_property
    def _pane_scope(self) -> PaneScope:
        return PaneScope(self.query_one(Fleet))

    @cached_property
    def _panes_scope(self) -> PanesScope:
        return PanesScope(self.query_one(Fleet), lambda: self._watch)

    @cached_property
    def _chat_scope(self) -> ChatScope:
        return ChatScope(self.query_one(Chat), lambda: self._watch)

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        workers = WorkersScope(self.query_one(Fleet), self.filter_workers)
        sessions = SessionsScope(self, self.app.open_shelf, self._go_to_hit)
        each: tuple[Scope, ...] = (self._pane_scope, self._panes_scope, self._chat_scope, workers, sessions)
        return dict(zip(SCOPES, each, strict=True))

    # The ways in

    def action_find(self, text: str = "") -> None:
        """Look for `text` in the selected terminal; without any, let the person write it."""
        self.action_search("pane", text)

    def action_filter(self, text: str = "") -> None:
        """Show the workers that fit; without a text, let the person write it."""
        if text:
            self.filter_workers(text)
            self.query_one(Fleet).focus()
        else:
            self._open("workers", self.query_one(Fleet).filter.text)

    def action_search(self, where: str, text: str = "") -> None:
        """Look for `text` in this place; without any, let the person write it."""
        if self._open(where, text or self._found) and text and self._scopes[where].results is None:
            self.post_message(FindBar.Closed(text))

    def _open(self, where: str, text: str) -> bool:
        scope = self._scopes[where]
        if scope is not self._panes_scope and self._panes_scope.on:
            self._panes_scope.cancel()
        if refusal := scope.begin():
            self.refuse(refusal)
            return False
        self._scope = scope
        self.query_one(FindBar).open(scope, text)
        self._want(text)
        return True

    # The bar

    @on(FindBar.Wanted)
    def find_wanted(self, event: FindBar.Wanted) -> None:
        # What was written last may come when the bar is closed already, which has told it.
        if self.query_one(FindBar).display:
            self._want(event.text)

    @on(FindBar.Step)
    def find_step(self, event: FindBar.Step) -> None:
        bar = self.query_one(FindBar)
        if self._scope is not None:
            if event.pages and self._scope.results is not None:
                last = max(0, self._scope.results.count - 1)
                self._scope.choose(max(0, min(self._scope.cursor + event.by * bar.page, last)))
            else:
                self._scope.step(event.by)
            bar.tell(self._scope)

    @on(FindBar.Picked)
    def find_picked(self, event: FindBar.Picked) -> None:
        if self._scope is not None:
            self._scope.choose(event.index)
            self.post_message(FindBar.Closed(self.query_one(FindBar).text))

    @on(FindBar.Elsewhere)
    def find_elsewhere(self, event: FindBar.Elsewhere) -> None:
        """The same text in the next place in which anything can be looked for."""
        if self._scope is None:
            return
        text, names = self.query_one(FindBar).text, list(SCOPES)
        self._scope.cancel()
        here = next(index for index, name in enumerate(names) if self._scopes[name] is self._scope)
        step = 1 if event.by > 0 else -1
        for distance in range(1, len(names) + 1):
            where = names[(here + step * distance) % len(names)]
            if not self._scopes[where].begin():
                self._open(where, text)
                return

    @on(FindBar.Closed)
    def find_closed(self, event: FindBar.Closed) -> None:
        """Go to what was found, or back to where the search was begun."""
        bar, scope = self.query_one(FindBar), self._scope
        if scope is None or not bar.display:
            return
        if event.text:
            # What was written last may not have come yet.
            self._want(event.text)
            if event.back and scope.results is not None and not scope.results.count:
                return
        bar.close()
        if not event.text or (scope is self._scopes["sessions"] and not event.back):
            scope.cancel()
        elif event.back:
            scope.keep()
        self._leave(scope, back=event.back)
        self.refresh_bindings()

    def _leave(self, scope: Scope, *, back: bool) -> None:
        fleet, copy_mode = self.query_one(Fleet), self.query_one(CopyMode)
        if not back:
            if self.focused is not copy_mode:
                copy_mode.end()
        elif copy_mode.pane is not None:
            copy_mode.focus()
        elif scope is self._chat_scope:
            self._show_chat()
        else:
            if self.log_shown and scope is self._panes_scope:
                self.post_message(Log.Left())
            fleet.focus()

    def _show_chat(self) -> None:
        """The chat is to be seen."""
        if self.arrangement == "fleet":
            self.arrangement = "both"
        self.query_one(Fleet).zoomed = False
        self.query_one(Chat).focus()

    def _want(self, text: str) -> None:
        scope = self._scope
        if scope is None:
            return
        self._found = text or self._found
        scope.want(text)
        bar = self.query_one(FindBar)
        if bar.display:
            bar.tell(scope)
        if self._find_timer is None:
            self._find_timer = self.set_timer(SOON, self._find_on)
        self.refresh_bindings()

    def _find_on(self) -> None:
        """Search a little further, until nothing is looked for any more."""
        self._find_timer = None
        scope, bar = self._scope, self.query_one(FindBar)
        if scope is None or self._watch is None:
            return
        wait = scope.work()
        if bar.display:
            bar.tell(scope)
        if wait is not None or bar.display:
            self._find_timer = self.set_timer(wait or LATER, self._find_on)

    def _go_to_hit(self, hit: Hit, text: str) -> None:
        """Show a line of a stored session: the session is opened, and the text looked for in it."""
        where = "panes" if hit.kind == "output" else "chat"
        if self._watch is not None and hit.session == self._watch.engine.session:
            self.call_later(self.action_search, where, text)
        else:
            self.app.go_to(hit.session, look_for=(where, text) if hit.kind != "title" else None)

    # What was kept

    def action_match(self, by: int) -> None:
        """To the next match, or with -1 to the one before; it goes round at the ends."""
        fleet = self.query_one(Fleet)
        pane = fleet.pane()
        if self._panes_scope.on and self._panes_scope.count:
            self._panes_scope.step(by)
            self._panes_scope.keep()
        elif pane is None or not pane.reading.finding.on:
            self.refuse("Nothing is looked for: / finds something.")
        elif pane.reading.go_to_match(by):
            fleet.redraw(fleet.selected)
        else:
            self.app.notify("Nothing was found.", timeout=2)

    def action_done_reading(self) -> None:
        """End the search, and select nothing."""
        fleet = self.query_one(Fleet)
        if self._panes_scope.on:
            self._panes_scope.cancel()
        if (pane := fleet.pane()) is not None:
            pane.reading.selection = None
            pane.reading.end_finding()
            fleet.redraw(fleet.selected)
        self.refresh_bindings()

    def action_chat_match(self, by: int) -> None:
        """To the next match in the chat, or with -1 to the one before."""
        self._chat_scope.step(by)
        self._chat_scope.keep()

    def action_chat_done(self) -> None:
        """End the search of the chat."""
        self._chat_scope.cancel()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now."""
        if action in ("match", "done_reading") and self.is_mounted:
            pane = self.query_one(Fleet).pane()
            on = pane is not None and (pane.reading.finding.on or pane.reading.selection is not None)
            on = on or self._panes_scope.on
            found = self._panes_scope.on or (pane is not None and pane.reading.finding.on)
            return on and (action == "done_reading" or found)
        if action in ("chat_match", "chat_done") and self.is_mounted:
            return self._chat_scope.on
        return super().check_action(action, parameters)
