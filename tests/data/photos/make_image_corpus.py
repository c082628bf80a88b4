"""Writes image files of every kind that photos come in, and what they hold, for image_corpus_test.

usage: make_image_corpus.py FOLDER

FOLDER/corpus.tsv gets one line for each file: name, width, height, channels, orientation, tolerance, kind of truth.
NAME.raw beside it has the pixels [height, width, channels] that are right: those that were stored ("stored"), or where
the format loses some, those of Pillow ("pillow"). Where Pillow reads a lossless file in 8 bits, it must agree, too.
"""
import io
import struct
import sys
import zlib

import numpy as np
from PIL import Image

sys.dont_write_bytecode = True  # of the modules beside this one

from image_corpus import FOLDER, ROWS, add, content, exif, lossy, palette_of, refuse, to_8bit, to_rgb
from image_corpus_tiff import write_other_tiffs, write_plain_tiffs, write_tiffs_of_other_colours


# PNG -----------------------------------------------------------------------------------------------------------------
def png_rows(pixels, bits):
    out = b""
    for row in pixels:
        if bits == 16:
            data = row.astype(">u2").tobytes()
        elif bits == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            text = "".join(format(int(v), f"0{bits}b") for v in row.ravel())
            text += "0" * (-len(text) % 8)
            data = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        out += b"\0" + data
    return out


def png(pixels, colour_type, bits, chunks=(), interlaced=False, late=()):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(png_rows(pixels[y::dy, x::dx], bits) for x, y, dx, dy in passes)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], bits, colour_type, 0, 0, int(interlaced))
    parts = [chunk(b"IHDR", head)] + [chunk(*c) for c in chunks] + [chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts + [chunk(*c) for c in late] + [chunk(b"IEND", b"")])


def write_pngs():
    for interlaced in (False, True):
        mark = "_interlaced" if interlaced else ""
        for channels, colour_type in ((1, 0), (2, 4), (3, 2), (4, 6)):
            for bits in (8, 16):
                pixels = content(channels, (1 << bits) - 1)
                add(f"png_{channels}x{bits}{mark}.png", png(pixels, colour_type, bits, interlaced=interlaced),
                    to_rgb(to_8bit(pixels, (1 << bits) - 1)), pillow=bits == 8)
        for bits in (1, 2, 4):
            pixels = content(1, (1 << bits) - 1)
            add(f"png_grey{bits}{mark}.png", png(pixels, 0, bits, interlaced=interlaced),
                to_rgb(to_8bit(pixels, (1 << bits) - 1)), pillow=True)
        for bits in (1, 2, 4, 8):
            index = content(1, (1 << bits) - 1)
            palette = palette_of(bits)
            alpha = np.array([(i * 53) % 256 for i in range(1 << bits)], np.uint8)
            colours = palette[index[:, :, 0]]
            add(f"png_palette{bits}{mark}.png", png(index, 3, bits, [(b"PLTE", palette.tobytes())], interlaced),
                colours, pillow=True)
            add(f"png_palette{bits}_alpha{mark}.png",
                png(index, 3, bits, [(b"PLTE", palette.tobytes()), (b"tRNS", alpha.tobytes())], interlaced),
                np.concatenate([colours, alpha[index]], 2), pillow=True)
    for bits in (1, 2, 4):
        pixels = content(1, (1 << bits) - 1)
        key = int(pixels[3, 4, 0])
        alpha = np.where(pixels == key, 0, 255).astype(np.uint8)
        truth = np.concatenate([to_rgb(to_8bit(pixels, (1 << bits) - 1)), alpha], 2)
        add(f"png_grey{bits}_key.png", png(pixels, 0, bits, [(b"tRNS", struct.pack(">H", key))]), truth)
    # One colour is transparent.
    for channels, colour_type in ((1, 0), (3, 2)):
        for bits in (8, 16):
            pixels = content(channels, (1 << bits) - 1)
            key = pixels[3, 4]
            alpha = np.where((pixels == key).all(-1, keepdims=True), 0, 255).astype(np.uint8)
            truth = np.concatenate([to_rgb(to_8bit(pixels, (1 << bits) - 1)), alpha], 2)
            trns = b"".join(struct.pack(">H", int(v)) for v in key)
            add(f"png_{channels}x{bits}_key.png", png(pixels, colour_type, bits, [(b"tRNS", trns)]), truth,
                pillow=bits == 8)
    pixels = content(3, 255)
    for orientation in range(1, 9):
        early = [(b"eXIf", exif(orientation))]
        add(f"png_orientation{orientation}.png", png(pixels, 2, 8, early), pixels, orientation=orientation, pillow=True)
    add("png_orientation_late.png", png(pixels, 2, 8, late=[(b"eXIf", exif(6))]), pixels, orientation=6, pillow=True)
    add("png_gamma.png", png(pixels, 2, 8, [(b"gAMA", struct.pack(">I", 100000))]), pixels, pillow=True)


