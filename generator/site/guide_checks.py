"""The guide's page about each check: what it wants, an example, and how to do without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from generator.cards.allowances import can_be_allowed
from generator.cards.explanations import Explanation, explained_codes, load_explanations
from generator.cards.rules import Rule, all_rules, is_essential
from generator.diagnostics import Severity
from generator.languages import Language
from generator.site.addresses import check_page, guide_page, relative
from generator.site.guide import GuideFile, GuidePlace, code_shown, render_guide_page
from generator.site.hub import Hub
from generator.site.theme import CHECK_TEMPLATE

_CHECKS = "checks"

_Words: TypeAlias = "Mapping[str, str | Mapping[str, str]]"


class ShownCheck(Struct, frozen=True):
    """A check in the words of one language; `has_level` says whether a hub can set its level."""

    code: str
    severity: Severity
    text: str
    wrong: str
    right: str
    can_be_allowed: bool
    allowance: str
    has_level: bool


def check_files(hub: Hub) -> Iterator[GuideFile]:
    """The pages about the checks in each language, unless the hub does without the guide."""
    if hub.settings.guide:
        for code in explained_codes():
            for language in hub.settings.languages:
                yield GuideFile(
                    check_page(language, code),
                    partial(_html, hub, language, code),
                )


def _html(hub: Hub, language: Language, code: str) -> str:
    explanation = load_explanations()[code]
    rule = next((rule for rule in all_rules() if rule.code == code), None)
    shown = code_shown(hub, language)
    words = _WORDS[shown]
    return render_guide_page(
        hub,
        language,
        CHECK_TEMPLATE,
        GuidePlace(
            address=lambda item: check_page(item, code),
            among=_CHECKS,
            title=code,
            description=explanation.gist(shown),
        ),
        words=words,
        check=_shown(explanation, rule, shown),
        checks_href=relative(check_page(language, code), guide_page(language, _CHECKS)),
    )


def _shown(explanation: Explanation, rule: Rule | None, language: str) -> ShownCheck:
    code = explanation.code
    return ShownCheck(
        code=code,
        severity=rule.severity if rule else Severity.ERROR,
        text=explanation.text[language],
        wrong=explanation.example.wrong,
        right=explanation.example.right,
        can_be_allowed=rule is not None and can_be_allowed(rule),
        allowance=f'<!-- hubcards: allow {code} reason="{_WORDS[language]["reason"]}" -->',
        has_level=rule is not None and not is_essential(rule),
    )


_WORDS: Mapping[str, _Words] = {
    "en_US": {
        "severity": {"error": "Error", "warning": "Warning"},
        "colon": ": ",
        "example": "Example",
        "wrong": "Instead of",
        "right": "write",
        "allow": "Where you know better",
        "allow_here": "Allow it for the block that follows, and say why:",
        "allow_hub": "A hub that does not want this check says so in site/site.yaml:",
        "reason": "why it is meant so",
        "all": "All checks",
    },
    "zh_CN": {
        "severity": {"error": "错误", "warning": "警告"},
        "colon": "：",
        "example": "示例",
        "wrong": "不要写",
        "right": "应写",
        "allow": "确认无需修改时",
        "allow_here": "写明理由，豁免紧接着的一个块：",
        "allow_hub": "整个中心都不需要这项检查时，在 site/site.yaml 里关闭它：",
        "reason": "为什么这样写",
        "all": "全部检查",
    },
}
