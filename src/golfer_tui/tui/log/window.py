"""Which rows of a long column of blocks are seen. Pure: blocks have heights, the place is a block and a row in it.

The place is not a number of rows from the top: blocks above get their heights when they are read, and what is being
looked at stays where it is.
"""

from typing import NamedTuple, Protocol


class Heights(Protocol):
    """The blocks; each is at least one row high."""

    def __len__(self) -> int: ...
    def height(self, index: int) -> int: ...


class Spot(NamedTuple):
    """A row of a block."""

    block: int
    row: int


class Window:
    """A window of `room` rows onto blocks."""

    def __init__(self, blocks: Heights) -> None:
        self._blocks = blocks
        self.room = 0
        """Rows that are seen at once."""
        self.top = Spot(0, 0)
        """The first of them."""
        self.following = True
        """The last row of all is to be seen, whatever comes."""

    def settle(self) -> None:
        """Stay inside, after blocks came or changed their heights: no row is empty while others are out of sight."""
        last = self._lowest()
        if self.following or self.top >= last:
            self.top = last
        elif self.top.row >= (height := self._blocks.height(self.top.block)):
            self.top = Spot(self.top.block, height - 1)

    def scroll(self, rows: int) -> None:
        """Move down by `rows`, or up. At the very end it follows."""
        block, row = self.top.block, self.top.row + rows
        while row < 0 and block > 0:
            block -= 1
            row += self._blocks.height(block)
        while block + 1 < len(self._blocks) and row >= self._blocks.height(block):
            row -= self._blocks.height(block)
            block += 1
        self.top = Spot(block, max(row, 0))
        self.following = (self.following or rows > 0) and self.top >= self._lowest()
        self.settle()

    def go(self, spot: Spot, *, above: int = 0) -> None:
        """Bring a row to the top of the window, or `above` rows below it, as far as there are rows. It follows no more:
        what is folded or not read yet may become longer."""
        self.top, self.following = spot, False
        self.settle()
        self.scroll(-above)

    def grew(self, block: int, rows: int) -> None:
        """A block got so many rows more above those that are seen of it, or fewer: they stay where they are."""
        if self.top.block == block and self.top.row:
            self.top = Spot(block, max(1, self.top.row + rows))

    def follow(self) -> None:
        self.following = True
        self.settle()

    def spots(self) -> list[Spot]:
        """The rows that are seen, from the top."""
        found: list[Spot] = []
        block, row = self.top
        while len(found) < self.room and block < len(self._blocks):
            height = self._blocks.height(block)
            found += [Spot(block, y) for y in range(row, min(height, row + self.room - len(found)))]
            block, row = block + 1, 0
        return found

    def below(self) -> int:
        """Rows out of sight at the lower end."""
        block, row = self.top
        rest = sum(self._blocks.height(index) for index in range(block, len(self._blocks)))
        return max(0, rest - row - self.room)

    def _lowest(self) -> Spot:
        """The place from which on all to the end is seen."""
        left = self.room
        for block in range(len(self._blocks) - 1, -1, -1):
            height = self._blocks.height(block)
            if height >= left:
                return Spot(block, height - left)
            left -= height
        return Spot(0, 0)
