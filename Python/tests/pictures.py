"""Pictures and a vision tower that tests make themselves, without a library of pictures."""

import json
import pathlib
import shutil
import struct
import zlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOWER = ROOT / "Tests/EncodingTests/Fixtures/plain"


def png(pixels):
    """The bytes of a PNG file of [height, width, 3] bytes."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def noise(seed, width=64, height=60):
    """Pixels of some squares in noise."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    for _ in range(random.integers(0, 4)):
        top, left = random.integers(0, height // 2), random.integers(0, width // 2)
        pixels[top : top + height // 3, left : left + width // 3] = random.integers(0, 256, 3)
    return pixels


def write_pictures(folder, count, **size):
    """A folder of so many pictures, one of which is broken."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.png").write_bytes(png(noise(number, **size)))
    broken = folder / f"{count // 2:05}.png"
    broken.write_bytes(broken.read_bytes()[:40])
    return folder


def write_tower(folder):
    """The folder of a small CLIP tower with random weights: 4 x 4 patches of 14 pixels."""
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        shutil.copy(TOWER / name, folder / name)
    write_preprocessing(folder, 56)
    return folder


def write_preprocessing(folder, size):
    """Says how a picture is made so many pixels wide and high, as CLIP's processor does."""
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": size}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": size, "width": size}, "do_rescale": True,
        "do_normalize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }))  # fmt: skip


def counts_of(command, folder, tower):
    """What the command leaves of every picture of a folder, by its path."""
    answer = command("reduce", "--image", folder, "--encoder", tower, "--reducer", "prumerge", "--format", "json")
    return {row["sample"]: row["tokens_after"] for row in answer["rows"]}
