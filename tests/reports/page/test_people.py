"""The grey box says what there is, in both languages, and nothing else."""

from collections.abc import Callable

from reports.model import Judgement, Latency, People
from reports.page.people import pairs

FULL = People(
    ratings=50,
    satisfied=48,
    rounds=400,
    response_s=12.34,
    first_response_s=8.0,
    within_3_min=399,
    answered_by_bot=100,
    automatic=150,
    conversations=55,
    resolved=40,
    vips=6,
    vips_dedicated=5,
    tiers={"instant breached": 3, "unheard of": 1},
    complaints={"opened": 2, "closed": 2},
    told_ratings=49,
    dashboard={"rated": 50.0, "satisfied": 47.0, "rounds": 400.0, "round_seconds": 4936.0, "conversations": 55.0},
    not_offered=("profiles",),
)


def test_every_figure_stands_in_the_box(altered: Callable[..., Judgement]) -> None:
    told = {word.en: value.en for word, value in pairs(altered("empty", people=FULL))}
    assert told == {
        "customer's wait for a reply (real time)": "no sample",
        "mean response by a person (business time)": "12.3 s · within 3 min 99.8 % (400 rounds)",
        "first response by a person (business time)": "8 s",
        "satisfied customers (4–5 stars)": "96.0 % (of 50 ratings; the target told its agents of 49)",
        "conversations resolved": "40 of 55",
        "turns a bot answered first": "100 of 500; 150 automatic messages in all",
        "repeat buyers' conversations given to a dedicated agent": "5 of 6",
        "response tiers (conversations)": "30 s breached 3 · unheard of 1",
        "complaints": "opened 2 · closed 2",
        "the target's own dashboard": "mean response 12.3 s (400 rounds) · satisfied 94.0 % (of 50) · resolved 0 of 55",
        "not verified: the adapter does not offer it": "customer profiles and agent levels",
    }


def test_what_has_no_sample_has_no_line(altered: Callable[..., Judgement]) -> None:
    bare = altered("empty", people=People(), reply_time=Latency(n=3, p50=0.5, max=1.0))
    assert [(word.zh, value.en) for word, value in pairs(bare)] == [
        ("顾客等到回复的时间（真实秒数）", "p50 500 ms · max 1,000 ms · n = 3")
    ]
