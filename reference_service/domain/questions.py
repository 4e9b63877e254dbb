"""What a text asks, in a form that two wordings of one question share; pure (KNOW-1, R5.4)."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

import rjieba

from reference_service.filtering.folding import BUT_NUMERALS

# Words that say nothing of what is asked; a text made of them alone keeps them.
EMPTY: Final = frozenset("的了吗嘛呢啊呀吧哦我你您他她它是在有和就都也还这那个请亲") | frozenset(
    ("我们", "你们", "咱们", "这个", "那个", "一下", "请问")
)

_OPENING = re.compile(
    "^(?:亲(?![子肤密戚水])爱?的?|你好|您好|哈喽|hello|hi|在吗|在么|在不在|有人吗|(?:我?想)?(?:请问|问|咨询)(?:一下|下)?"
    "|客服|老板|掌柜的?|店家)+"
)
_ENDING = re.compile("(?:[吗嘛呢呀啊吧哦哈啦]|(?<![什怎这那多])么)+$")
_THANKS = re.compile(
    "(?:好[的吧嘞]?|行|可以了?|嗯+|哦+|噢|ok|okay|谢谢?[你您啦了]?|多谢|感谢|辛苦了|知道了|明白了?|了解了?|懂了|收到|没事了?"
    "|不用了?|没有了|再见|拜拜|thanks|thankyou)+"
)
_ASKING = re.compile(r"[?吗嘛呢咋谁哪几]|什么|怎么|怎样|多[少久大长重高远]|何时|为何|如何|请问|有没有|(\w)不\1")


def plain(text: str) -> str:
    """The text as the shop's filter reads it: one form of width, case, script and digits; never fails (FILTER-4)."""
    return BUT_NUMERALS.fold(text)


def normal(text: str) -> str:
    """The text's letters and digits alone, plain, without greeting and closing particles; "" when nothing is left.

    Two texts with one normal form are one question: it groups the weekly TOP 5 and matches promoted questions.
    """
    letters = "".join(filter(str.isalnum, plain(text)))
    return _ENDING.sub("", _OPENING.sub("", letters))


def asks(text: str) -> bool:
    """Whether the text is a question: a question mark, a question word, or a verb put as one (能不能)."""
    return _ASKING.search(plain(text)) is not None


def is_small_talk(text: str) -> bool:
    """Whether it only greets, thanks or agrees, and wants no answer."""
    said = normal(text)
    return not said or _THANKS.fullmatch(said) is not None


def words(text: str) -> list[str]:
    """The words to search by, each once, in order: Chinese ones also by their parts; empty ones only where alone."""
    found = list(dict.fromkeys(word for word in rjieba.cut_for_search(plain(text)) if any(map(str.isalnum, word))))
    return [word for word in found if word not in EMPTY] or found


def likeness(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """How much of two questions' words is common, from 0 to 1 (Dice): 2 x common / (words of one + of the other)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
