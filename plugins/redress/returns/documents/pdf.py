"""Writes a return as a tagged PDF (PDF/UA-1), made from its HTML."""

import logging
from pathlib import Path

from redress.errors import RedressError

MISSING = (
    "No PDF was made, because the library pango that lays out its pages is not on this machine; install pango 1.44 or "
    "later, or print the HTML file to PDF from a browser."
)


class NoPango(RedressError):
    """The machine lacks what the PDF library needs; its text is the sentence to print."""


def require_pango() -> None:
    """Raises NoPango where no PDF can be made on this machine."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        raise NoPango(MISSING) from None


def write_pdf(html: str, file: Path) -> None:
    """Lays the page out on A4 and writes it, with bookmarks, title, language and the tags that reading aloud needs.

    Nothing is fetched, and the same page gives the same bytes. Raises NoPango where the machine lacks pango.
    """
    require_pango()
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # Of its warnings about styles that only screens use, a reader of the terminal can make nothing.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fetcher = URLFetcher(allowed_protocols=["data"])
    HTML(string=html, url_fetcher=fetcher).write_pdf(file, pdf_variant="pdf/ua-1")
