"""What the guide says that the code itself knows, as Markdown: attributes, checks, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from generator.cards.attributes import ATTRIBUTE_USES
from generator.cards.explanations import load_explanations
from generator.cards.rules import all_rules
from generator.config import Settings
from generator.diagnostics import Severity
from generator.hub_levels import hub_level
from generator.site.addresses import check_name

_MARKDOWN = re.compile(r"([\\`*\[\]<>|])")
_CHINESE = "zh_CN"


def guide_table(name: str, settings: Settings, code: str) -> str:
    """What stands at `<!-- table: name -->` in the language with this code."""
    return _TABLES[name](settings, _CHINESE if code == _CHINESE else "en_US")


def _attributes(_settings: Settings, code: str) -> str:
    head = (
        ("信息字符串", "代码块的去向")
        if code == _CHINESE
        else ("info string", "what becomes of it")
    )
    rows = [
        (f"`python {use.example}`", _escaped(use.meaning[code])) for use in ATTRIBUTE_USES.values()
    ]
    return _table(head, rows)


def _tags(settings: Settings, code: str) -> str:
    head = ("标签", "名称") if code == _CHINESE else ("tag", "name")
    rows = [
        (f"`{tag}`", _escaped(names.get(code) or next(iter(names.values()))))
        for tag, names in settings.tags.items()
    ]
    return _table(head, rows)


def _runtimes(settings: Settings, code: str) -> str:
    head = ("运行环境", "Python", "依赖") if code == _CHINESE else ("runtime", "Python", "packages")
    rows = [
        (f"`{name}`", runtime.python, f"`{runtime.requirements}`")
        for name, runtime in settings.runtimes.items()
    ]
    return _table(head, rows)


def _checks(settings: Settings, code: str) -> str:
    severities = {rule.code: rule.severity for rule in all_rules()}
    head = ("代号", "级别", "说明") if code == _CHINESE else ("code", "level", "what it is about")
    rows = [
        (
            f"[{item.code}]({check_name(item.code)}.html)",
            hub_level(
                item.code, severities.get(item.code, Severity.ERROR), settings.checks
            ).told_in(code),
            _escaped(item.gist(code)),
        )
        for item in load_explanations().values()
    ]
    return _table(head, rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


_TABLES: Mapping[str, Callable[[Settings, str], str]] = {
    "attributes": _attributes,
    "checks": _checks,
    "runtimes": _runtimes,
    "tags": _tags,
}
