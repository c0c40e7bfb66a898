"""Errors that are for people: one sentence that says what is wrong, where, and what to do."""


class RedressError(Exception):
    """A failure a person can act on; its text is the whole message, without a traceback."""


class RejectedFile(RedressError):
    """A delivered file that cannot be read; it is kept whole and none of its rows is landed."""


class SourceUnavailable(RedressError):
    """A source that is down, slow, cut off or changing while it is read: trying again later may help."""


class UsageError(RedressError):
    """A command was given words it cannot take (exit code 2)."""
