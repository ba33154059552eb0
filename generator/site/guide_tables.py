"""What the guide says that the code itself knows, as Markdown: attributes, checks, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from generator.cards.attributes import ATTRIBUTE_USES
from generator.cards.explanations import Explanation, load_explanations
from generator.cards.rules import all_rules
from generator.config import Settings
from generator.diagnostics import Severity

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


def _checks(_settings: Settings, code: str) -> str:
    severities = {rule.code: rule.severity for rule in all_rules()}
    parts = [
        "\n".join(_check(item, severities.get(item.code, Severity.ERROR), code))
        for item in load_explanations().values()
    ]
    return "\n".join(parts)


def _check(explanation: Explanation, severity: Severity, code: str) -> Iterator[str]:
    words = _WORDS[code]
    yield f"### {explanation.code}\n"
    yield f"**{words[severity.value]}** {_escaped(explanation.text[code])}\n"
    if explanation.example:
        for word, text in (
            ("wrong", explanation.example.wrong),
            ("right", explanation.example.right),
        ):
            yield f"{words[word]}\n"
            yield f"{_fence(text)}text\n{text.rstrip()}\n{_fence(text)}\n"


def _fence(text: str) -> str:
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en_US": {"error": "Error.", "warning": "Warning.", "wrong": "Instead of", "right": "write"},
    _CHINESE: {"error": "错误。", "warning": "警告。", "wrong": "不要写", "right": "应写"},
}
_TABLES: Mapping[str, Callable[[Settings, str], str]] = {
    "attributes": _attributes,
    "checks": _checks,
    "runtimes": _runtimes,
    "tags": _tags,
}
