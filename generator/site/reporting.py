"""Where a reader reports a problem with a card."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from generator.cards.model import Card
from generator.config import Settings

# What the forms of these places take for the title and the text of a new issue.
_FORMS = {
    "github.com": "/issues/new?title={card}&body={page}",
    "gitlab.com": "/-/issues/new?issue[title]={card}&issue[description]={page}",
    "gitee.com": "/issues/new?title={card}&description={page}",
}


def report_url(settings: Settings, card: Card, page_url: str) -> str | None:
    """Where to write of a problem that is seen on the page at `page_url`.

    By the settings, or at the issues of the hub's repository where it is known how one is
    begun there; None when it is not.
    """
    form = settings.report_url
    if form is None:
        host = (urlsplit(settings.repository).hostname or "").removeprefix("www.")
        form = f"{settings.repository}{_FORMS[host]}" if host in _FORMS else None
    if form is None:
        return None
    filled = form.replace("{card}", quote(card.id, safe="")).replace(
        "{page}", quote(page_url, safe="")
    )
    return quote(filled, safe=":/?#[]@!$&'()*+,;=%~")
