#!/usr/bin/env python3
"""Make the fixtures of ImagesTests: make_fixtures.py FOLDER

Small pictures of every kind that Pillow writes, and some that it does not, written byte by byte. Beside them
expected.json: for each file the size and the CRC-32 of the pixels that Pillow makes of it, `Image.open(f).convert("RGB")`;
for some pictures and sizes what Pillow's `resize` gives; for some configurations the CRC-32 of the pixel values that
transformers' CLIPImageProcessor and SiglipImageProcessor give on Pillow, as little-endian FP32 [3, H, W].

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0) and transformers 5.23.0.
"""

import io
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
import transformers.models.clip.image_processing_pil_clip as clip
import transformers.models.siglip.image_processing_pil_siglip as siglip
from PIL import Image

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
random = np.random.default_rng(2403)


def scene(width, height):
    """A smooth ground, hard edges and noise, so that every filter and every upsampling shows."""
    y, x = np.mgrid[0:height, 0:width]
    picture = np.stack([255 * x / width, 255 * y / height, 127 + 127 * np.sin(x / 3 + y / 5)], -1)
    picture[height // 4 : height // 2, width // 3 : width // 2] = (250, 20, 60)
    picture += random.normal(0, 12, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, bits, color, interlaced=False, extra=b"", filters=True):
    """A PNG file of samples [height, width, channels], each row with another of the five filters."""
    samples = np.asarray(samples, dtype=np.uint16)
    height, width, channels = samples.shape

    def rows(part):
        data, size = b"", max(1, channels * bits // 8)
        before = None
        for number, row in enumerate(part):
            flat = row.reshape(-1)
            if bits == 16:
                line = flat.astype(">u2").tobytes()
            elif bits == 8:
                line = flat.astype(np.uint8).tobytes()
            else:
                wide = ((flat[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8)
                line = np.packbits(wide.reshape(-1)).tobytes()
            line = np.frombuffer(line, np.uint8).astype(int)
            up = np.zeros_like(line) if before is None else before
            left = np.concatenate([np.zeros(size, int), line])[: len(line)]
            corner = np.concatenate([np.zeros(size, int), up])[: len(line)]
            kind = number % 5 if filters else 0
            paeth = []
            for a, b, c in zip(left, up, corner):
                p = a + b - c
                paeth.append(min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2])
            predicted = [0 * line, left, up, (left + up) // 2, np.array(paeth, int)][kind]
            data += bytes([kind]) + ((line - predicted) % 256).astype(np.uint8).tobytes()
            before = line
        return data

    if interlaced:
        parts = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in PASSES]
        data = b"".join(rows(part) for part in parts if part.size)
    else:
        data = rows(samples)
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, int(interlaced))
    body = zlib.compress(data, 9)
    middle = len(body) // 2  # in two chunks, as large files are
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", body[:middle]) + chunk(b"IDAT", body[middle:]) + chunk(b"IEND", b"")
    )


def saved(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def pngs():
    whole = np.arange(37 * 21).reshape(21, 37, 1)
    for bits in (1, 2, 4, 8, 16):
        gray = random.integers(0, 2**bits, (21, 37, 1))
        if bits == 16:
            gray[:, ::2] = random.integers(0, 300, gray[:, ::2].shape)  # around the limit of 255
        yield f"gray{bits}", png(gray, bits, 0)
        yield f"gray{bits}-interlaced", png(gray, bits, 0, interlaced=True)
        if bits == 16:
            continue
        palette = chunk(b"PLTE", random.integers(0, 256, 3 * 2**bits, dtype=np.uint8).tobytes())
        alpha = chunk(b"tRNS", bytes(range(0, 2**bits)))
        yield f"palette{bits}", png(gray, bits, 3, extra=palette)
        yield f"palette{bits}-alpha-interlaced", png(gray, bits, 3, interlaced=True, extra=palette + alpha)
    short = chunk(b"PLTE", bytes(range(30, 60)))
    yield "palette8-short", png(whole % 256, 8, 3, extra=short)
    yield "gray8-transparent", png(whole % 256, 8, 0, extra=chunk(b"tRNS", struct.pack(">H", 7)))
    for bits in (8, 16):
        for color, channels, name in ((2, 3, "rgb"), (4, 2, "gray-alpha"), (6, 4, "rgb-alpha")):
            samples = random.integers(0, 2**bits, (21, 37, channels))
            yield f"{name}{bits}", png(samples, bits, color)
            yield f"{name}{bits}-interlaced", png(samples, bits, color, interlaced=True)
    key = chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))
    yield "rgb8-transparent", png(random.integers(0, 4, (9, 9, 3)), 8, 2, extra=key)
    extra = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"bKGD", b"\0\1\0\2\0\3") + chunk(b"sBIT", b"\5\5\5")
    text = chunk(b"tEXt", b"Comment\0made up") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100000)))
    yield "rgb8-other-chunks", png(scene(37, 21), 8, 2, extra=extra + text)
    yield "rgb8-exif", png(scene(37, 21), 8, 2, extra=chunk(b"eXIf", exif(3, ">")))
    for size in ((1, 1), (1, 9), (9, 1), (5, 3)):
        yield f"interlaced-{size[0]}x{size[1]}", png(scene(*size), 8, 2, interlaced=True)


def exif(orientation, order):
    """A TIFF structure with two entries, the second of which is the orientation."""
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(order + "HHIHH", 0x0100, 3, 1, 37, 0) + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HIH", 42, 8, 2) + entries + struct.pack(order + "I", 0)


