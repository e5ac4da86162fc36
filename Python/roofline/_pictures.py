"""Where pictures come from, and a tower of torch that looks at them."""

from __future__ import annotations

import io
import os
import pathlib
from typing import Any, Iterator

from ._features import Features

_ENDINGS = (".jpg", ".jpeg", ".png")


def named(source: Any) -> Iterator[tuple[str, Any]]:
    """Names and pictures: the path of a file, or its bytes."""
    if isinstance(source, (str, os.PathLike)):
        for path in sorted(pathlib.Path(source).rglob("*")):
            if path.suffix.lower() in _ENDINGS:
                yield str(path), str(path.resolve())
        return
    if hasattr(source, "cast_column") and hasattr(source, "features"):  # a Hugging Face data set
        import datasets

        column = next((name for name, kind in source.features.items() if isinstance(kind, datasets.Image)), "image")
        source = (row[column] for row in source.cast_column(column, datasets.Image(decode=False)))
    for number, item in enumerate(source):
        name, item = item if isinstance(item, tuple) else (None, item)
        if isinstance(item, dict):  # a picture as data sets store it
            name, item = name or item.get("path"), item.get("bytes") or item["path"]
        if hasattr(item, "save"):  # a picture of pillow
            buffer = io.BytesIO()
            item.save(buffer, "PNG")
            item = buffer.getvalue()
        yield str(name or (item if isinstance(item, (str, os.PathLike)) else number)), item


class TorchEncoder:
    """The same tower in torch, on a GPU where there is one."""

    def __init__(self, name: str) -> None:
        import torch
        import transformers

        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = transformers.CLIPVisionModel.from_pretrained(name).to(self._device).eval()
        self._processor = transformers.CLIPImageProcessor.from_pretrained(name)

    def encode(self, picture: Any, name: str) -> Features:
        """What the tower says of a picture."""
        import PIL.Image
        import torch

        from .hooks import capture

        image = PIL.Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture).convert("RGB")
        pixels = self._processor(image, return_tensors="pt")["pixel_values"].to(self._device)
        with torch.inference_mode(), capture(self._model) as seen:
            self._model(pixel_values=pixels)
        return seen.features[0]
