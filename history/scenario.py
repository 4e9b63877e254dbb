"""What a rehearsal is asked to be, and what would be wrong with it."""

from typing import Literal

import msgspec

from history.phases import Phase as Phase
from history.phases import wrong_phase
from history.scenario_error import ScenarioError as ScenarioError
from history.talk import Talk, wrong_lines, wrong_words


class Shops(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shops of the run and their staffing (R1.3: one agent for 15 conversations; R9.1: 30 % spare)."""

    count: int = 20
    hot_share: float = 0.2  # share of all customers that go to the first shop
    capacity: int = 15  # conversations an agent may hold
    spare: float = 0.3  # agents beyond customers / capacity; below zero makes a queue
    second_device_share: float = 0.5


class Customers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who writes, and how."""

    concurrency: int  # virtual users: each is one customer at a time
    workload: Literal["open", "closed"] = "open"  # open: turns arrive at the phase's rate; closed: reply, think, write
    think_s: float = 8.0  # closed only; divided by business_speed
    visit_turns: int = 0  # mean turns of one visit, then another customer comes; 0 = one visit lasts the run
    vip_share: float = 0.1
    listed_share: float = 0.01  # messages that contain a listed word
    burst_share: float = 0.2  # turns of 2-5 messages within 1 s


class Agents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The simulated agents' habits; seconds are divided by business_speed."""

    think_s: tuple[float, float] = (2.0, 8.0)
    chars_per_s: float = 4.0
    listed_share: float = 0.01  # replies that contain a listed word


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deliberate disturbances, as shares of customers' messages or of what is said, and of all devices a minute."""

    duplicate_push: float = 0.0
    delay_push: float = 0.0
    delay_s: float = 2.0
    forge_push: float = 0.0
    late_push: float = 0.0  # behind its conversation's next message, or delay_s later
    conflict: float = 0.0  # another text under the same id, after the first was taken
    repush: float = 0.0  # of customers who come back: their last messages are pushed again
    bad_item: float = 0.0  # of requests: one item more that nobody can understand (profiles with batches)
    html_escaped: float = 0.0  # of requests: < > & as \u003c \u003e \u0026
    clock_back: float = 0.0  # messages whose create_time lies before their predecessor's
    refuse_call: float = 0.0  # of the target's calls: refused as busy, nothing done
    lost_answer: float = 0.0  # of the target's calls: carried out, then the connection is cut
    device_drop_per_minute: float = 0.0
    device_away_s: tuple[float, float] = (0.5, 3.0)


_FAULT_SHARES = tuple(name for name in Faults.__struct_fields__ if not name.endswith("_s"))


class Business(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the target is asked to do beyond passing messages on; what its adapter does not offer is not verified.

    Nothing here changes what is judged: the figures are about simulated people and stand in the page's grey box.
    """

    automatic: bool = False  # a welcome, and a bot that answers what the knowledge base covers (R2.1, R3.1)
    profiles: bool = False  # who is a repeat buyer, and agents of every level (R3.2, R7.1)
    complaints: bool = False  # agents open a complaint where a customer complains, and close it (R6.3)
    figures: bool = False  # the target's own dashboard is read at the end (R5)


class Kill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned kill -9 of a part, `after_s` into a phase, and its restart."""

    part: Literal["service"] = "service"
    phase: str
    after_s: float
    restart_after_s: float = 2.0


class Storm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reconnect storm: `after_s` into a phase this share of the customers' connections is cut in one moment."""

    phase: str
    after_s: float
    share: float


class Gateway(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the simulated platform that the platform's pages leave open (docs/gateway.md)."""

    cut_s: float = 5.0
    retry_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    pushes_at_once: int = 256
    request_s: float = 10.0  # seconds a connection has for its first request, and a call for its body
    backlog: int = 20000  # pushes waiting before a customer's send is answered `busy`
    token_s: float | None = None  # an access token's life; None = the profile's own
    refresh_s: float | None = None  # a refresh token's life; None = the profile's own
    calls_per_s: float = 0.0  # platform calls the app may make; 0 = no limit
    reply_open_s: float = 86_400.0  # how long a customer's message may be answered
    replies_per_turn: int = 6  # replies until the customer writes again
    stubs: str = ""  # folder of answers to other calls; "" = `stubs` beside the scenario, where there is one
    order_share: float = 0.0  # customers with an order whose steps are pushed while they chat (doudian)
    order_step_s: float = 5.0  # mean time between two steps of an order
    batch: int = 1  # most messages in one push (doudian)
    batch_s: float = 0.02  # how long a push waits for others to go with it, where batch > 1
    push_sign: Literal["md5", "hmac-sha256"] = "md5"  # the method the app chose (doudian)
    tag_form: Literal["string", "number", "mixed"] = "string"  # doudian
    data_form: Literal["string", "object", "mixed"] = "string"  # doudian
    param_json: Literal["as_sent", "canonical"] = "as_sent"  # what a call's sign must speak for (doudian)
    clock_window_s: float = 600.0  # how far a call's timestamp may be off (doudian)


class Waiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gate that need not hold, by whom, why and until when (YYYY-MM-DD)."""

    gate: str
    reason: str
    person: str
    expires: str


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole rehearsal. `business_speed` divides think, typing, tier, reminder and complaint clocks, nothing else."""

    name: str
    title_zh: str
    title_en: str
    customers: Customers
    gates: tuple[str, ...]
    phases: tuple[Phase, ...] = ()  # with `arrivals`: a ramp before the curve, made where none is written
    shops: Shops = Shops()
    agents: Agents = Agents()
    business: Business = Business()
    faults: Faults = Faults()
    kills: tuple[Kill, ...] = ()
    storms: tuple[Storm, ...] = ()
    gateway: Gateway = Gateway()
    waivers: tuple[Waiver, ...] = ()
    seed: int = 618
    business_speed: float = 60.0
    max_rate: float = 0.0  # customer messages a second, never exceeded; 0 = no limit
    fit_agents: bool = True  # at a target whose clock cannot be set: no more messages than its agents can answer
    abort_when: tuple[str, ...] = ()  # the run ends early, and is no GO, when one of these lines comes true
    arrivals: str = ""  # a file minute,count beside the scenario: the shop's own curve, as phases
    time_scale: float = 1.0  # the curve is played so many times as fast
    volume: float = 1.0  # ... with so many times its messages
    dialogues: str = ""  # a file intent,text,weight beside the scenario: customers' own lines
    wordlist: str = ""  # a file of one word a line beside the scenario: the merchant's own listed words
    talk: Talk = Talk()  # what `dialogues` and `wordlist` held
    notes: tuple[str, ...] = ()  # what was made of the scenario before the run, in words: files read, rates lowered

    def drain_s(self) -> float:
        """How long a message may still be on its way after the last phase: the whole retry plan and 10 s."""
        return sum(self.gateway.retry_s) + self.gateway.cut_s * (len(self.gateway.retry_s) + 1) + 10.0


def wrong(s: Scenario) -> str:
    """What is wrong with a whole scenario, in words; "" where nothing is."""
    shares = {
        "shops.hot_share": s.shops.hot_share,
        "shops.second_device_share": s.shops.second_device_share,
        "customers.vip_share": s.customers.vip_share,
        "customers.listed_share": s.customers.listed_share,
        "customers.burst_share": s.customers.burst_share,
        "agents.listed_share": s.agents.listed_share,
        "gateway.order_share": s.gateway.order_share,
        **{f"faults.{name}": getattr(s.faults, name) for name in _FAULT_SHARES},
    }
    for name, share in shares.items():
        if not 0 <= share <= 1:
            return f"{name} = {share} is no share; write a number from 0 to 1"
    if told := _wrong_phases(s):
        return told
    if told := wrong_lines(s.talk.lines) or wrong_words(s.talk.words):
        return f"talk: {told}"
    if not 0 <= s.max_rate < float("inf"):
        return f"max_rate = {s.max_rate}; write customer messages a second, or 0 for no limit"
    for low, what in (
        (s.customers.concurrency, "customers.concurrency"),
        (s.shops.count, "shops.count"),
        (s.shops.capacity, "shops.capacity"),
        (s.agents.chars_per_s, "agents.chars_per_s"),
        (s.business_speed, "business_speed"),
        (s.gateway.batch, "gateway.batch"),
    ):
        if not 0 < low < float("inf"):
            return f"{what} must be above 0, not {low}"
    return ""


def _wrong_phases(s: Scenario) -> str:
    if not s.phases:
        return "it has no [[phases]]; write at least one with name, seconds and rate"
    for phase in s.phases:
        if told := wrong_phase(phase):
            return f"phase {phase.name!r}: {told}"
    names = [phase.name for phase in s.phases]
    if twice := [name for name in names if names.count(name) > 1]:
        return f"two phases are called {twice[0]!r}; give each its own name"
    return _wrong_faults(s)


def _wrong_faults(s: Scenario) -> str:
    lasts = {phase.name: phase.seconds for phase in s.phases}
    places = [*(("kill", kill.phase) for kill in s.kills), *(("storm", storm.phase) for storm in s.storms)]
    for what, phase in places:
        if phase not in lasts:
            return f"{what} in phase {phase!r}: there is none; phases are {', '.join(lasts)}"
    for storm in s.storms:
        if not 0 <= storm.after_s < lasts[storm.phase]:
            return f"storm: after_s = {storm.after_s:g} is not within phase {storm.phase!r} ({lasts[storm.phase]:g} s)"
        if not 0 < storm.share <= 1:
            return f"storm: share = {storm.share:g} is no share; write a number above 0, up to 1"
    return ""
