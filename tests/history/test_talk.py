"""A shop's own lines and words are read, and refused with line and mend; no bytes make a reader do anything else."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fixtures.people import Order
from history.phases import arrivals
from history.scenario_error import ScenarioError
from history.talk import BRACES, Line, Word, dialogues, wordlist
from history.tokens import LETTERS

READERS: list[Callable[[bytes, str], object]] = [arrivals, dialogues, wordlist]


def test_lines_have_an_intent_a_text_and_a_weight() -> None:
    data = 'intent,text,weight\nrefund,退款{amount}元，什么时候到账,2.5\nother,"在吗,{{亲}}",\n'.encode("gb18030")
    assert dialogues(data, "d.csv") == (
        Line(intent="refund", text="退款{amount}元，什么时候到账", weight=2.5),
        Line(intent="other", text="在吗,{{亲}}"),
    )
    assert dialogues(b"text,intent\nhello,a", "d.csv") == (Line(intent="a", text="hello"),)


def test_braces_are_those_of_an_order() -> None:
    assert Order._fields == BRACES


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,,1", r"d\.csv, line 2: the text of a has 0 characters"),
        ("退款,x,1", "line 2: intent '退款'; write a short name such as refund"),
        ("a,x,-1", "line 2: weight '-1'"),
        ("a,x,nan", "weight 'nan'"),
        ("a,{oder},1", "line 2: '{oder}' has braces that nothing fills; these are filled: {goods}"),
        ("a,{order.x},1", "braces that nothing fills"),
        ("a,{order!r},1", "braces that nothing fills"),
        ("a,{},1", "braces that nothing fills"),
        ("a,50 % {,1", "Double a brace that is meant"),
        ("a,x,0\nclosing,再见,1", "no line can be said"),
    ],
)
def test_a_wrong_line_is_told(row: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        dialogues(f"intent,text,weight\n{row}\n".encode(), "d.csv")


def test_words_are_one_a_line_with_remarks_and_categories() -> None:
    data = "\ufeff# 本店\n加微信\tcontact\r\n\n QQ \nqq\nＱＱ\nzfb".encode()
    assert wordlist(data, "w.txt") == (Word(word="加微信", category="contact"), Word(word="QQ"), Word(word="zfb"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("好\nq\n", r"w\.txt, line 2: the word q is one of the letters by which golive traces replies"),
        ("Ｑ", "one of the letters"),
        ("加\u200b微信", "line 1: .*cannot be seen"),
        ("\u0301", "cannot be seen"),
        ("长" * 101, "has 101 characters"),
        ("\n".join(a + b for a in LETTERS for b in LETTERS), "could not keep clear of them"),
        ("# 只有注释", "there is no word"),
    ],
)
def test_a_wrong_word_is_told(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        wordlist(text.encode(), "w.txt")


@pytest.mark.thorough
@given(st.sampled_from(READERS), st.binary() | st.text().map(str.encode))
@example(arrivals, b'minute,count\n"\x00')
@example(arrivals, b";")
@example(dialogues, b"intent,text\na," + b"x" * 200_000)
def test_no_bytes_make_a_reader_raise_anything_but_a_scenario_error(
    read: Callable[[bytes, str], object], data: bytes
) -> None:
    with contextlib.suppress(ScenarioError):
        read(data, "f")


HEADS = {arrivals: "minute,count", dialogues: "intent,text,weight", wordlist: "#"}
CELLS = st.text(alphabet='0123456789:;,."\t\n\r{}!abz甲 -eE+', max_size=60)


@given(st.sampled_from(READERS), CELLS, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_nor_do_almost_right_ones(read: Callable[[bytes, str], object], cells: str, encoding: str) -> None:
    with contextlib.suppress(ScenarioError):
        read(f"{HEADS[read]}\n{cells}".encode(encoding), "f")
