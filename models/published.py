"""Entrypoints whose weights are published."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import megengine.hub
from megengine.module import Module

if TYPE_CHECKING:
    from collections.abc import Callable

    Entrypoint = Callable[..., Module]


def published_at(address: str, *, num_classes: int) -> Callable[[Entrypoint], Entrypoint]:
    """A decorator that gives an entrypoint `pretrained`, its first parameter.

    With `pretrained=True` the weights at `address`, trained for `num_classes` classes, are
    downloaded once by `megengine.hub.pretrained` and loaded. Asked for together with another
    `num_classes`, they are a `ValueError` before anything is downloaded.
    """

    def decorate(entrypoint: Entrypoint) -> Entrypoint:
        with_weights = megengine.hub.pretrained(address)(entrypoint)

        @functools.wraps(entrypoint)
        def published(pretrained: bool = False, **options: Any) -> Module:
            wanted = options.get("num_classes", num_classes)
            if pretrained and wanted != num_classes:
                raise ValueError(
                    f"the published weights of {entrypoint.__name__} are for {num_classes}"
                    f" classes, not for num_classes={wanted!r}: leave num_classes out, and"
                    " replace the last layer when the weights are loaded, as in model.fc ="
                    f" megengine.module.Linear(model.fc.in_features, {wanted!r})"
                )
            return with_weights(pretrained=pretrained, **options)

        # So that help() shows the parameter that this adds.
        del published.__wrapped__
        return published

    return decorate
