"""The adapter of the second implementation: the reference's, for they keep one contract, with fewer offers."""

from targets.interface import Limits
from targets.reference import Reference

NOT_HERE = {"automatic", "profiles", "complaints", "figures", "edit", "restart"}


class Second(Reference):
    """targets.interface.Target."""

    name = "second"
    limits = Limits(may_harm=frozenset({"flood", "delete_test_data"}))  # it is ours, and only for tests
    offers = Reference.offers - NOT_HERE


target = Second()
