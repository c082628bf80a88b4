"""The folder and the table of make_image_corpus.py, and what its images show."""
import io
import pathlib
import struct
import sys

import numpy as np
from PIL import Image

FOLDER = pathlib.Path(sys.argv[1])
WIDTH, HEIGHT = 37, 29
ROWS = []


def content(channels, top):
    """Smooth, without any symmetry; alpha, the last of 2 or 4 channels, runs from 0 to the top."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    u, v = x / (WIDTH - 1), y / (HEIGHT - 1)
    planes = [u * 0.9 + 0.1 * v, v * v, 0.5 * u + 0.5 * (1 - v), (u + v) / 2]
    chosen = {1: [1], 2: [1, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
    return np.stack([np.rint(planes[c] * top) for c in chosen], -1).astype(np.uint16 if top > 255 else np.uint8)


def palette_of(bits):
    return np.array([[i * 37 % 256, (i * 91 + 5) % 256, 255 - i % 256] for i in range(1 << bits)], np.uint8)


def to_8bit(pixels, top):
    return ((pixels.astype(np.int64) * 255 * 2 + top) // (2 * top)).astype(np.uint8)


def to_rgb(pixels):
    """Grey and grey with alpha as three equal channels and alpha."""
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, 2)
    if pixels.shape[2] == 2:
        return pixels[:, :, [0, 0, 0, 1]]
    return pixels


def add(name, data, truth, tolerance=0, orientation=1, pillow=False, kind="stored"):
    (FOLDER / name).write_bytes(data)
    (FOLDER / (name + ".raw")).write_bytes(truth.tobytes())
    if pillow:
        image = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA" if truth.shape[2] == 4 else "RGB"))
        if np.abs(image.astype(int) - truth.astype(int)).max() > tolerance:
            sys.exit(f"{name}: Pillow reads other pixels than were stored")
    ROWS.append((name, truth.shape[1], truth.shape[0], truth.shape[2], orientation, tolerance, kind))


def refuse(name, data, kind="refused"):
    (FOLDER / name).write_bytes(data)
    ROWS.append((name, 0, 0, 0, 1, 0, kind))


# EXIF that holds only the orientation, as a TIFF of one entry.
def exif(orientation):
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 274, 3, 1, orientation, 0) + b"\0\0\0\0"


def lossy(name, data, tolerance, orientation=1):
    image = Image.open(io.BytesIO(data))
    alpha = image.mode in ("RGBA", "LA")
    add(name, data, np.asarray(image.convert("RGBA" if alpha else "RGB")), tolerance, orientation, kind="pillow")
