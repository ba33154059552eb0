"""What an image model may be given, and what is wrong with anything else."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from megengine import Tensor, tensor

_WANTED = "the model takes a batch of images, a float32 Tensor or array of shape (N, {}, H, W)"


def image_batch(images: Any, *, channels: int, min_side: int) -> Tensor:
    """The batch as a float32 Tensor of shape (N, `channels`, H, W).

    `images` is a Tensor or what NumPy can make an array of: an array, a sequence of arrays or
    Tensors of one shape (channels, H, W), nested lists. Floating-point numbers of another
    width become float32, since preprocessing in NumPy easily gives float64; any values are
    taken, NaN and infinity too. N is at least 1, H and W are at least `min_side`.

    Raises `TypeError` when `images` is no array or its numbers are not floating-point, and
    `ValueError` when its shape is not that of a batch. Within a `megengine.jit.trace`, where
    sizes are known only when the program runs, only the number of dimensions is checked.
    """
    wanted = _WANTED.format(channels)
    batch = images if isinstance(images, Tensor) else _as_array(images, wanted)
    if not np.issubdtype(batch.dtype, np.floating):
        name = np.dtype(batch.dtype).name
        raise TypeError(f"{wanted}; got the dtype {name}{_dtype_hint(batch.dtype)}")
    if batch.ndim != 4:
        raise ValueError(f"{wanted}; got {_dimensions(batch)}{_batch_hint(batch, channels)}")
    # In a trace the shape is a Tensor, and to read it would become part of the program.
    if not isinstance(batch.shape, Tensor):
        _check_sizes(batch.shape, channels, min_side, wanted)
    if isinstance(batch, Tensor):
        return batch if batch.dtype == np.float32 else batch.astype("float32")
    return tensor(np.ascontiguousarray(batch, dtype=np.float32))


def _as_array(images: Any, wanted: str) -> np.ndarray:
    if images is None:
        raise TypeError(f"{wanted}; got None, which is what cv2.imread gives for a missing file")
    if isinstance(images, (str, bytes)):
        kind = type(images).__name__
        raise TypeError(f"{wanted}; got a {kind}: read the image first, as with cv2.imread")
    with warnings.catch_warnings():
        # Images of several shapes: older NumPy warns and makes an array of objects.
        warnings.simplefilter("ignore")
        try:
            array = np.asarray(images)
        except (TypeError, ValueError):
            array = np.asarray(None)
    if array.dtype == object:
        raise _no_array(images, wanted)
    return array


def _no_array(images: Any, wanted: str) -> Exception:
    kind = type(images).__name__
    if isinstance(images, (list, tuple)):
        return ValueError(f"{wanted}; got a {kind} whose items are not images of one shape")
    if isinstance(images, np.ndarray):
        return TypeError(f"{wanted}; got an array of Python objects")
    return TypeError(f"{wanted}; got a value of the type {kind}")


def _check_sizes(shape: tuple[int, ...], channels: int, min_side: int, wanted: str) -> None:
    number, found_channels, height, width = shape
    if found_channels != channels:
        hint = ""
        if width == channels:
            hint = ": put the channels first with .transpose(0, 3, 1, 2)"
        raise ValueError(f"{wanted}; got {found_channels} channels in the shape {shape}{hint}")
    if number == 0:
        raise ValueError(f"{wanted}; got the shape {shape}, a batch without images")
    if min(height, width) < min_side:
        raise ValueError(
            f"{wanted} with H and W of at least {min_side}; got the shape {shape}:"
            " resize the images"
        )


def _dtype_hint(dtype: Any) -> str:
    if np.issubdtype(dtype, np.integer):
        return ": normalise the images and convert them with .astype('float32')"
    return ""


def _dimensions(batch: Any) -> str:
    if isinstance(batch.shape, Tensor):
        return f"{batch.ndim} dimensions"
    return f"the shape {tuple(batch.shape)}"


def _batch_hint(batch: Any, channels: int) -> str:
    if batch.ndim != 3 or isinstance(batch.shape, Tensor):
        return ""
    if batch.shape[0] == channels:
        return ": make a batch of this one image with images[np.newaxis]"
    if batch.shape[-1] == channels:
        return (
            ": make a batch of this one image, channels first,"
            " with images.transpose(2, 0, 1)[np.newaxis]"
        )
    return ""
