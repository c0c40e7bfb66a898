"""Great Expectations' own renderers, with a rule's code beside each expectation and nothing taken from the web.

Beside suites.py all that knows the tool. Importing this imports Great Expectations, which takes seconds.
"""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
from great_expectations.render.components import CollapseContent, RenderedStringTemplateContent
from great_expectations.render.renderer.content_block.validation_results_table_content_block import (
    ValidationResultsTableContentBlockRenderer,
)
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader

TEMPLATES = Path(__file__).with_name("data_docs_templates")
# Great Expectations looks these up by name; its own need scripts of the web to be opened or read.
_REPLACED = {"collapse.j2": "collapse.html", "table.j2": "table.html"}
_HEADINGS = {"h5": "h2", "h6": "h3"}
_OVERVIEW, _RUN_INFO = 1, -1


class RuleTable(ValidationResultsTableContentBlockRenderer):
    """The table of a section: the outcome in a word, Great Expectations' sentence, counts, and the rule behind it."""

    @classmethod
    def _process_content_block(cls, content_block: Any, has_failed_evr: bool, render_object: Any = None) -> None:
        super()._process_content_block(content_block, has_failed_evr, render_object)
        content_block.header_row = ["Outcome", "Expectation", "Observed value", "Rows checked", "Rows failing", "Rule"]
        content_block.header_row_options = {}

    @classmethod
    def _get_content_block_fn(cls, expectation_type: str, expectation_config: Any = None) -> Callable[..., Any]:
        row: Any = super()._get_content_block_fn(expectation_type, expectation_config)

        def with_rule(result: Any, **given: Any) -> list[list[Any]]:
            ((_, expectation, observed),) = row(result=result, **given)
            # A list has Great Expectations' own count of failures behind the sentence, a share of the wrong total.
            sentence = expectation[0] if isinstance(expectation, list) else expectation
            counts = result.result
            checked = counts["element_count"] - counts["missing_count"]
            return [
                [_outcome(result), sentence, observed, f"{checked:,}", f"{counts['unexpected_count']:,}", _rule(result)]
            ]

        return with_rule


class OwnPageView(DefaultJinjaPageView):
    """Pages whole in themselves: one style, no script, headings in their order."""

    def __init__(self) -> None:
        super().__init__()
        replaced = {name: (TEMPLATES / file).read_text(encoding="utf-8") for name, file in _REPLACED.items()}
        own: Any = self.env.loader
        self.env.loader = ChoiceLoader([DictLoader(replaced), FileSystemLoader(TEMPLATES), own])
        self.env.trim_blocks = self.env.lstrip_blocks = True
        style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
        hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{hashed}'; form-action 'none'; base-uri 'none'"
        self.env.globals |= {"style": style, "policy": policy}

    def render_string_template(self, template: Any) -> Any:
        """The string with headings that follow the page's own."""
        if isinstance(template, dict) and template.get("tag") in _HEADINGS:
            template["tag"] = _HEADINGS[template["tag"]]
        parent: Any = super()
        return parent.render_string_template(template)


def validation_page(validation: dict[str, Any], **about: Any) -> str:
    """The page of one suite's validation result, as kept_results.py keeps it; about goes to suite.html."""
    result = expectationSuiteValidationResultSchema.load(validation)
    table = {"module_name": __name__, "class_name": RuleTable.__name__}
    renderer: Any = ValidationResultsPageRenderer(
        column_section_renderer={"class_name": "ValidationResultsColumnSectionRenderer", "table_renderer": table},
        run_info_at_end=True,
    )
    document = renderer.render(result)
    # Overview and run information would call a suite without a result succeeded; the template says how it stands.
    document.sections = document.sections[_OVERVIEW:_RUN_INFO]
    view: Any = _view()
    page: str = view.render(document, template="suite.html", unmet=_unmet(document, result), **about)
    return page


def index_page(**about: Any) -> str:
    """The page that lists the suites of every council; about goes to index.html."""
    return _view().env.get_template("index.html").render(**about)


@cache
def _view() -> OwnPageView:
    return OwnPageView()


def _unmet(document: Any, result: Any) -> list[dict[str, Any]]:
    """What was not met, each with the number of the section that shows it."""
    numbers = {section.section_name: number for number, section in enumerate(document.sections, start=1)}
    return [
        {
            "rule": one.expectation_config.meta["rule"],
            "column": one.expectation_config.meta["column"],
            "failing": one.result["unexpected_count"],
            "section": numbers.get(one.expectation_config.kwargs.get("column"), 1),
        }
        for one in result.results
        if not one.success
    ]


def _outcome(result: Any) -> RenderedStringTemplateContent:
    word = "Pass" if result.success else "Fail" if result.expectation_config.severity == "critical" else "Warn"
    return _text("$word", {"word": word}, ["outcome", word.lower()])


def _rule(result: Any) -> CollapseContent:
    """The rule's code, opened for its reason and remedy."""
    meta = result.expectation_config.meta
    about = {
        "rule": meta["rule"],
        "severity": result.expectation_config.severity,
        "column": (meta["column"] or "").replace("|", ", "),
    }
    reasons = [_text("$reason", {"reason": meta[part]}, [part]) for part in ("reason", "remedy") if meta[part]]
    named = "$rule, $severity: $column" if meta["column"] else "$rule, $severity"
    return CollapseContent(collapse_toggle_link=_text(named, about), collapse=reasons)


def _text(template: str, params: dict[str, str], classes: list[str] | None = None) -> RenderedStringTemplateContent:
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={"template": template, "params": params, "styling": {"classes": classes or []}},
    )
