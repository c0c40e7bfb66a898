"""The key that turns a person reference into a pseudonym (HMAC-SHA256)."""

import hashlib
import os
import secrets
from pathlib import Path

from redress.errors import RedressError

VARIABLE = "REDRESS_PSEUDONYM_KEY"
SHORTEST_KEY = 16
_BLOCK = 64


def pseudonym_key() -> bytes:
    """The key from REDRESS_PSEUDONYM_KEY.

    Raises RedressError if it is missing or too short: no record passes the door without it.
    """
    key = os.environ.get(VARIABLE, "")
    if len(key) < SHORTEST_KEY:
        state = "is not set" if not key else f"is shorter than {SHORTEST_KEY} characters"
        raise RedressError(
            f"No load starts: {VARIABLE} {state}; set it to the council's secret key, the same one every night."
        )
    return key.encode()


def key_kept_in(path: Path) -> str:
    """The key in a file only its owner can read; made on first use (for the demo)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def hmac_sql(column: str) -> str:
    """SQL for the hex HMAC-SHA256 of a text column, with the parameters of hmac_pads (RFC 2104)."""
    return f"sha256($outer_pad || unhex(sha256($inner_pad || encode({column}))))"


def hmac_pads(key: bytes) -> dict[str, bytes]:
    """The inner and outer pads of a key, as parameters for hmac_sql."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    return {
        "inner_pad": bytes(byte ^ 0x36 for byte in padded),
        "outer_pad": bytes(byte ^ 0x5C for byte in padded),
    }
