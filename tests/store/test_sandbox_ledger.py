"""The ledger: a row from before a sandbox is asked for until its end is confirmed."""

import pytest

from golfer_tui.model.errors import StoreError
from golfer_tui.store.store import Store


async def test_a_sandbox_is_open_from_the_intent_to_the_confirmed_end(store: Store) -> None:
    ledger = store.sandboxes
    first = await ledger.intend("s1", "w1", "local")
    second = await ledger.intend("s2", "w1", "modal")
    (row,) = await ledger.open("s1")
    assert (row.id, row.session, row.worker, row.backend) == (first, "s1", "w1", "local")
    assert (row.sandbox, row.state, row.confirmed, row.ended) == ("", b"", None, None)

    await ledger.confirm(second, "sb-1", b"\0state")
    await ledger.confirm(second, "sb-1", b"newer")
    row = (await ledger.open())[1]
    assert (row.sandbox, row.state) == ("sb-1", b"newer")
    assert row.confirmed is not None
    assert row.confirmed >= row.intended

    await ledger.ended(second)
    (ended,) = await ledger.list("s2")
    await ledger.ended(second)
    assert [row.id for row in await ledger.open()] == [first]
    assert [row.id for row in await ledger.list()] == [first, second]
    assert await ledger.list("s2") == [ended]
    assert ended.ended is not None


async def test_an_id_is_never_given_twice_and_an_unknown_one_is_refused(store: Store) -> None:
    assert len({await store.sandboxes.intend("s", "w", "local") for _ in range(3)}) == 3
    with pytest.raises(StoreError, match="no sandbox 99"):
        await store.sandboxes.confirm("99", "x", b"")
    with pytest.raises(StoreError, match="no sandbox 99"):
        await store.sandboxes.ended("99")


async def test_a_sandbox_that_comes_back_has_one_open_row(store: Store) -> None:
    ledger = store.sandboxes
    old = await ledger.intend("s1", "w1", "modal", request="r1", gpu="H100:2")
    await ledger.confirm(old, "sb-1", b"old")
    other = await ledger.intend("s1", "w2", "local")
    await ledger.confirm(other, "sb-1", b"of another backend")
    new = await ledger.intend("s1", "w1", "modal", request="r2", adopted=True)
    assert len(await ledger.open()) == 3, "until it is confirmed that the new one is the old one"
    await ledger.confirm(new, "sb-1", b"new")
    rows = await ledger.open()
    assert [(row.id, row.state) for row in rows] == [(other, b"of another backend"), (new, b"new")]
    assert (rows[1].request, rows[1].gpu, rows[1].adopted) == ("r2", "", True)
    await ledger.gone("modal", "sb-1")
    assert [row.id for row in await ledger.open()] == [other]


async def test_a_store_has_an_identity_of_its_own(store: Store) -> None:
    identity = await store.sandboxes.identity()
    assert len(identity) == 16
    assert await store.sandboxes.identity() == identity
