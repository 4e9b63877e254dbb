"""The classes of evasion that the filter claims to see through, as data: suites hold it to these and to no others."""

from typing import Final, Literal

import msgspec

from reference_service.filtering.squeezing import BETWEEN


class Claim(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """One class: which words it holds for, what exactly is seen through and what is not."""

    name: str
    words: Literal["every", "chinese", "latin", "asked"]
    about: str


class Unclaimed(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """One class that gets past the filter, by intent."""

    name: str
    about: str


CLAIMS: Final = (
    Claim("plain", "every", "as listed, wherever it stands"),
    Claim("case", "every", "letters large and small"),
    Claim("width", "every", "full width, circled, bracketed, mathematical and other compatibility forms, 🅥 and 🆅 too"),
    Claim("invisible", "every", "any number of default-ignorable code points, and U+2800, between and around"),
    Claim("marks", "every", "any number of combining marks on any character (Mn, Me), accents of precomposed letters"),
    Claim("traditional", "every", "traditional and variant Chinese characters for simplified ones, one for one"),
    Claim(
        "digits",
        "every",
        "digits of every script, circled, bracketed, negative, 零 to 九, 壹 to 玖, 幺; not where another digit "
        "stands beside; off for words of nothing but Chinese numerals and with 陆 or 伍",
    ),
    Claim(
        "homoglyph", "latin", "letters of other scripts, small capitals and flags' letters that look like a Latin one"
    ),
    Claim(
        "separators",
        "chinese",
        f"up to {BETWEEN} spaces, signs, punctuation marks or emoji between two characters; a mark that ends a clause "
        "(，。！？；：、… line end) only in three characters and more with something between all of them; words of two "
        "different characters and more without a separator of their own",
    ),
    Claim(
        "repeats",
        "chinese",
        "characters written more often than listed, no digits; 妈, 爸 and their like exactly twice are another word",
    ),
    Claim("alias", "asked", "the spellings listed beside a word, each through the same classes as a word"),
    Claim(
        "pinyin",
        "asked",
        "the whole word in pinyin, with or without tone marks or tone digits, through case, width, invisible, marks, "
        "homoglyph and separators; up to three characters also half in pinyin; not inside a longer run of letters",
    ),
    Claim("initials", "asked", "the first letters of its pinyin, side by side; not inside a longer run of letters"),
)

NOT_CLAIMED: Final = (
    Unclaimed("inside", "a Latin word inside a longer one (vx in vxworks), a number inside a longer one"),
    Unclaimed("homophone", "other characters of the same sound: list them as aliases"),
    Unclaimed("look_alike_chinese", "Chinese characters that look alike (徽 for 微)"),
    Unclaimed("split_characters", "a character written as its parts (亻言 for 信)"),
    Unclaimed("letters_between", "letters, digits or other characters between those of a word"),
    Unclaimed("leetspeak", "digits and signs for letters (0 for o, × for x), I for l"),
    Unclaimed("reversed", "the word backwards"),
    Unclaimed("vertical", "words written in columns"),
    Unclaimed("split_messages", "a word spread over several messages"),
    Unclaimed("entities", "HTML entities and other encodings"),
    Unclaimed("pictures", "text in pictures, emoji for things"),
)
