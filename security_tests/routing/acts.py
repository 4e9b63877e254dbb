"""Everything that may be done in a shop: to the target and to its oracle alike, then both are compared.

An act that cannot be done now (nobody there to be answered) does nothing, so that any part of an example can be played.
Whatever is really done is told to the story.
"""

from security_tests.routing.acts_of_agents import AgentsActs
from security_tests.routing.acts_of_customers import CustomersActs
from security_tests.routing.acts_of_shops import ShopsActs
from security_tests.routing.complaining import Complaining


class Shop(CustomersActs, AgentsActs, ShopsActs, Complaining):
    """A fresh shop of the target and its oracle, with all that may happen there."""
