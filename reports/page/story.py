"""A counter-example's story in both languages, line by line: what no sentence of words.toml fits stays English."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reports.matrix.rows import Row
from reports.page import figures
from reports.page.words import Text, phrase

_LINE: Final = re.compile(r"(\s*(?:\d+\. )?)(but: )?(.*)")  # what stands before a sentence, and the sentence


def story(text: str, rows: Iterable[Row]) -> Text:
    """The lines of a story, each made visible; `rows` know their promises' sentences in both languages."""
    promised = {f"{row.promise}: {row.text}": f"{row.promise}：{row.text_zh}" for row in rows if row.text_zh}
    told = [figures.visible(line) for line in text.splitlines()]
    return Text("\n".join(_chinese(line, promised) for line in told), "\n".join(told))


def _chinese(line: str, promised: Mapping[str, str]) -> str:
    found = _LINE.fullmatch(line)
    assert found, line  # a line has no end of line in it
    lead, but, sentence = found.groups()
    return lead + ("但是：" if but else "") + (promised.get(sentence) or phrase(sentence).zh)
