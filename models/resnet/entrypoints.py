"""The residual networks whose weights are published, trained on ImageNet with 1000 classes."""

from __future__ import annotations

from typing import Any

from models.published import published_at
from models.resnet.network import BasicBlock, Bottleneck, ResNet

_WEIGHTS = "https://data.megengine.org.cn/models/weights/"
_CLASSES = 1000

PUBLISHED_WEIGHTS: dict[str, str] = {
    "resnet18": _WEIGHTS + "resnet18_naiveaug_70312_78a63ca6.pkl",
    "resnet34": _WEIGHTS + "resnet34_naiveaug_73960_fd9d869d.pkl",
    "resnet50": _WEIGHTS + "resnet50_fbaug_76254_4e14b7d1.pkl",
    "resnet101": _WEIGHTS + "resnet101_fbaug_77944_b7932921.pkl",
    "resnet152": _WEIGHTS + "resnet152_fbaug_78582_7551aff3.pkl",
    "resnext50_32x4d": _WEIGHTS + "resnext50_32x4d_fbaug_77592_c4b04e5e.pkl",
}


@published_at(PUBLISHED_WEIGHTS["resnet18"], num_classes=_CLASSES)
def resnet18(**options: Any) -> ResNet:
    """ResNet-18 of arXiv 1512.03385: 11,689,512 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(BasicBlock, (2, 2, 2, 2), **options)


@published_at(PUBLISHED_WEIGHTS["resnet34"], num_classes=_CLASSES)
def resnet34(**options: Any) -> ResNet:
    """ResNet-34 of arXiv 1512.03385: 21,797,672 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(BasicBlock, (3, 4, 6, 3), **options)


@published_at(PUBLISHED_WEIGHTS["resnet50"], num_classes=_CLASSES)
def resnet50(**options: Any) -> ResNet:
    """ResNet-50 of arXiv 1512.03385: 25,557,032 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(Bottleneck, (3, 4, 6, 3), **options)


@published_at(PUBLISHED_WEIGHTS["resnet101"], num_classes=_CLASSES)
def resnet101(**options: Any) -> ResNet:
    """ResNet-101 of arXiv 1512.03385: 44,549,160 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(Bottleneck, (3, 4, 23, 3), **options)


@published_at(PUBLISHED_WEIGHTS["resnet152"], num_classes=_CLASSES)
def resnet152(**options: Any) -> ResNet:
    """ResNet-152 of arXiv 1512.03385: 60,192,808 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(Bottleneck, (3, 8, 36, 3), **options)


@published_at(PUBLISHED_WEIGHTS["resnext50_32x4d"], num_classes=_CLASSES)
def resnext50_32x4d(**options: Any) -> ResNet:
    """ResNeXt-50 (32 x 4d) of arXiv 1611.05431: 25,028,904 parameters.

    Takes BGR images normalised as `ResNet.forward` says, float32 of shape (N, 3, H, W), H and W
    at least 32, values from about -2.1 to 2.6; gives logits of shape (N, num_classes). With
    `pretrained=True` they come from the published weights. `options` are keyword arguments of
    `ResNet`: `num_classes=1000`, `zero_init_residual=False`, `norm=BatchNorm2d`.
    """
    return ResNet(Bottleneck, (3, 4, 6, 3), groups=32, width_per_group=4, **options)
