"""From a Vega-Lite specification to a picture: SVG with patterns and without scripts or roles, and PNG of the same."""

import re
from collections.abc import Mapping
from functools import lru_cache

from redress.returns.documents.chart_style import FILLS

_ROLES = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class|xmlns:xlink|version)="[^"]*"')
_EMPTY = re.compile(r'<path d="M0,0h0v0h0Z"/>|<path d="" display="none"/>|<g></g>|<g/>')
_IDS = re.compile(r'\bid="([^"]+)"')
_SIZE = re.compile(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"')


@lru_cache(maxsize=256)
def svg_of(spec: str) -> str:
    """The picture of a specification (as JSON text, so that one already drawn in this process is not drawn again)."""
    import vl_convert

    # No address may be read: the figures are in the specification.
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _with_patterns(_plain(svg))


def png_of(svg: str) -> bytes:
    """The same picture in pixels, two for each of the screen's, for documents that take no SVG."""
    import vl_convert

    png: bytes = vl_convert.svg_to_png(svg, scale=2)
    return png


def size_of(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels."""
    found = _SIZE.search(svg)
    assert found is not None
    return round(float(found[1])), round(float(found[2]))


def with_ids(svg: str, prefix: str) -> str:
    """The picture with names of its own, because several stand on one page, and Vega counts its names on and on."""
    names = {name: f"{prefix}-{number}" for number, name in enumerate(dict.fromkeys(_IDS.findall(svg)), start=1)}
    return _renamed(svg, names)


def _renamed(svg: str, names: Mapping[str, str]) -> str:
    for name, new in names.items():
        svg = svg.replace(f'id="{name}"', f'id="{new}"').replace(f"url(#{name})", f"url(#{new})")
    return svg


def _plain(svg: str) -> str:
    """Without the roles of the parts, which would be read aloud one by one, and without empty paths."""
    svg = _ROLES.sub("", svg)
    while (shorter := _EMPTY.sub("", svg)) != svg:
        svg = shorter
    return svg


def _with_patterns(svg: str) -> str:
    patterns = []
    for number, fill in enumerate(FILLS):
        if fill.pattern is None or f'fill="{fill.colour}"' not in svg:
            continue
        svg = svg.replace(f'fill="{fill.colour}"', f'fill="url(#fill{number})"')
        patterns.append(
            f'<pattern id="fill{number}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" style="fill:{fill.colour}"/>{fill.pattern}</pattern>'
        )
    if not patterns:
        return svg
    start = svg.index(">") + 1
    return f"{svg[:start]}<defs>{''.join(patterns)}</defs>{svg[start:]}"
