"""What `megengine.hub` finds in this repository.

Every callable here is an entrypoint: `megengine.hub.list` shows them all.
"""

from models.resnet import (
    PUBLISHED_WEIGHTS,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
)

__all__ = [
    "PUBLISHED_WEIGHTS",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
]
