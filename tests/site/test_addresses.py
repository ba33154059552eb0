"""Links between places of the site."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from generator.site.addresses import relative

_NAMES = st.sampled_from(["en-US", "zh-CN", "模型", "a b", "a", "index.html", "%2f", "x:y"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)


@given(_PATHS, _PATHS)
def test_a_link_leads_from_the_folder_of_its_page(page: str, target: str) -> None:
    folder = posixpath.dirname(page)
    if not f"/{folder}/".startswith(f"/{target}/"):
        assert relative(page, target) == quote(posixpath.relpath(f"/{target}", f"/{folder}"))
