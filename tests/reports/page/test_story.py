"""A story reads in Chinese, too: every sentence that routing's machines can tell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import security_tests.routing
from reports.matrix.rows import Row
from reports.page.story import story
from reports.page.words import phrase

TELLERS = {"tell": 0, "_do": 0, "Fault": 1, "_fail": 1}  # which argument is the sentence
SAID = {"word": "away", "whose": "nobody was told of what C1 wrote"}  # else any name
PROMISED = Row(
    promise="ROUTE-7",
    area="ROUTE",
    text="A returning customer meets",
    text_zh="回头客遇到",
    state="broken",
    required=True,
)


def test_a_story_reads_in_chinese() -> None:
    told = story(
        "promised:\n  ROUTE-7: A returning customer meets\n"
        "seen:\n  C1 expected with An (rule: last agent); went to Bo\n"
        "  1. An (senior, capacity 1, spare) comes online\n"
        "  2. C1 (VIP, high spender) writes; expected with An (last agent), and the template of the night\n"
        "  3. big sale from in 5 s for 60 s\n     but: C1 expected to wait; seen open\n  x&y \u202e",
        [PROMISED],
    )
    assert told.zh == (
        "承诺：\n  ROUTE-7：回头客遇到\n看到：\n  C1 应归 An（规则：上次的客服）；却给了 Bo\n"
        "  1. An（资深，上限 1，备用）上线\n"
        "  2. C1（VIP 顾客，高消费）来信；应归 An（上次的客服），并收到非营业时间模板\n"
        "  3. 大促：5 s 后开始，持续 60 s\n     但是：C1 应排队等候；却为接待中\n  x&y \\u202e"
    )
    assert told.en.splitlines()[-2:] == ["     but: C1 expected to wait; seen open", "  x&y \\u202e"]


def _sentences() -> Iterator[str]:
    """Every sentence written out in routing's sources, a name where something varies."""
    for path in Path(security_tests.routing.__file__).parent.glob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            at = TELLERS.get(getattr(call.func, "attr", getattr(call.func, "id", "")), 9)
            if len(call.args) > at and isinstance(call.args[at], (ast.JoinedStr, ast.Constant)):
                yield from filter(None, [_filled(call.args[at])])


def _filled(told: ast.expr) -> str:
    if isinstance(told, ast.Constant):
        return str(told.value)
    assert isinstance(told, ast.JoinedStr)
    return "".join(_filled(part) if isinstance(part, ast.Constant) else _value(part) for part in told.values)


def _value(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    if isinstance(part.value, ast.IfExp):
        return _value(ast.FormattedValue(part.value.body, -1))
    return str(part.value.value) if isinstance(part.value, ast.Constant) else SAID.get(ast.unparse(part.value), "X1")


def test_every_sentence_of_routing_has_its_chinese() -> None:
    sentences = sorted(set(_sentences()))
    assert len(sentences) > 40
    assert [sentence for sentence in sentences if re.search("[a-z]{2}", phrase(sentence).zh)] == []
