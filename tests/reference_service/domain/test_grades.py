"""Who is new, regular, a VIP, a high spender."""

from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.grades import Account, grade, is_high_spender

COUNTS = st.integers(0, 5)


def test_the_boundaries_of_each_grade() -> None:
    told = [
        (visits, orders, bought, grade(visits, Account(orders, bought)))
        for visits, orders, bought in [(0, 0, 0), (1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 1, 1), (1, 2, 1), (1, 2, 2)]
    ]
    assert told == [
        (0, 0, 0, "new"),
        (1, 0, 0, "new"),
        (2, 0, 0, "regular"),
        (1, 1, 0, "regular"),
        (1, 1, 1, "regular"),
        (1, 2, 1, "regular"),
        (1, 2, 2, "vip"),
    ]


@given(COUNTS, COUNTS, COUNTS)
def test_every_customer_has_one_grade_and_buying_more_never_lowers_it(visits: int, orders: int, bought: int) -> None:
    rank = ["new", "regular", "vip"].index
    now = grade(visits, Account(orders, bought))
    later = grade(visits + 1, Account(orders + 1, bought + 1))
    assert rank(later) >= rank(now)


def test_a_high_spender_reaches_the_threshold() -> None:
    assert [is_high_spender(Account(spent=fen), 100) for fen in (99, 100, 101)] == [False, True, True]
