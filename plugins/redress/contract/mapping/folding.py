"""How text is compared without regard to case, spacing and the like: the same in Python and in SQL."""

import re

BLANKS = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
BLANKS += "".join(map(chr, range(0x2000, 0x200E)))
JOINING = "_/-\u2212" + "".join(map(chr, range(0x2010, 0x2016)))
_APOSTROPHES = "‘’ʼ"


def trimmed(text: str) -> str:
    """Text without the spaces around it, of whatever kind."""
    return text.strip(BLANKS)


def trimmed_sql(text: str) -> str:
    """SQL for trimmed text; null where nothing is left."""
    blank = any_of(BLANKS)
    return f"nullif(regexp_replace({text}, '\\A{blank}+|{blank}+\\z', '', 'g'), '')"


def spaced(text: str) -> str:
    """Text as a value map compares it: case, kinds and numbers of spaces, and curly apostrophes do not count."""
    return _folded(text, BLANKS)


def spaced_sql(text: str) -> str:
    """SQL for spaced(text)."""
    return _folded_sql(text, BLANKS)


def folded(text: str) -> str:
    """Text as a list of codes compares it: as spaced, and hyphens, underscores and slashes count as spaces."""
    return _folded(text, BLANKS + JOINING)


def folded_sql(text: str) -> str:
    """SQL for folded(text)."""
    return _folded_sql(text, BLANKS + JOINING)


def holdable(text: str) -> bool:
    """Whether a record can hold a text: no zero byte, no half of a character."""
    return not re.search("[\0\ud800-\udfff]", text)


def any_of(letters: str) -> str:
    """A class of a regular expression, for DuckDB, of these characters."""
    return "[" + "".join(f"\\x{{{ord(letter):x}}}" for letter in letters) + "]"


def _folded(text: str, as_space: str) -> str:
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "'")
    lowered = "".join(letter.lower()[0] for letter in text)
    return re.sub(f"[{re.escape(as_space)}]+", " ", lowered).strip(" ")


def _folded_sql(text: str, as_space: str) -> str:
    for apostrophe in _APOSTROPHES:
        text = f"replace({text}, '{apostrophe}', '''')"
    return f"trim(regexp_replace(lower({text}), '{any_of(as_space)}+', ' ', 'g'))"
