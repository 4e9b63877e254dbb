"""The adapter of the second implementation: the reference's, for they keep one contract, with fewer offers."""

from targets.reference import Reference

NOT_HERE = {"automatic", "profiles", "complaints", "figures", "edit", "restart"}


class Second(Reference):
    """targets.interface.Target."""

    name = "second"
    offers = Reference.offers - NOT_HERE


target = Second()
