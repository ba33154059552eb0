"""Residual networks for image classification: ResNet and ResNeXt."""

from models.resnet.entrypoints import (
    PUBLISHED_WEIGHTS,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
)
from models.resnet.network import BasicBlock, Bottleneck, ResNet

__all__ = [
    "PUBLISHED_WEIGHTS",
    "BasicBlock",
    "Bottleneck",
    "ResNet",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
]
