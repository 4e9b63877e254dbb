"""What an agent does about a complaint (R6.3): opens it before answering, and closes it with an outcome after."""

from fixtures.script import Script
from simulators.workforce.ledger import Ledger
from targets.interface import Agent, HearsComplaints, TargetError

INTENT = "complaint"
OUTCOME = "已向顾客致歉并说明处理办法"


class Complaints:
    """One agent's complaints; without a target that hears them nothing is done."""

    def __init__(
        self, ledger: Ledger, script: Script, target: HearsComplaints | None = None, agent: Agent | None = None
    ) -> None:
        self._ledger = ledger
        self._script = script
        self._target = target
        self._agent = agent

    async def hear(self, conversation: str, text: str) -> str:
        """Open a complaint where the customer complains; its id, "" where there is none."""
        if self._target is None or self._agent is None or self._script.dialogues.intent_of(text) != INTENT:
            return ""
        try:
            complaint = await self._target.complain(self._agent, conversation, "顾客投诉")
        except TargetError:
            self._ledger.complained(conversation, "", "not opened")
            return ""
        self._ledger.complained(conversation, complaint, "opened")
        return complaint

    async def settle(self, conversation: str, complaint: str) -> None:
        """Close a complaint that was answered."""
        if not complaint or self._target is None or self._agent is None:
            return
        try:
            await self._target.close_complaint(self._agent, complaint, OUTCOME)
        except TargetError:
            self._ledger.complained(conversation, complaint, "not closed")
        else:
            self._ledger.complained(conversation, complaint, "closed")
