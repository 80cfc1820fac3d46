"""The files of a worker's workspace: a tree whose folders are read when they are opened, and one file at a time."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from golfer_tui.model import figures
from golfer_tui.model.errors import GolferError
from golfer_tui.model.files import SHOWN, Contents, FileEntry
from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui.detail.lines import Lines
from golfer_tui.tui.detail.page import Page

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch

MARKS = {"link": " →", "other": " (no file)"}
"""Behind the names of what cannot be opened: links are not followed."""


class FileTree(Tree[FileEntry], can_focus=False):
    """The workspace as it was when each folder was opened."""

    show_root = False
    guide_depth = 2
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    def path(self, node: TreeNode[FileEntry]) -> str:
        """Where it is below the workspace."""
        names: list[str] = []
        at: TreeNode[FileEntry] | None = node
        while at is not None and at.data is not None:
            names.append(at.data.name)
            at = at.parent
        return "/".join(reversed(names))

    def fill(self, node: TreeNode[FileEntry], entries: tuple[FileEntry, ...], left_out: int) -> None:
        """Show what a folder holds."""
        node.remove_children()
        for entry in entries:
            name = one_line(entry.name) or "?"
            if entry.kind == "folder":
                node.add(Text(name + "/", "bold"), entry)
                continue
            size = f"  {figures.size(entry.size)}B" if entry.kind == "file" else MARKS[entry.kind]
            node.add_leaf(Text.assemble(name, (size, "dim")), entry)
        if left_out:
            node.add_leaf(Text(f"and {left_out:,} more", "dim"))


class Files(Page, Widget):
    """Shows the tree, or the file that was opened in it."""

    def __init__(self) -> None:
        super().__init__()
        self._watch: Watch | None = None
        self._worker = ""
        self._listed: set[int] = set()
        """Ids of nodes whose folders were read."""
        self._shown = ""
        """The file that is shown; empty: the tree is."""
        self._contents: Contents | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="file-title", markup=False)
        yield FileTree("")
        yield Lines()

    @property
    def file_tree(self) -> FileTree:
        """The tree of files."""
        return self.query_one(FileTree)

    def show(self, watch: "Watch", worker: Worker) -> None:
        self._watch = watch
        if worker.name != self._worker:
            self.close()
            self._worker = worker.name
            self.reload()

    def hide(self) -> None:
        self._worker = ""
        self.close()

    def reload(self) -> None:
        if self._shown:
            self._open(self._shown)
            return
        self._listed.clear()
        self.file_tree.root.remove_children()
        self._fill(self.file_tree.root)

    # The tree

    def _fill(self, node: TreeNode[FileEntry]) -> None:
        if node.id not in self._listed:
            self._listed.add(node.id)
            self.read(partial(self._list, node), f"folder {node.id}")

    async def _list(self, node: TreeNode[FileEntry]) -> None:
        if self._watch is None:
            return
        name, tree = self._worker, self.file_tree
        if node.is_root:
            self._tell("reading …")
        try:
            found = await self._watch.engine.files(name, tree.path(node))
        except GolferError as error:
            self._listed.discard(node.id)
            self._tell(str(error))
            return
        if name != self._worker:
            return
        tree.fill(node, found.entries, found.left_out)
        node.expand()
        self._tell("" if tree.root.children else "The workspace is empty.")
        if node.is_root and tree.root.children:
            tree.move_cursor(tree.root.children[0])

    def on_tree_node_expanded(self, event: "Tree.NodeExpanded[FileEntry]") -> None:
        event.stop()
        if not event.node.is_root:
            self._fill(event.node)

    def on_tree_node_selected(self, event: "Tree.NodeSelected[FileEntry]") -> None:
        event.stop()
        entry = event.node.data
        if entry is not None and entry.kind == "file":
            self._open(self.file_tree.path(event.node))
        elif entry is not None and entry.kind != "folder":
            self._tell(f"{one_line(entry.name)} is no file, and links are not followed.")

    # One file

    def _open(self, path: str) -> None:
        self.read(partial(self._load, path), "file")

    async def _load(self, path: str) -> None:
        # What colours files takes a while to import.
        from golfer_tui.tui.detail.colouring import file_lines

        if self._watch is None:
            return
        name = self._worker
        try:
            contents = await self._watch.engine.read_file(name, path)
        except GolferError as error:
            self._tell(str(error))
            return
        dark = self.app.current_theme.dark
        strips = [] if contents.binary else await asyncio.to_thread(file_lines, path, contents, dark=dark)
        if name == self._worker:
            self._shown, self._contents = path, contents
            self.set_class(True, "-open")
            self._tell(f"{one_line(path)}  {_described(contents)}")
            self.query_one(Lines).show(strips)
            self.refresh_bindings()

    def _tell(self, text: str) -> None:
        title = self.query_one("#file-title", Static)
        title.update(text)
        title.display = bool(text)

    # What the person does

    def move(self, rows: int) -> None:
        if self._shown:
            self.query_one(Lines).scroll_relative(y=rows, animate=False)
        else:
            self.file_tree.cursor_line += rows

    def turn(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 2))

    def slide(self, columns: int) -> None:
        tree = self.file_tree
        node = tree.cursor_node
        if self._shown:
            self.query_one(Lines).slide(columns)
        elif node is not None and columns > 0:
            if node.allow_expand:
                node.expand()
        elif node is not None and node.is_expanded:
            node.collapse()
        else:
            tree.action_cursor_parent()

    def ends(self, end: bool) -> None:
        if self._shown:
            lines = self.query_one(Lines)
            lines.scroll_to(y=lines.max_scroll_y if end else 0, animate=False)
        else:
            self.file_tree.cursor_line = self.file_tree.last_line if end else 0

    @property
    def opens(self) -> bool:
        return not self._shown

    def open(self) -> None:
        self.file_tree.action_select_cursor()

    @property
    def closes(self) -> bool:
        return bool(self._shown)

    def close(self) -> None:
        if self._shown:
            self._shown, self._contents = "", None
            self.set_class(False, "-open")
            self._tell("")

    def copied(self) -> str:
        if self._contents is None or self._contents.binary:
            return ""
        return clean(self._contents.data.decode(errors="replace"))


def _described(contents: Contents) -> str:
    size = f"{figures.size(contents.size)}B"
    if contents.binary:
        return f"binary, {size}: not shown"
    return size if contents.size <= len(contents.data) else f"the first {figures.size(SHOWN)}B of {size}"
