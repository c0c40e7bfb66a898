"""What can be wrong with an answer that came. Each text is the end of a sentence that begins with the service."""


class AnswerFault(Exception):
    """An answer that cannot be read."""


class Passing(AnswerFault):
    """It may be better another time: cut off, or a web page of a service under repair."""


class Lasting(AnswerFault):
    """Asking again gives the same: something else than records, or what must not be read."""
