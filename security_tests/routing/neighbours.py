"""Another shop beside, in which things happen that must change nothing here (ROUTE-5)."""

from suites.customer import Customer
from suites.lab import Lab


class Neighbours:
    """One shop for all examples, opened when it is first busy."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._guests: list[Customer] = []
        self._turn = 0

    def write(self) -> None:
        """One of its customers writes, and it has arrived."""
        self._lab.loop.run_until_complete(self._write())

    async def _write(self) -> None:
        if not self._guests:
            shop = await self._lab.shop(agents=1, capacity=1)
            await shop.desk()
            self._guests = [await shop.customer() for _ in range(3)]
        self._turn += 1
        await self._guests[self._turn % len(self._guests)].say("在吗")
        await self._lab.settled()