def jpegs():
    rgb = Image.fromarray(scene(67, 45))
    gray = rgb.convert("L")
    for name, options in {
        "420": {}, "422": {"subsampling": 1}, "444": {"subsampling": 0}, "progressive": {"progressive": True},
        "progressive-444": {"progressive": True, "subsampling": 0}, "quality20": {"quality": 20},
        "restarts": {"restart_marker_blocks": 2}, "rgb": {"keep_rgb": True}, "optimized": {"optimize": True},
        "exif-little": {"exif": b"Exif\0\0" + exif(6, "<")}, "exif-big": {"exif": b"Exif\0\0" + exif(8, ">")},
        "exif-upright": {"exif": b"Exif\0\0" + exif(1, ">")}, "comment": {"comment": b"made up"},
    }.items():
        yield f"rgb-{name}", saved(rgb, "JPEG", **options)
    yield "gray", saved(gray, "JPEG")
    yield "gray-progressive", saved(gray, "JPEG", progressive=True)
    inks = Image.fromarray(random.integers(0, 256, (6, 9, 4), dtype=np.uint8), "CMYK").resize((67, 45), 3)
    cmyk = saved(inks, "JPEG", quality=90)
    yield "cmyk", cmyk
    # Pillow writes no YCCK; another transform in Adobe's segment makes the same data mean it.
    adobe = cmyk.index(b"Adobe")
    assert cmyk[adobe + 11] == 0
    yield "ycck", cmyk[: adobe + 11] + b"\2" + cmyk[adobe + 12 :]
    yield "cmyk-without-adobe", cmyk[: adobe - 4] + cmyk[adobe + 12 :]
    for size in ((1, 1), (8, 8), (9, 17), (3, 40)):
        yield f"rgb-{size[0]}x{size[1]}", saved(Image.fromarray(scene(*size)), "JPEG")


def digest(array):
    return zlib.crc32(np.ascontiguousarray(array).tobytes())


FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}


def resizes(folder):
    for file in ("rgb8-other-chunks.png", "interlaced-5x3.png", "interlaced-1x1.png", "large.png"):
        image = Image.open(folder / file).convert("RGB")
        for width, height in ((64, 48), (11, 7), (37, 5), (1, 1), (3, 90), (200, 19), (170, 80)):
            for name, filter in FILTERS.items():
                pixels = np.asarray(image.resize((width, height), filter))
                yield {"file": file, "width": width, "height": height, "filter": filter, "pixels": digest(pixels)}


CLIP = {"image_processor_type": "CLIPImageProcessor"}
SIGLIP = {"image_processor_type": "SiglipImageProcessor"}
CONFIGURATIONS = [
    CLIP,
    {**CLIP, "size": {"shortest_edge": 30}, "crop_size": {"height": 30, "width": 30}},
    {"feature_extractor_type": "CLIPFeatureExtractor", "size": 40, "crop_size": 33, "resample": 2},
    {**CLIP, "size": {"shortest_edge": 20}, "crop_size": {"height": 50, "width": 31}},
    {**CLIP, "size": {"shortest_edge": 25}, "crop_size": {"height": 26, "width": 70}, "rescale_factor": 0.0078125},
    {**CLIP, "size": {"shortest_edge": 33}, "do_center_crop": False, "do_rescale": False},
    {**CLIP, "do_resize": False, "crop_size": {"height": 40, "width": 20}, "do_normalize": False},
    {**CLIP, "do_resize": False, "do_center_crop": False, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 1, 2]},
    {**CLIP, "size": {"height": 19, "width": 50}, "crop_size": 18, "resample": 1},
    {**CLIP, "size": {"shortest_edge": 28}, "crop_size": 28, "resample": 0},
    SIGLIP,
    {**SIGLIP, "size": {"height": 27, "width": 31}},
]


def preprocessings(folder):
    for file in ("rgb8-other-chunks.png", "gray16.png", "palette4.png", "large.png", "tall.png", "interlaced-1x1.png"):
        image = Image.open(folder / file)
        for configuration in CONFIGURATIONS:
            module = siglip.SiglipImageProcessorPil if configuration.get("image_processor_type") == "SiglipImageProcessor" else clip.CLIPImageProcessorPil
            options = {key: value for key, value in configuration.items() if not key.endswith("_type")}
            values = np.asarray(module(**options)(image)["pixel_values"][0], dtype="<f4")
            yield {
                "file": file, "configuration": json.dumps(configuration), "height": values.shape[1],
                "width": values.shape[2], "values": digest(values),
            }


def main():
    FOLDER.mkdir(exist_ok=True)
    files = {f"{name}.png": data for name, data in pngs()} | {f"{name}.jpg": data for name, data in jpegs()}
    files["large.png"] = saved(Image.fromarray(scene(190, 130)), "PNG", optimize=True)
    files["tall.png"] = saved(Image.fromarray(scene(23, 111)), "PNG", optimize=True)
    pictures = []
    for name, data in sorted(files.items()):
        (FOLDER / name).write_bytes(data)
        image = Image.open(FOLDER / name)
        orientation = image.getexif().get(0x0112)
        pixels = np.asarray(image.convert("RGB"))
        pictures.append({
            "file": name, "mode": image.mode, "width": image.width, "height": image.height, "pixels": digest(pixels),
            **({"orientation": orientation} if orientation else {}),
        })
    expected = {"pictures": pictures, "resized": list(resizes(FOLDER)), "preprocessed": list(preprocessings(FOLDER))}
    lines = [f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for key, rows in expected.items()]
    (FOLDER / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
