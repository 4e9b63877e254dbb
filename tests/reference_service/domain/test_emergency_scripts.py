"""The scenes of the emergency scripts are enough, whole, and may be said in every shop."""

from fixtures.words import words as listed
from reference_service.domain.complaint import CLOSED_TEXT
from reference_service.domain.emergency_scripts import SCRIPTS
from reference_service.filtering.judging import check
from reference_service.filtering.words import Word, WordFilter


def test_there_are_at_least_ten_scenes_each_with_words_and_steps() -> None:
    assert len(SCRIPTS) >= 10
    for script in SCRIPTS.values():
        assert script.scene
        assert script.scene_en
        assert 20 <= len(script.text) <= 500
        assert len(script.steps) >= 3
        assert all(script.steps)
    assert len({script.text for script in SCRIPTS.values()}) == len(SCRIPTS)


def test_no_default_text_is_stopped_by_the_merchants_words() -> None:
    words = WordFilter([Word(word) for word in listed()])
    for text in (CLOSED_TEXT, *(script.text for script in SCRIPTS.values())):
        assert check(words, text, "to_customer").text == text
