"""A counter-example as a story that a person can follow: numbered sentences, and what went wrong in the last one."""

from security_tests.routing.judging import Fault
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import Agent


class Story:
    """The sentences of one example."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tell(self, sentence: str) -> None:
        """One more."""
        self.lines.append(sentence)

    def agent(self, agent: Agent) -> None:
        """Who sits down at a device."""
        traits = ["" if agent.certified else "not certified", "spare" if agent.spare else ""]
        said = ", ".join([agent.level, f"capacity {agent.capacity}", *filter(None, traits)])
        self.tell(f"{agent.name} ({said}) comes online")

    def writes(self, oracle: Oracle, name: str, night: bool) -> None:
        """A customer writes, and where they should be by then."""
        customer = oracle.routing.customers[name]
        where = f"with {customer.agent} ({oracle.routing.why[name].rule})" if customer.agent else "to wait"
        where = "with the bot" if customer.bot else where
        closed = ", and the template of the night" if night else ""
        self.tell(f"{name} ({customer.describe()}) writes; expected {where}{closed}")

    def text(self) -> str:
        """All of it, numbered."""
        return "\n".join(f"{number}. {line}" for number, line in enumerate(self.lines, 1))


class Broken(AssertionError):
    """A promise is broken; the text is the fault and the story that led to it. Each promise has a subclass of its own,
    because Hypothesis tells bugs apart by the type of what they raise.
    """

    promise = ""
    story: tuple[str, ...] = ()


_KINDS: dict[str, type[Broken]] = {}


def broken(fault: Fault, story: Story) -> Broken:
    """The exception to raise for a fault."""
    kind = _KINDS.get(fault.promise)
    if kind is None:
        kind = _KINDS[fault.promise] = type(f"Broken{fault.promise}", (Broken,), {"promise": fault.promise})
    error = kind(f"{fault.what}\n{story.text()}\n   but: {fault.what}")
    error.story = tuple(story.lines)
    return error
