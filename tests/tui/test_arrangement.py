"""The geometry of the fleet: whatever the number of workers and the size, nothing overlaps and nobody is lost."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.tui.arrangement import MIN_HEIGHT, View, arrange

VIEWS = get_args(View)


@given(
    count=st.integers(0, 70),
    width=st.integers(0, 260),
    height=st.integers(0, 80),
    pick=st.integers(0, 69),
    top=st.integers(0, 100),
    view=st.sampled_from(VIEWS),
)
def test_places_are_apart_inside_and_all_accounted_for(
    count: int, width: int, height: int, pick: int, top: int, view: View
) -> None:
    selected = min(pick, max(0, count - 1))
    plan = arrange(count, width, height, selected=selected, top=top, view=view)
    cells: set[tuple[int, int]] = set()
    for place in plan.places:
        assert place.width >= 0
        assert place.height >= 1
        assert place.x >= 0
        assert place.x + place.width <= width
        assert place.y + place.height <= height
        mine = {(x, y) for x in range(place.x, place.x + place.width) for y in (place.y, place.y + place.height - 1)}
        assert not cells & mine
        cells |= mine
    assert len(plan.places) + plan.above + plan.below == count
    if count and width and height:
        assert plan.of(selected) is not None


@given(count=st.integers(1, 64), width=st.integers(40, 260), height=st.integers(6, 80))
def test_tiles_are_chosen_only_if_all_of_them_fit(count: int, width: int, height: int) -> None:
    plan = arrange(count, width, height)
    if plan.tiles:
        assert (plan.above, plan.below) == (0, 0)
        assert min(place.height for place in plan.places) >= MIN_HEIGHT


def test_few_workers_share_all_of_the_place() -> None:
    plan = arrange(3, 121, 40)
    assert plan.tiles
    assert sum(place.width * place.height for place in plan.places) >= 121 * 40 - 40


def test_many_workers_become_a_list_that_scrolls_to_the_selected_one() -> None:
    plan = arrange(64, 80, 10, selected=40)
    assert not plan.tiles
    assert (plan.above, plan.below) == (31, 23)
    assert plan.at(3, 9) == plan.of(40)
