"""The fault that every chain starts with: none."""

from random import Random

from simulators.faults.fault import Plan


class Nothing:
    """Leaves every push as it is."""

    def touch(self, plan: Plan, rng: Random) -> Plan:  # noqa: ARG002 - the signature of every fault
        """The same plan."""
        return plan