# JPEG and WebP -------------------------------------------------------------------------------------------------------
def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def without_segment(data, marker):
    at = 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0] + 2
        if data[at + 1] == marker:
            return data[:at] + data[at + length:]
        at += length
    return data


def write_jpegs_and_webps():
    rgb, rgba, grey = content(3, 255), content(4, 255), content(1, 255)
    images = {"grey": Image.fromarray(grey[:, :, 0]), "rgb": Image.fromarray(rgb)}
    for name, image in images.items():
        for progressive in (False, True):
            for subsampling in (0, 1, 2):
                data = saved(image, "JPEG", quality=95, progressive=progressive, subsampling=subsampling)
                lossy(f"jpeg_{name}_{'progressive' if progressive else 'baseline'}_{subsampling}.jpg", data, 2)
    for orientation in range(1, 9):
        data = saved(images["rgb"], "JPEG", quality=95, exif=b"Exif\0\0" + exif(orientation))
        lossy(f"jpeg_orientation{orientation}.jpg", data, 2, orientation)
        data = saved(images["rgb"], "WEBP", lossless=True, exif=exif(orientation))
        add(f"webp_orientation{orientation}.webp", data, rgb, orientation=orientation, pillow=True)
    cmyk = saved(images["rgb"].convert("CMYK"), "JPEG", quality=95)
    lossy("jpeg_cmyk.jpg", cmyk, 3)
    lossy("jpeg_cmyk_progressive.jpg", saved(images["rgb"].convert("CMYK"), "JPEG", quality=95, progressive=True), 3)
    refuse("jpeg_cmyk_without_adobe.jpg", without_segment(cmyk, 0xEE))
    twelve = bytearray(saved(images["grey"], "JPEG"))
    twelve[twelve.index(b"\xff\xc0") + 4] = 12
    refuse("jpeg_12bit.jpg", bytes(twelve))
    add("webp_lossless.webp", saved(images["rgb"], "WEBP", lossless=True), rgb, pillow=True)
    visible = rgba.copy()
    visible[:, :, 3] = np.maximum(visible[:, :, 3], 1)  # WebP need not keep what is invisible
    add("webp_lossless_alpha.webp", saved(Image.fromarray(visible), "WEBP", lossless=True), visible, pillow=True)
    lossy("webp_lossy.webp", saved(images["rgb"], "WEBP", quality=90), 2)
    lossy("webp_lossy_alpha.webp", saved(Image.fromarray(visible), "WEBP", quality=90), 2)
    turned = Image.fromarray(rgb[::-1].copy())
    refuse("webp_animated.webp", saved(images["rgb"], "WEBP", save_all=True, append_images=[turned]))


def with_adobe(data, transform):
    return data[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform]) + data[2:]


def with_components_named(data, names):
    """With other identifiers of the components, in the frame and in the scan."""
    data = bytearray(data)
    frame, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xda")
    for i, name in enumerate(names):
        data[frame + 10 + 3 * i] = ord(name)
        data[scan + 5 + 2 * i] = ord(name)
    return bytes(data)


def write_jpegs_of_other_colours():
    """Pixels of one meaning called another: what counts is that both decoders take them for the same."""
    rgb = Image.fromarray(content(3, 255))
    plain = without_segment(saved(rgb, "JPEG", quality=95, subsampling=0), 0xE0)
    lossy("jpeg_adobe_rgb.jpg", with_adobe(plain, 0), 2)
    lossy("jpeg_adobe_ycbcr.jpg", with_adobe(plain, 1), 2)
    lossy("jpeg_components_rgb.jpg", with_components_named(plain, "RGB"), 2)
    lossy("jpeg_without_jfif.jpg", plain, 2)
    cmyk = saved(rgb.convert("CMYK"), "JPEG", quality=95)
    ycck = bytearray(cmyk)
    ycck[cmyk.index(b"Adobe") + 11] = 2
    lossy("jpeg_ycck.jpg", bytes(ycck), 3)
    square = rgb.resize((32, 32))
    for across, down in ((1, 2), (2, 1)):
        data = bytearray(saved(square, "JPEG", quality=95, subsampling=1))
        data[data.index(b"\xff\xc0") + 11] = across << 4 | down
        lossy(f"jpeg_chroma_{across}x{down}.jpg", bytes(data), 2)


# Formats that are passed over in a folder and refused when they come under a photo's name.
def write_foreign_formats():
    rgb = Image.fromarray(content(3, 255))
    for form in ("BMP", "PPM", "GIF", "JPEG2000", "TGA", "ICO"):
        try:
            refuse(f"{form.lower()}.jpg", saved(rgb, form), "foreign")
        except (OSError, KeyError):
            pass  # this Pillow does not write it


FOLDER.mkdir(parents=True, exist_ok=True)
write_pngs()
write_plain_tiffs()
write_other_tiffs()
write_tiffs_of_other_colours()
write_jpegs_of_other_colours()
write_jpegs_and_webps()
write_foreign_formats()
(FOLDER / "corpus.tsv").write_text("".join("\t".join(map(str, row)) + "\n" for row in ROWS))
