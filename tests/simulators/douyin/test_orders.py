"""Order stories: whole, in order, the same from the same seed."""

from itertools import pairwise
from random import Random

from simulators.douyin.orders import ORDER, STORIES, story


def test_every_story_is_told_whole_in_order_and_on_time() -> None:
    told = [story(ORDER + 2 * n, 5.0, Random(n)) for n in range(200)]
    assert {tuple(step.order.step for step in each) for each in told} == set(STORIES)
    for each in told:
        gaps = [after.after_s - before.after_s for before, after in pairwise(each)]
        assert all(2.5 <= gap <= 7.5 for gap in gaps)


def test_an_order_has_one_id_and_only_its_refund_another() -> None:
    for n in range(50):
        steps = [step.order for step in story(ORDER + 2 * n, 5.0, Random(n))]
        assert {step.id for step in steps} == {ORDER + 2 * n}
        assert {step.aftersale for step in steps if step.step.startswith("refund")} <= {ORDER + 2 * n + 1}
        assert {step.aftersale for step in steps if not step.step.startswith("refund")} == {0}


def test_the_same_seed_tells_the_same_story() -> None:
    assert story(ORDER, 5.0, Random(3)) == story(ORDER, 5.0, Random(3)) != story(ORDER, 5.0, Random(4))
