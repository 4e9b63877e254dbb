"""Foreign text made fit for XML and for Markdown."""


def clean(text: str, keep: str = "") -> str:
    """XML 1.0 has no place for control characters, escaped or not; those in `keep` ("\\n") stay."""
    return "".join(c if c in keep or _fit(c) else " " for c in text)


def _fit(c: str) -> bool:
    return c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff"


def cell(text: str) -> str:
    """Text that came from outside must not break out of a table or become markup."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
