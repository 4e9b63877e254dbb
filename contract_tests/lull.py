"""A while in which whatever is late, or comes a second time, has its time to come."""

from typing import Final

from suites.customer import Customer, Said
from suites.lab import Lab

LULL_S: Final = 2.0  # longer than a first retry waits


async def lull(lab: Lab, customer: Customer) -> Said:
    """The customer writes, and the platform pushes it LULL_S later: once it is told, so much time has passed."""
    await lab.disturb(customer, hold_s=min(LULL_S, lab.patience_s / 2))  # whoever waits for it must not lose patience
    return await customer.say("在等您")
