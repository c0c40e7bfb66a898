"""Presets: what source.yml need not say of a service that is known. What it does say counts."""

from collections.abc import Mapping
from typing import Any, Literal

Preset = Literal["icasework"]

_PRESETS: dict[str, dict[str, Any]] = {
    "icasework": {
        "auth": {"type": "jwt_bearer", "token": "/token", "lifetime": 3600},
        "format": "json_together",
    },
}

_FEEDS: dict[str, dict[str, Any]] = {
    "icasework": {
        "endpoint": "getreport",
        "parameters": {"Format": "json", "From": "{from}", "Until": "{until}"},
    },
}


def with_preset(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a source.yml says, completed by its preset. An unknown preset is left for the model to refuse."""
    name = document.get("preset")
    if name not in _PRESETS:
        return dict(document)
    completed = _over(_PRESETS[name], document)
    feeds = document.get("feeds")
    if isinstance(feeds, Mapping):
        completed["feeds"] = {
            key: _over(_FEEDS[name], feed) if isinstance(feed, Mapping) else feed for key, feed in feeds.items()
        }
    return completed


def _over(given: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Two documents as one, key by key; a key said as null is taken out of what the preset gives."""
    merged = dict(given)
    for key, value in said.items():
        merged[key] = _over(given[key], value) if _is_same_kind(given.get(key), value) else value
    return {key: value for key, value in merged.items() if value is not None or key not in given}


def _is_same_kind(given: Any, said: Any) -> bool:
    if not isinstance(given, Mapping) or not isinstance(said, Mapping):
        return False
    return bool(said.get("type", given.get("type")) == given.get("type"))
