"""The architecture of residual networks.

He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (arXiv 1512.03385), with the
stride of a bottleneck in its 3 x 3 convolution; grouped as in Xie, Girshick, Dollár, Tu, He:
Aggregated Residual Transformations for Deep Neural Networks (arXiv 1611.05431).
"""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import megengine.functional as F
import megengine.module as M
from megengine import Tensor

from models.images import image_batch

if TYPE_CHECKING:
    from collections.abc import Callable

    Norm = Callable[[int], M.Module]

IMAGE_CHANNELS = 3
# The stem and the four stages halve each side five times.
MIN_SIDE = 32

_STEM_CHANNELS = 64


class BasicBlock(M.Module):
    """Two 3 x 3 convolutions beside a shortcut.

    Takes (N, `in_channels`, H, W), gives (N, `channels`, H / `stride`, W / `stride`), rounded
    up; no element is negative.
    """

    expansion = 1

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int,
        *,
        groups: int = 1,
        width_per_group: int = 64,
        norm: Norm = M.BatchNorm2d,
    ) -> None:
        super().__init__()
        if groups != 1 or width_per_group != 64:
            raise ValueError("a BasicBlock has groups=1 and width_per_group=64; use Bottleneck")
        self.conv1 = _conv3x3(in_channels, channels, stride)
        self.bn1 = norm(channels)
        self.conv2 = _conv3x3(channels, channels)
        self.bn2 = norm(channels)
        self.downsample = _shortcut(in_channels, channels, stride, norm)

    @property
    def last_norm(self) -> M.Module:
        """The normalisation whose output is added to the shortcut's."""
        return self.bn2

    def forward(self, x: Tensor) -> Tensor:
        """The block's output for the feature map `x`."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.downsample(x))


class Bottleneck(M.Module):
    """A 3 x 3 convolution between two of 1 x 1, beside a shortcut.

    Takes (N, `in_channels`, H, W), gives (N, 4 * `channels`, H / `stride`, W / `stride`),
    rounded up; no element is negative. The inner convolution has `groups` groups, each with
    `width_per_group` channels for every 64 of `channels`.
    """

    expansion = 4

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int,
        *,
        groups: int = 1,
        width_per_group: int = 64,
        norm: Norm = M.BatchNorm2d,
    ) -> None:
        super().__init__()
        width = channels * width_per_group // 64 * groups
        out_channels = channels * self.expansion
        self.conv1 = _conv1x1(in_channels, width)
        self.bn1 = norm(width)
        self.conv2 = _conv3x3(width, width, stride, groups)
        self.bn2 = norm(width)
        self.conv3 = _conv1x1(width, out_channels)
        self.bn3 = norm(out_channels)
        self.downsample = _shortcut(in_channels, out_channels, stride, norm)

    @property
    def last_norm(self) -> M.Module:
        """The normalisation whose output is added to the shortcut's."""
        return self.bn3

    def forward(self, x: Tensor) -> Tensor:
        """The block's output for the feature map `x`."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return F.relu(out + self.downsample(x))


class ResNet(M.Module):
    """A residual network that classifies images.

    `block` is `BasicBlock` or `Bottleneck`, `depths` has the number of blocks in each of the
    four stages. `groups` and `width_per_group` shape the bottlenecks of a ResNeXt.

    `num_classes` is the number of logits. With `zero_init_residual`, every block begins as its
    shortcut, which helps training (Goyal et al., arXiv 1706.02677). `norm` makes the
    normalisation for a number of channels: `megengine.module.BatchNorm2d`, `SyncBatchNorm`.

    Convolutions begin with He's normal distribution over the fan-out (arXiv 1502.01852).
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        depths: tuple[int, int, int, int],
        *,
        groups: int = 1,
        width_per_group: int = 64,
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        norm: Norm = M.BatchNorm2d,
    ) -> None:
        super().__init__()
        _check_num_classes(num_classes)
        self.conv1 = M.Conv2d(IMAGE_CHANNELS, _STEM_CHANNELS, 7, stride=2, padding=3, bias=False)
        self.bn1 = norm(_STEM_CHANNELS)
        self.maxpool = M.MaxPool2d(3, stride=2, padding=1)

        stages = []
        in_channels = _STEM_CHANNELS
        for stage, depth in enumerate(depths):
            channels = _STEM_CHANNELS * 2**stage
            blocks = []
            for index in range(depth):
                stride = 2 if stage > 0 and index == 0 else 1
                blocks.append(
                    block(
                        in_channels,
                        channels,
                        stride,
                        groups=groups,
                        width_per_group=width_per_group,
                        norm=norm,
                    )
                )
                in_channels = channels * block.expansion
            stages.append(M.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages

        self.fc = M.Linear(in_channels, num_classes)
        self._initialise(zero_init_residual)

    def forward(self, images: Any) -> Tensor:
        """The logits of each image: a float32 Tensor of shape (N, `num_classes`).

        `images` is a Tensor or array-like of floating-point numbers, shape (N, 3, H, W), with H
        and W of at least 32: BGR images, resized and cropped to 224 x 224, from which the mean
        [103.530, 116.280, 123.675] was taken and which were divided by [57.375, 57.120,
        58.395], so that values lie between about -2.1 and 2.6. The published weights were
        trained with such images; larger and oblong ones work too.

        Raises `TypeError` or `ValueError` that says what is wrong with anything else.
        """
        return self.fc(F.mean(self.extract_features(images)["res5"], axis=(2, 3)))

    def extract_features(self, images: Any) -> dict[str, Tensor]:
        """The feature maps that detectors and segmenters build upon.

        Takes what `forward` takes. Gives `stem` of shape (N, 64, H / 4, W / 4), and the output of
        each stage: `res2` with a stride of 4 pixels, `res3` of 8, `res4` of 16 and `res5` of 32.
        Sides are rounded up.
        """
        x = image_batch(images, channels=IMAGE_CHANNELS, min_side=MIN_SIDE)
        features = {"stem": self.maxpool(F.relu(self.bn1(self.conv1(x))))}
        features["res2"] = self.layer1(features["stem"])
        features["res3"] = self.layer2(features["res2"])
        features["res4"] = self.layer3(features["res3"])
        features["res5"] = self.layer4(features["res4"])
        return features

    def _initialise(self, zero_init_residual: bool) -> None:
        for module in self.modules():
            if isinstance(module, M.Conv2d):
                M.init.msra_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, (BasicBlock, Bottleneck)):
                M.init.zeros_(module.last_norm.weight)


def _conv1x1(in_channels: int, out_channels: int, stride: int = 1) -> M.Conv2d:
    return M.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)


def _conv3x3(in_channels: int, out_channels: int, stride: int = 1, groups: int = 1) -> M.Conv2d:
    return M.Conv2d(
        in_channels, out_channels, 3, stride=stride, padding=1, groups=groups, bias=False
    )


def _shortcut(in_channels: int, out_channels: int, stride: int, norm: Norm) -> M.Module:
    if stride == 1 and in_channels == out_channels:
        return M.Identity()
    return M.Sequential(_conv1x1(in_channels, out_channels, stride), norm(out_channels))


def _check_num_classes(num_classes: int) -> None:
    if isinstance(num_classes, bool) or not isinstance(num_classes, Integral):
        raise TypeError(f"num_classes is a whole number; got {num_classes!r}")
    if num_classes < 1:
        raise ValueError(f"num_classes is at least 1; got {num_classes}")
