"""How a council's documents look: the shared templates, style and texts, and what its folder returns/look changes."""

import base64
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from redress.councils import Council
from redress.errors import RedressError

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
PAGE = "return.html"
LOGOS: tuple[Literal["svg", "png"], ...] = ("svg", "png")
LARGEST_LOGO = 500_000
OWN = ("templates", "style.css", "texts.yml", *(f"logo.{kind}" for kind in LOGOS))

# What a style could load from elsewhere, or break out of its element with.
_REMOTE = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)|</", re.IGNORECASE)


@dataclass(frozen=True)
class Logo:
    """A council's logo, to be put into documents whole."""

    file: Path
    data: bytes
    kind: Literal["svg", "png"]
    alt: str

    @property
    def address(self) -> str:
        """As a data address, so that a page needs nothing beside it."""
        media = {"svg": "image/svg+xml", "png": "image/png"}[self.kind]
        return f"data:{media};base64,{base64.b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True)
class Look:
    """Texts, style, logo and templates of one council's documents."""

    texts: Mapping[str, str]
    style: str
    logo: Logo | None
    templates: tuple[Path, ...]

    def environment(self) -> "Environment":
        """Templates by name: the council's own first; the shared ones also as shared/NAME, to be extended."""
        from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        shared = FileSystemLoader(TEMPLATES)
        own = [FileSystemLoader(folder) for folder in self.templates]
        return SandboxedEnvironment(
            loader=ChoiceLoader([*own, shared, PrefixLoader({"shared": shared})]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )


def look_of(council: Council) -> Look:
    """The look of a council's documents.

    Raises RedressError that names the file where one of its own cannot be used.
    """
    folder = council.folder / "returns" / "look"
    if folder.exists() and not folder.is_dir():
        raise RedressError(f"{folder} is not a folder; put {', '.join(OWN)} into a folder of that name.")
    for file in sorted(folder.glob("*")):
        if file.name not in OWN and not file.name.startswith("."):
            raise _unknown(file, file.name, OWN, "is not part of a look")
    shared_texts = _texts(TEMPLATES / "texts.yml")
    texts = {**shared_texts, **_own_texts(folder / "texts.yml", shared_texts)}
    return Look(
        texts=texts,
        style=_read(TEMPLATES / "style.css") + _own_style(folder / "style.css"),
        logo=_logo(folder, texts, council.title),
        templates=_own_templates(folder / "templates"),
    )


def _own_templates(folder: Path) -> tuple[Path, ...]:
    if not folder.exists():
        return ()
    known = sorted(file.name for file in TEMPLATES.glob("*.html"))
    for file in sorted(folder.glob("*")):
        if file.name not in known and not file.name.startswith("."):
            raise _unknown(file, file.name, known, "overrides no template")
    return (folder,)


def _own_texts(file: Path, known: Mapping[str, str]) -> Mapping[str, str]:
    if not file.exists():
        return {}
    texts = _texts(file)
    for key in texts:
        if key not in known:
            raise _unknown(file, key, known, f"has a text {key!r} that no document prints")
    return texts


def _texts(file: Path) -> Mapping[str, str]:
    try:
        texts = yaml.safe_load(_read(file)) or {}
    except yaml.YAMLError as problem:
        raise RedressError(f"{file} cannot be read: {str(problem).splitlines()[0]}; correct the file.") from None
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise RedressError(f"{file} holds something else than texts; write each line as `key: text`.")
    return {str(key): " ".join(text.split()) for key, text in texts.items()}


def _own_style(file: Path) -> str:
    if not file.exists():
        return ""
    style = _read(file)
    if found := _REMOTE.search(style):
        line = style[: found.start()].count("\n") + 1
        raise RedressError(
            f"{file}, line {line}, loads something or ends the style; a return is one file that needs no network: "
            "write what it loads into the style, as a data: address for example."
        )
    return "\n" + style


def _logo(folder: Path, texts: Mapping[str, str], council_name: str) -> Logo | None:
    for kind in LOGOS:
        file = folder / f"logo.{kind}"
        if not file.exists():
            continue
        data = file.read_bytes()
        is_right = data.startswith(b"\x89PNG\r\n\x1a\n") if kind == "png" else b"<svg" in data[:4096]
        if not is_right:
            raise RedressError(f"{file} is no {kind.upper()} picture; save the logo again as {kind.upper()}.")
        if len(data) > LARGEST_LOGO:
            raise RedressError(
                f"{file} has {len(data):,} bytes, and every document would carry them; "
                f"save the logo with at most {LARGEST_LOGO:,}."
            )
        return Logo(file, data, kind, texts["logo_alt"].replace("{council}", council_name))
    return None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise RedressError(f"{file} cannot be read ({problem}); save it as UTF-8 text.") from None


def _unknown(file: Path, name: str, known: object, what: str) -> RedressError:
    names = [str(one) for one in known] if isinstance(known, list | tuple | Mapping) else []
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}."
    return RedressError(f"{file} {what}; {hint}")
