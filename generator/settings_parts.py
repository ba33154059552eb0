"""What all parts of the settings have in common."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

URL = r"^https?://[^\s/]+(/\S*)?\Z"
"""An address: http or https, and a host."""

Text = Annotated[str, Meta(min_length=1)]
Url = Annotated[str, Meta(pattern=URL)]


class SettingsPart(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A mapping in `site/site.yaml`: a field `time_limit` is its key `time-limit`."""
