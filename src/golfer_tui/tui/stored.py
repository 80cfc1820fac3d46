"""All stored sessions: found by what was said in them, opened, renamed, put away, copied, reported, deleted."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from golfer_tui.model import figures
from golfer_tui.model.errors import GolferError, UsageError
from golfer_tui.reports.page import page
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.hints import hints
from golfer_tui.tui.keyed import Keyed, bindings

if TYPE_CHECKING:
    from golfer_tui.attach.listed import Listed
    from golfer_tui.attach.shelf import Shelf

COLUMNS = ("last event", "state", "workers", "title")

EXCERPT = 300
"""Characters of a message that are shown below the list."""


class Stored(Keyed, ModalScreen[str | None]):
    """Answers the id of the session to open, or None."""

    AUTO_FOCUS = "#wanted"

    PLACE = "stored"
    BINDINGS: ClassVar[list[BindingType]] = bindings("stored")

    def __init__(self, shelf: "Shelf", *, own: str = "") -> None:
        """`own`: the session that is open here; it is in the list, and left alone."""
        super().__init__()
        self._shelf = shelf
        self._own = own
        self._rows: list[Listed] = []
        self._renaming = ""
        """Id of the session whose new title is being written."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog stored") as dialog:
            dialog.border_title = "Sessions"
            dialog.border_subtitle = "enter opens · tab to the list for more keys · escape closes"
            yield Input(placeholder="Find in titles, and in what was said or printed", id="wanted", compact=True)
            table = DataTable[Text](cursor_type="row", id="found")
            for name in COLUMNS:
                table.add_column(name, key=name)
            yield table
            yield Static(id="excerpt")

    def on_mount(self) -> None:
        self._look()

    @on(Input.Changed)
    def wanted_changed(self) -> None:
        if not self._renaming:
            self._look()

    def _look(self, chosen: str = "") -> None:
        self._run(lambda: self._find(chosen), group="look", exclusive=True)

    async def _find(self, chosen: str) -> None:
        text = self.query_one(Input).value.strip() if not self._renaming else ""
        self._show(await self._shelf.list(text, output=False), chosen)
        if text:
            # What was printed takes longer to be searched.
            self._show(await self._shelf.list(text), "")

    def _show(self, rows: "list[Listed]", chosen: str) -> None:
        """The cursor goes to the chosen one, or stays where it is."""
        chosen = chosen or (self._chosen.id if self._chosen else "")
        self._rows = rows
        table: DataTable[Text] = self.query_one(DataTable)
        table.clear()
        for row in rows:
            table.add_row(*(Text(cell, no_wrap=True) for cell in self._cells(row)), key=row.id)
        place = next((index for index, row in enumerate(rows) if row.id == chosen), 0)
        table.move_cursor(row=place, animate=False)
        self._tell()

    def _cells(self, row: "Listed") -> tuple[str, ...]:
        state = row.standing("open here" if row.id == self._own else "")
        when = row.updated.astimezone().strftime("%Y-%m-%d %H:%M")
        return when, state, str(row.workers), one_line(row.title) or "—"

    @on(DataTable.RowHighlighted)
    def _tell(self) -> None:
        row = self._chosen
        told = Content("No session tells of that." if self.query_one(Input).value else "No session is stored yet.")
        if row is not None:
            facts = hints(row.id, row.backend, f"{figures.tally(row.events)} events", one_line(row.directory))
            said = one_line(row.excerpt or row.answer, EXCERPT)
            told = Content.assemble((facts, "$foreground 65%"), *([f"\n{said}"] if said else []))
        self.query_one("#excerpt", Static).update(told)

    @property
    def _chosen(self) -> "Listed | None":
        """The session under the cursor."""
        place = self.query_one(DataTable).cursor_row
        return self._rows[place] if 0 <= place < len(self._rows) else None

    # What the person does

    def action_row(self, by: int) -> None:
        """Move the cursor by so many rows."""
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + by, animate=False)

    def action_open_stored(self) -> None:
        """Answer the session under the cursor; or take the title that was written."""
        if self._renaming:
            session, title = self._renaming, " ".join(self.query_one(Input).value.split())
            self._write("")
            if title:
                self._run(lambda: self._then_look(self._shelf.rename(session, title), session))
        elif (row := self._chosen) is not None:
            self.dismiss(row.id if row.id != self._own else None)

    def action_rename_stored(self) -> None:
        if (row := self._chosen) is not None:
            self._write(row.id, row.title)

    def _write(self, session: str, title: str = "") -> None:
        """Let the input take a new title for this session, or with "" what is looked for."""
        self._renaming = session
        box = self.query_one(Input)
        box.value = title
        box.placeholder = "New title" if session else "Find in titles, and in what was said or printed"
        (box if session else self.query_one(DataTable)).focus()

    def action_archive_stored(self) -> None:
        if (row := self._chosen) is not None:
            self._run(lambda: self._then_look(self._shelf.archive(row.id)))
            self.app.notify(f"Put away: golfer sessions archive {row.id} --undo brings it back.", markup=False)

    def action_fork_stored(self) -> None:
        if (row := self._chosen) is not None:
            self._run(lambda: self._fork(row.id))

    async def _fork(self, session: str) -> None:
        copy = await self._shelf.fork(session)
        self.app.notify(f"Copied as {copy}.", markup=False)
        await self._find(copy)

    def action_report_stored(self) -> None:
        if (row := self._chosen) is not None:
            self._run(lambda: self._report(row.id))

    async def _report(self, session: str) -> None:
        text = page(await self._shelf.report(session))
        path = await asyncio.to_thread(_save, f"golfer-{session}.html", text)
        self.app.notify(f"Written to {path}", markup=False)

    def action_delete_stored(self) -> None:
        if (row := self._chosen) is not None:
            self._run(lambda: self._ask_delete(row))

    async def _ask_delete(self, row: "Listed") -> None:
        size = await self._shelf.size(row.id)
        text = (
            f'Delete "{one_line(row.title) or row.id}" for ever? {row.events:,} events go, '
            f"{figures.size(size.recordings)} of recordings and {figures.size(size.workspaces)} of workspaces."
        )
        answers = [("y", "Delete", True, "error"), ("n", "Cancel", None, "default")]
        if await self.app.push_screen_wait(Question("Delete a session", text, answers)):
            await self._then_look(self._shelf.delete(row.id))

    def action_find_stored(self) -> None:
        self.query_one(Input).focus()

    def action_close_stored(self) -> None:
        """Leave the title that is being written, or the list."""
        if self._renaming:
            self._write("")
            self._look()
        else:
            self.dismiss(None)

    async def _then_look(self, work: Awaitable[None], chosen: str = "") -> None:
        await work
        await self._find(chosen)

    def _run(self, work: Callable[[], Awaitable[None]], *, group: str = "stored", exclusive: bool = False) -> None:
        async def told() -> None:
            try:
                await work()
            except GolferError as error:
                self.app.notify(str(error), severity="error", markup=False)

        self.run_worker(told(), group=group, exclusive=exclusive)


def _save(name: str, text: str) -> Path:
    """Write a new file into the current folder.

    Raises:
        UsageError: `export.file`.
    """
    path = Path(name).absolute()
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        message = f"{path} cannot be written: {(error.strerror or str(error)).lower()}."
        raise UsageError("export.file", message) from error
    return path
