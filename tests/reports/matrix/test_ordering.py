"""The filter's figures stand in one order, whoever came first."""

from random import Random

from reports.filter_figures import CleanTalk, FilterFigures, Recall, Relation
from reports.matrix.ordering import ordered

WANTED = FilterFigures(
    classes=(
        Recall("pinyin", True, 30, 29),
        Recall("plain", True, 9, 9),
        Recall("full_width", True, 9, 9),
        Recall("wild: pinyin", True, 7, 7),
        Recall("reversed", False, 9, 0),
        Recall("wild: reversed", False, 2, 0),
    ),
    clean=(CleanTalk("signs", 9, 1), CleanTalk("orders", 9, 0), CleanTalk("payment", 9, 0)),
    relations=(Relation("z", 9, 1), Relation("a", 9, 0)),
)


def test_what_went_wrong_comes_first_and_the_rest_always_alike():
    for seed in range(5):
        rng = Random(seed)
        mixed = FilterFigures(
            *(tuple(rng.sample(part, len(part))) for part in (WANTED.classes, WANTED.clean, WANTED.relations))
        )
        assert ordered(mixed) == WANTED


def test_nothing_measured_stays_nothing():
    assert ordered(None) is None
