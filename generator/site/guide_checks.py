"""The guide's page about each check: what it wants, an example, and how to do without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from generator.cards.allowances import can_be_allowed
from generator.cards.explanations import (
    Explanation,
    explained_codes,
    load_explanations,
    with_ends_shown,
)
from generator.cards.rules import Rule, all_rules, is_essential
from generator.diagnostics import Severity
from generator.hub_levels import hub_level
from generator.languages import Language
from generator.levels import Level
from generator.site.addresses import check_page, guide_page, relative
from generator.site.guide import GuideFile, GuidePlace, code_shown, render_guide_page
from generator.site.hub import Hub
from generator.site.theme import CHECK_TEMPLATE

_CHECKS = "checks"


class ShownCheck(Struct, frozen=True):
    """A check in the words of one language; `can_be_off` says whether the hub can do without it."""

    code: str
    gist: str
    level: str
    text: str
    wrong: str
    right: str
    can_be_allowed: bool
    allowance: str
    can_be_off: bool


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
            title=f"{code}{words['colon']}{_heading(explanation, shown)}",
            description=explanation.gist(shown),
        ),
        words=words,
        check=_shown(explanation, rule, hub.settings.checks, shown),
        checks_href=relative(check_page(language, code), guide_page(language, _CHECKS)),
    )


def _heading(explanation: Explanation, language: str) -> str:
    return explanation.gist(language).rstrip(".。")


def _shown(
    explanation: Explanation, rule: Rule | None, levels: Mapping[str, Level], language: str
) -> ShownCheck:
    code = explanation.code
    level = hub_level(code, rule.severity if rule else Severity.ERROR, levels)
    told = level.told_in(language)
    return ShownCheck(
        code=code,
        gist=_heading(explanation, language),
        level=told[0].upper() + told[1:],
        text=explanation.text[language],
        wrong=with_ends_shown(explanation.example.wrong),
        right=with_ends_shown(explanation.example.right),
        can_be_allowed=rule is not None and can_be_allowed(rule),
        allowance=f'<!-- hubcards: allow {code} reason="{_WORDS[language]["reason"]}" -->',
        can_be_off=rule is not None and not is_essential(rule) and level.own is not Level.OFF,
    )


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en_US": {
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
