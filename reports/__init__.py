"""Pure checkers judge a history; gates and the page follow from their verdicts."""
