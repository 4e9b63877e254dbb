"""The error of every file a person writes for a rehearsal: where, what is wrong, and what would be right."""


class ScenarioError(ValueError):
    """The scenario, or a file it names, is wrong; the text says where, what, and what would be right."""
