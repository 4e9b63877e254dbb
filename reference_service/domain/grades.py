"""What a customer is to the shop, told from visits and orders alone (R3.2, VIP-1); pure and total."""

from typing import Literal, NamedTuple

Grade = Literal["new", "regular", "vip"]

REPEAT_BUYER: int = 2  # so many orders paid for and not given back make a VIP, from the payment of the last of them on


class Account(NamedTuple):
    """A customer's orders in sum. Money is in fen.

    `bought` are those paid for, neither cancelled nor wholly refunded; `spent` is what was paid for them less what went
    back; `unknown` of them have an amount that nobody told.
    """

    orders: int = 0
    bought: int = 0
    spent: int = 0
    unknown: int = 0


class Profile(NamedTuple):
    """All that routing may look at; `dedicated` and `last_agent` are agents' ids."""

    grade: Grade = "new"
    high_spender: bool = False
    tags: tuple[str, ...] = ()
    last_agent: str | None = None
    dedicated: str | None = None


def grade(visits: int, account: Account) -> Grade:
    """`vip` from two orders bought on; `new` in the first visit, as long as no order is known; else `regular`."""
    if account.bought >= REPEAT_BUYER:
        return "vip"
    return "new" if visits <= 1 and account.orders == 0 else "regular"


def is_high_spender(account: Account, from_fen: int) -> bool:
    """Whether what was spent reaches the shop's threshold."""
    return account.spent >= from_fen
