"""The inbox and its fair shares."""

from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.inbox import Inbox


def fill(inbox: Inbox, shop: str, asked: int) -> int:
    """How many of these were admitted."""
    taken = 0
    for _ in range(asked):
        if inbox.admits(shop):
            inbox.enter(shop)
            taken += 1
    return taken


def test_a_noisy_shop_alone_fills_half_of_the_room_and_leaves_the_rest_to_others() -> None:
    inbox = Inbox(100)
    assert fill(inbox, "noisy", 500) == 50
    assert fill(inbox, "quiet", 20) == 20
    assert fill(inbox, "noisy", 10) == 0
    for _ in range(50):
        inbox.leave("noisy")
    assert fill(inbox, "noisy", 20) == 20


def test_a_full_inbox_still_has_the_few_places_of_each_shop() -> None:
    inbox = Inbox(300)
    assert [fill(inbox, shop, 999) for shop in ("a", "b", "c", "d")] == [150, 150, 3, 3]
    for _ in range(150):
        inbox.leave("a")
    assert fill(inbox, "c", 999) == 300 - 150 - 6


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(1, 300)), max_size=20))
def test_it_is_bounded_and_nobody_with_few_waiting_is_refused(floods: list[tuple[str, bool, int]]) -> None:
    inbox, held = Inbox(200), {"a": 0, "b": 0, "c": 0}
    for shop, comes, number in floods:
        if comes:
            held[shop] += fill(inbox, shop, number)
        else:
            for _ in range(min(number, held[shop])):
                inbox.leave(shop)
                held[shop] -= 1
        assert inbox.waiting == sum(held.values()) <= 200 + 2 * len(held)
        assert max(held.values()) <= 100
        assert all(inbox.admits(name) for name, mine in held.items() if mine < 2)
        assert inbox.admits("somebody new")
