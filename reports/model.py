"""What judging a run yields: plain data between checkers, gates, summary and page. Seconds everywhere."""

from typing import Literal

import msgspec

State = Literal["holds", "broken", "unknown", "not verified"]
Outcome = Literal["GO", "GO WITH CONDITIONS", "NO-GO", "INVALID"]
EXIT: dict[Outcome, int] = {"GO": 0, "GO WITH CONDITIONS": 1, "NO-GO": 1, "INVALID": 3}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a counter-example's story, fit for a sequence drawing."""

    t_s: float  # since the run began
    who: str  # customer, gateway, target, or the device's name
    to: str = ""
    what: str = ""
    wrong: bool = False  # the step (or its absence) that breaks the promise


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one checker found about one promise."""

    promise: str
    checker: str
    state: State
    opportunities: int = 0
    violations: int = 0
    unknown: int = 0
    upper_bound: float | None = None  # 95 % bound of the true share where violations = 0
    reason: str = ""
    metrics: dict[str, int] = {}  # what gates may name: {"lost": 0}
    example: tuple[Step, ...] = ()


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Exact percentiles of raw values; None where there is no sample.

    `error_s`: how wrong each may be because two clocks were read; None where one was never compared.
    """

    n: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None
    error_s: float | None = 0.0


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the scenario, judged."""

    line: str
    state: State
    value: float | None = None
    n: int = 0
    reason: str = ""
    waived: str = ""  # "<reason>, <person>, until <date>"


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of the run as it happened."""

    name: str
    begin_s: float
    end_s: float
    messages: int = 0
    rate: float = 0.0  # throughput: messages a second that were sent
    open_min: int = 0  # fewest conversations open in the target at once
    open_max: int = 0


class Disturbance(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, planned or not, to be shaded."""

    what: str
    begin_s: float
    end_s: float
    planned: bool = True


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """One second of the run, for the picture over time."""

    t_s: float
    sent: int = 0
    replies: int = 0
    open: int = 0
    to_agent_p50: float | None = None
    to_agent_p99: float | None = None
    to_customer_p99: float | None = None


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a message's way. `whose`: who is responsible for the time spent there."""

    name: (
        str  # gateway_accept, gateway_queue, target_ack, target_to_device, agent, target_take, target_outbox, delivery
    )
    whose: Literal["target", "harness", "people"]
    latency: Latency


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """One harness process: can this run be trusted?"""

    process: str
    lag_p99_s: float | None
    cpu_s: float
    worst_phase: str = ""
    complete: bool = True
    clock_error_s: float | None = 0.0  # against the gateway's; 0 = the same clock, None = never compared


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run was made."""

    python: str = ""
    system: str = ""
    cpus: int = 0
    memory_gib: float = 0.0
    golive: str = ""


class OtherCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the simulated platform does not know."""

    name: str
    count: int
    stubbed: bool


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Figures about simulated people; seconds are the business's. No verdict rests on any of them."""

    ratings: int = 0
    satisfied: int = 0  # of them with 4 or 5 stars
    rounds: int = 0  # turns of customers that a person answered
    response_s: float | None = None  # mean wait of those (R5.1)
    first_response_s: float | None = None  # of each conversation's first
    within_3_min: int = 0  # of `rounds`
    answered_by_bot: int = 0  # turns that an automatic text answered first
    unanswered: int = 0  # turns nobody answered before the run ended
    automatic: int = 0  # automatic texts that reached customers
    conversations: int = 0
    resolved: int = 0
    vips: int = 0  # conversations of repeat buyers, as the target told
    vips_dedicated: int = 0  # of them given to a dedicated agent
    tiers: dict[str, int] = {}
    complaints: dict[str, int] = {}
    told_ratings: int = 0  # ratings the target told its agents of
    dashboard: dict[str, float] = {}  # the target's own figures
    not_offered: tuple[str, ...] = ()  # what the scenario wanted and the target's adapter does not offer


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page, the summary and JUnit are made from."""

    run: str
    started: str  # ISO 8601, with zone
    target: str
    target_version: str
    demo: bool  # the target is the bundled reference
    scenario: str
    title_zh: str
    title_en: str
    seed: int
    business_speed: float
    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]  # why it is not GO, one sentence each
    messages: int
    replies: int
    conversations_peak: int
    dropped: int
    arrivals: int
    verdicts: tuple[Verdict, ...]
    gates: tuple[Gate, ...]
    to_agent: Latency
    to_customer: Latency
    reply_time: Latency  # simulated people
    percentiles_to_agent: tuple[tuple[float, float], ...]  # (q, seconds), q to 0.9999 where n allows
    percentiles_to_customer: tuple[tuple[float, float], ...]
    hops: tuple[Hop, ...]
    phases: tuple[Phase, ...]
    disturbances: tuple[Disturbance, ...]
    seconds: tuple[Second, ...]
    health: tuple[Health, ...]
    joins: dict[str, float]  # share of messages joined by each route: platform_id, token, unknown
    environment: Environment
    command: str  # how to reproduce
    platform: str = "open-im"  # the profile the simulated platform spoke
    own_chat: bool = False  # its chat payload is golive's own, no platform's
    other_calls: tuple[OtherCall, ...] = ()
    changes: tuple[str, ...] = ()  # of the scenario, by --set
    notes: tuple[str, ...] = ()  # what was made of the scenario before the run, one sentence each
    people: People = People()

    def metric(self, name: str) -> int | None:
        """A counted metric by its gate name, or None where no checker counted it."""
        for verdict in self.verdicts:
            if name in verdict.metrics:
                return verdict.metrics[name]
        return None
