"""Sins of what a shop knows by itself: articles, promoted questions and the bot."""

from collections.abc import Sequence

from proof.mutant import instead, mutant, ran
from reference_service.domain import articles, bot, top_questions
from reference_service.storage import search

DAY_S = 86_400.0


@mutant("KNOW-1", suite="contract")
def misses_the_best() -> None:
    """Leaves the best article out of what it found."""
    honest = search.Index.find

    def find(
        self: search.Index, query: str, limit: int, at: float, kind: articles.Kind | None = None
    ) -> list[search.Found]:
        found = honest(self, query, limit, at, kind)
        if found:
            ran()
        return found[1:]

    instead(search.Index, "find", find)


@mutant("KNOW-1", suite="contract")
def begins_the_week_on_tuesday() -> None:
    """Counts a week's questions from Tuesday on."""
    honest = top_questions.monday

    def monday(at: float) -> float:
        ran()
        return honest(at - DAY_S) + DAY_S

    instead(top_questions, "monday", monday)


@mutant("FAQ-1", suite="contract")
def answers_only_while_the_bot_is_on() -> None:
    """Knows promoted questions, and is silent where the bot is off."""
    honest = bot.at_once

    def at_once(asked: bot.Asked, exact: Sequence[articles.Article], settings: bot.Bot) -> bot.Decision | None:
        if settings.mode == "off":
            ran()
            return bot.Silent()
        return honest(asked, exact, settings)

    instead(bot, "at_once", at_once)


@mutant("BOT-1", suite="contract")
def keeps_who_wants_a_person() -> None:
    """Does not hear that a customer asks for a person."""
    honest = bot.doubt

    def doubt(asked: bot.Asked, settings: bot.Bot) -> bot.Why | None:
        why = honest(asked, settings)
        if why == "requested":
            ran()
            return None
        return why

    instead(bot, "doubt", doubt)


@mutant("BOT-1", suite="contract")
def repeats_itself() -> None:
    """Gives the same answer again to who was not helped by it."""
    honest = bot._answer

    def answer(asked: bot.Asked, found: Sequence[articles.Article], none: bot.Why) -> bot.Decision:
        if asked.last:
            ran()
        return honest(asked._replace(last=""), found, none)

    instead(bot, "_answer", answer)
