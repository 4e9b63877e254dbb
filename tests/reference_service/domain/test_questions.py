"""Wordings of one question have one normal form; other questions have another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.questions import asks, is_small_talk, likeness, normal, plain, words


@pytest.mark.parametrize(
    "wording",
    [
        "什么时候发货",
        "什么时候发货？",
        "亲，什么时候发货呀？？",
        "你好，请问一下什么时候发货呢~",
        "在吗 在吗 想问下 什么时候 发货啊",
        "請問什麼時候發貨",
        "什么时候发货\u200b😀",
    ],
)
def test_wordings_of_one_question_have_one_normal_form(wording: str) -> None:
    assert normal(wording) == "什么时候发货"


@pytest.mark.parametrize("other", ["什么时候退货", "什么时候发货的", "亲子装什么时候发货", "发货"])
def test_another_question_has_another_normal_form(other: str) -> None:
    assert normal(other) != "什么时候发货"


@pytest.mark.parametrize("text", ["这是什么", "怎么", "ＸＬ码有吗", "A-1"])
def test_a_question_word_at_the_end_is_no_particle(text: str) -> None:
    assert normal(text) == {"这是什么": "这是什么", "怎么": "怎么", "ＸＬ码有吗": "xl码有", "A-1": "a1"}[text]


@pytest.mark.parametrize("text", ["什么时候发货", "能不能便宜点", "发货了吗", "在哪买", "几天到", "包邮？", "多久到"])
def test_what_asks_is_a_question(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["我要退货", "好的", "衣服破了", "转人工", "谢谢"])
def test_what_states_is_none(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize("text", ["你好", "在吗？", "亲", "好的谢谢", "嗯嗯", "OK", "😀", "…", "", "知道了，再见"])
def test_greeting_and_thanks_are_small_talk(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize("text", ["好的什么时候发货", "不用发货了", "亲肤吗"])
def test_a_wish_behind_a_courtesy_is_not(text: str) -> None:
    assert not is_small_talk(text)


def test_words_are_cut_from_chinese_each_once_without_the_empty_ones() -> None:
    assert words("我的快遞什麼時候能到，快递呢？") == ["快递", "什么", "时候", "能", "到"]
    assert words("的") == ["的"]
    assert words('"?*') == []


def test_likeness_counts_common_words_of_both() -> None:
    assert likeness({"发货", "什么"}, {"发货", "什么"}) == 1.0
    assert likeness({"发货", "什么", "时候", "鞋"}, {"发货", "什么"}) == pytest.approx(2 * 2 / 6)
    assert (likeness({"发货"}, {"退货"}), likeness(set(), set())) == (0.0, 0.0)


@given(st.text(st.characters(codec=None), max_size=60))
def test_no_text_is_an_error_and_a_normal_form_is_plain(text: str) -> None:
    form = normal(text)
    assert form == "" or form.isalnum()
    assert plain(form) == form
    words(text)
    asks(text)
    is_small_talk(text)
