"""What a shop's customers wrote in a span of time, counted from the message rows in a reading of its own (R5.4)."""

from pathlib import Path
from typing import Final

import apsw

from reference_service.domain.top_questions import Wording

# What customers, people and the bot said, each with what followed it; scenes and notes answer nothing.
_SAID: Final = """
WITH said AS (
    SELECT conversation_id, seq, sender, shown, kind, created_at,
           lead(sender) OVER talk AS then_sender, lead(created_at) OVER talk AS then_at
    FROM message
    WHERE conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?1) AND created_at >= ?2 AND NOT private
      AND (sender IN ('customer', 'agent') OR scene IN ('bot', 'faq'))
    WINDOW talk AS (PARTITION BY conversation_id ORDER BY seq)
), asked AS (SELECT * FROM said WHERE sender = 'customer' AND created_at < ?3)
"""
# With max() SQLite takes the other columns from the row that has it.
_WORDINGS: Final = f"""{_SAID}
SELECT shown, count(*), sum(then_sender IS 'bot'), conversation_id, seq, max(created_at) FROM asked
WHERE shown IS NOT NULL AND kind = 'text' GROUP BY shown"""
_REPLY_S: Final = f"{_SAID} SELECT avg(then_at - created_at) FROM asked WHERE then_sender = 'agent'"


def asked(path: Path, shop_id: str, begin: float, end: float) -> tuple[list[Wording], float | None]:
    """The texts written from `begin` to before `end`, and the mean seconds to a person's reply that follows directly.

    For a thread: it may read millions of rows.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        with connection:  # one state for both readings
            found = connection.execute(_WORDINGS, (shop_id, begin, end))
            wordings = [Wording(text, times, bot, f"{name}-{seq}") for text, times, bot, name, seq, _ in found]
            reply_s = connection.execute(_REPLY_S, (shop_id, begin, end)).fetchone()
        return wordings, reply_s[0] if reply_s else None
    finally:
        connection.close()
