"""How grave a hub takes a check, beside how grave it usually is, in words."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from generator.diagnostics import Severity
from generator.levels import Level
from generator.translating import CHINESE, ENGLISH


class HubLevel(Struct, frozen=True):
    """How grave a hub takes a check, and how grave it is `usual`ly."""

    own: Level
    usual: Level

    def told_in(self, language: str) -> str:
        """Both in the words of the language with this code; one when they are the same."""
        words = _WORDS[language]
        if self.own is self.usual:
            return words[self.own]
        return _OTHERWISE[language].format(own=words[self.own], usual=words[self.usual])


def hub_level(code: str, severity: Severity, levels: Mapping[str, Level]) -> HubLevel:
    """The level of the check with this code, which is usually as grave as `severity`."""
    usual = Level(severity.value)
    return HubLevel(levels.get(code, usual), usual)


_WORDS: Mapping[str, Mapping[Level, str]] = {
    ENGLISH: {Level.ERROR: "error", Level.WARNING: "warning", Level.OFF: "off"},
    CHINESE: {Level.ERROR: "错误", Level.WARNING: "警告", Level.OFF: "关闭"},
}
_OTHERWISE = {
    ENGLISH: "{own} in this hub, {usual} by default",
    CHINESE: "本中心：{own}，默认：{usual}",
}
