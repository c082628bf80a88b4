"""Writes image files of every kind that photos come in, and what they hold, for image_corpus_test.

usage: make_image_corpus.py FOLDER

FOLDER/corpus.tsv gets one line for each file: name, width, height, channels, orientation, tolerance, kind of truth.
NAME.raw beside it has the pixels [height, width, channels] that are right: those that were stored ("stored"), or where
the format loses some, those of Pillow ("pillow"). Where Pillow reads a lossless file in 8 bits, it must agree, too.
"""
import io
import pathlib
import struct
import sys
import zlib

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


# TIFF ----------------------------------------------------------------------------------------------------------------
def pack(samples, bits, order):
    """Rows of [rows, values] as TIFF stores them."""
    if bits >= 8:
        return samples.astype(order + {8: "u1", 16: "u2", 32: "u4"}[bits]).tobytes()
    out = b""
    for row in samples:
        text = "".join(format(int(v), f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 8)
        out += bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
    return out


def packbits(data):
    return b"".join(bytes([len(data[i:i + 128]) - 1]) + data[i:i + 128] for i in range(0, len(data), 128))


def tiff(pixels, bits, photometric, extra=None, planar=False, tile=0, orientation=1, order="<", compression=1,
         sample_format=None, palette=None, big=False, more=None, before=b""):
    height, width, samples = pixels.shape
    planes = [pixels[:, :, [c]] for c in range(samples)] if planar else [pixels]
    compress = {1: bytes, 8: zlib.compress, 32773: packbits}[compression]
    blocks = []
    for plane in planes:
        if tile:
            padded = np.pad(plane, ((0, -height % tile), (0, -width % tile), (0, 0)))
            for y in range(0, height, tile):
                for x in range(0, width, tile):
                    blocks.append(compress(pack(padded[y:y + tile, x:x + tile].reshape(tile, -1), bits, order)))
        else:
            for y in range(0, height, 8):
                block = plane[y:y + 8]
                blocks.append(compress(pack(block.reshape(len(block), -1), bits, order)))
    start = 16 if big else 8
    offsets, data = [], before
    for block in blocks:
        offsets.append(start + len(data))
        data += block + b"\0" * (len(block) % 2)
    counts = [len(block) for block in blocks]
    tags = {256: ("H", [width]), 257: ("H", [height]), 258: ("H", [bits] * samples), 259: ("H", [compression]),
            262: ("H", [photometric]), 274: ("H", [orientation]), 277: ("H", [samples]),
            284: ("H", [2 if planar else 1])}
    if tile:
        tags.update({322: ("H", [tile]), 323: ("H", [tile]), 324: ("I", offsets), 325: ("I", counts)})
    else:
        tags.update({273: ("I", offsets), 278: ("H", [8]), 279: ("I", counts)})
    if extra is not None:
        tags[338] = ("H", [extra])
    if sample_format:
        tags[339] = ("H", [sample_format] * samples)
    if palette is not None:
        tags[320] = ("H", [int(v) * 257 for v in palette.T.ravel()])
    tags.update(more or {})
    entries = b""
    room = 8 if big else 4
    for tag in sorted(tags):
        kind, values = tags[tag]
        value = b"".join(struct.pack(order + kind, v) for v in values)
        if len(value) > room:
            place = start + len(data)
            data += value + b"\0" * (len(value) % 2)
            value = struct.pack(order + ("Q" if big else "I"), place)
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, {"H": 3, "I": 4}[kind], len(values))
        entries += value.ljust(room, b"\0")
    directory = start + len(data)
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, directory)
        return head + data + struct.pack(order + "Q", len(tags)) + entries + b"\0" * 8
    head = mark + struct.pack(order + "HI", 42, directory)
    return head + data + struct.pack(order + "H", len(tags)) + entries + b"\0" * 4


def write_plain_tiffs():
    layouts = {"strips": {}, "tiles": {"tile": 16}, "planar": {"planar": True},
               "planar_tiles": {"planar": True, "tile": 16}}
    for layout, options in layouts.items():
        for order in "<>":
            for bits in (8, 16):
                top = (1 << bits) - 1
                name = f"{bits}_{layout}_{'little' if order == '<' else 'big'}.tif"
                for channels in (1, 2, 3, 4):
                    if channels == 1 and "planar" in layout:
                        continue
                    pixels = content(channels, top)
                    right = to_rgb(to_8bit(pixels, top))
                    photometric = 1 if channels < 3 else 2
                    extra = 2 if channels in (2, 4) else None
                    data = tiff(pixels, bits, photometric, extra, order=order, **options)
                    if channels == 2:
                        add(f"tiff_grey_and_unspecified_{name}",
                            tiff(pixels, bits, photometric, 0, order=order, **options),
                            right[:, :, :3])
                    add(f"tiff_{channels}x{name}", data, right)
                    if channels == 4:
                        # What a file does not call alpha may be anything: infrared, depth, a mask.
                        for kind, word in ((None, "unexplained"), (0, "unspecified")):
                            add(f"tiff_rgb_and_{word}_{name}", tiff(pixels, bits, 2, kind, order=order, **options),
                                right[:, :, :3])
                        alpha = pixels[:, :, 3:].astype(np.int64)
                        multiplied = pixels.copy()
                        multiplied[:, :, :3] = (pixels[:, :, :3].astype(np.int64) * alpha + top // 2) // top
                        add(f"tiff_rgba_multiplied_{name}", tiff(multiplied, bits, 2, 1, order=order, **options), right,
                            tolerance=-1)
                if "planar" not in layout:
                    grey = content(1, top)
                    add(f"tiff_white_is_zero_{name}", tiff(top - grey, bits, 0, order=order, **options),
                        to_rgb(to_8bit(grey, top)))


def write_other_tiffs():
    rgb, rgba, grey = content(3, 255), content(4, 255), content(1, 255)
    for compression, name in ((8, "deflate"), (32773, "packbits")):
        add(f"tiff_{name}.tif", tiff(rgb, 8, 2, compression=compression), rgb, pillow=True)
        add(f"tiff_{name}_planar.tif", tiff(rgb, 8, 2, compression=compression, planar=True), rgb)
    for bits in (1, 2, 4):
        top = (1 << bits) - 1
        low = content(1, top)
        add(f"tiff_grey{bits}.tif", tiff(low, bits, 1), to_rgb(to_8bit(low, top)))
        add(f"tiff_grey{bits}_white_is_zero.tif", tiff(top - low, bits, 0), to_rgb(to_8bit(low, top)))
    for bits in (1, 2, 4, 8):
        palette = palette_of(bits)
        index = content(1, (1 << bits) - 1)
        add(f"tiff_palette{bits}.tif", tiff(index, bits, 3, palette=palette), palette[index[:, :, 0]])
    for orientation in range(1, 9):
        data = tiff(rgb, 8, 2, orientation=orientation)
        add(f"tiff_orientation{orientation}.tif", data, rgb, orientation=orientation)
        add(f"tiff_grey16_orientation{orientation}.tif", tiff(content(1, 65535), 16, 1, orientation=orientation),
            to_rgb(to_8bit(content(1, 65535), 65535)), orientation=orientation)
        add(f"tiff_tiles_orientation{orientation}.tif", tiff(rgba, 8, 2, 2, tile=16, orientation=orientation), rgba,
            orientation=orientation)
    add("tiff_grey_alpha_white_is_zero.tif", tiff(np.concatenate([255 - grey, grey], 2), 8, 0, 2),
        to_rgb(np.concatenate([grey, grey], 2)))
    add("tiff_big.tif", tiff(rgb, 8, 2, big=True), rgb)
    infrared = np.concatenate([rgb, grey, grey], 2)
    add("tiff_five_bands.tif", tiff(infrared, 8, 2), rgb)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        for mode, pixels in (("L", grey[:, :, 0]), ("RGB", rgb), ("RGBA", rgba)):
            out = io.BytesIO()
            Image.fromarray(pixels, mode).save(out, "TIFF", compression=compression)
            add(f"tiff_pillow_{mode}_{compression}.tif", out.getvalue(), to_rgb(np.atleast_3d(pixels)), pillow=True)
    out = io.BytesIO()
    Image.fromarray(np.where(grey[:, :, 0] > 127, 255, 0).astype(np.uint8)).convert("1").save(out, "TIFF",
                                                                                          compression="group4")
    lossy("tiff_group4.tif", out.getvalue(), 0)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "TIFF", compression="jpeg", quality=95)
    lossy("tiff_jpeg.tif", out.getvalue(), 3)
    cmyk = np.asarray(Image.fromarray(rgb).convert("CMYK"))
    out = io.BytesIO()
    Image.fromarray(cmyk, "CMYK").save(out, "TIFF")
    lossy("tiff_cmyk.tif", out.getvalue(), 2)
    refuse("tiff_cmyk16.tif", tiff(cmyk.astype(np.uint16) * 257, 16, 5))
    refuse("tiff_float.tif", tiff(np.zeros((HEIGHT, WIDTH, 3)), 32, 2, sample_format=3))
    refuse("tiff_half.tif", tiff(content(3, 65535), 16, 2, sample_format=3))
    refuse("tiff_32.tif", tiff(np.zeros((HEIGHT, WIDTH, 1)), 32, 1))
    refuse("tiff_signed.tif", tiff(grey, 8, 1, sample_format=2))
    refuse("tiff_signed16.tif", tiff(content(1, 65535), 16, 1, sample_format=2))
    refuse("tiff_ends_early.tif", tiff(rgb, 8, 2)[:600])


# Colours other than grey, RGB and plain CMYK. What Pillow does not read, or not right, has its truth from the formula.
def ycbcr_to_rgb(y, cb, cr):
    red = y + 1.402 * (cr - 128)
    green = y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)
    blue = y + 1.772 * (cb - 128)
    return np.clip(np.rint(np.stack([red, green, blue], -1)), 0, 255).astype(np.uint8)


def subsampled_ycbcr(across, down):
    """A TIFF without compression, whose blocks are all Y of across x down pixels, one Cb, one Cr; and its pixels."""
    width, height = -(-WIDTH // across) * across, -(-HEIGHT // down) * down
    v, u = np.mgrid[0:height, 0:width].astype(float)
    luma = np.rint(40 + 160 * u / width).astype(np.uint8)
    chroma = [np.rint(60 + 120 * part[::down, ::across]).astype(np.uint8) for part in (v / height, 1 - u / width)]
    rows = [np.concatenate([luma[y:y + down, x:x + across].ravel(),
                            [c[y // down, x // across] for c in chroma]])
            for y in range(0, height, down) for x in range(0, width, across)]
    data = np.concatenate(rows).astype(np.uint8).tobytes()
    whole = [c.repeat(down, 0).repeat(across, 1).astype(float) for c in chroma]
    truth = ycbcr_to_rgb(luma.astype(float), *whole)[:HEIGHT, :WIDTH]
    blank = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    more = {530: ("H", [across, down]), 278: ("H", [HEIGHT]), 273: ("I", [8]), 279: ("I", [len(data)])}
    return tiff(blank, 8, 6, more=more, before=data), truth


def write_tiffs_of_other_colours():
    rgb, grey = content(3, 255), content(1, 255)
    for across, down in ((1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2), (4, 4)):
        add(f"tiff_ycbcr{across}x{down}.tif", *subsampled_ycbcr(across, down), tolerance=2)
    cmyk = np.asarray(Image.fromarray(rgb).convert("CMYK"))
    lossy("tiff_cmyk_deflate.tif", tiff(cmyk, 8, 5, compression=8), 2)
    for name, options in (("tiles", {"tile": 16}), ("planar", {"planar": True})):
        add(f"tiff_cmyk_{name}.tif", tiff(cmyk, 8, 5, **options), np.asarray(Image.fromarray(cmyk, "CMYK").convert("RGB")),
            tolerance=2, kind="pillow")
    refuse("tiff_four_inks.tif", tiff(cmyk, 8, 5, more={332: ("H", [2])}))
    refuse("tiff_cmyk_alpha.tif", tiff(np.concatenate([cmyk, grey], 2), 8, 5, 2))
    for photometric, name in ((8, "cielab"), (9, "icclab"), (10, "itulab")):
        refuse(f"tiff_{name}.tif", tiff(rgb, 8, photometric))
        refuse(f"tiff_{name}16.tif", tiff(content(3, 65535), 16, photometric))
    refuse("tiff_cielab_lightness.tif", tiff(grey, 8, 8))
    refuse("tiff_cielab_alpha.tif", tiff(content(4, 255), 8, 8, 2))
    refuse("tiff_mask.tif", tiff(content(1, 1), 1, 4))
    refuse("tiff_bayer.tif", tiff(content(1, 65535), 16, 32803))
    refuse("tiff_linear_raw.tif", tiff(content(3, 65535), 16, 34892))
    refuse("tiff_logl.tif", tiff(content(1, 65535), 16, 32844, sample_format=2))
    refuse("tiff_logluv.tif", tiff(content(3, 65535), 16, 32845, sample_format=2))
    refuse("tiff_palette16.tif", tiff(content(1, 65535), 16, 3, palette=np.zeros((65536, 3), np.uint8)))
    refuse("tiff_palette_alpha.tif", tiff(content(2, 255), 8, 3, 2, palette=palette_of(8)))
    for bits in (2, 4):
        refuse(f"tiff_rgb{bits}.tif", tiff(content(3, (1 << bits) - 1), bits, 2))


# JPEG and WebP -------------------------------------------------------------------------------------------------------
def lossy(name, data, tolerance, orientation=1):
    image = Image.open(io.BytesIO(data))
    alpha = image.mode in ("RGBA", "LA")
    add(name, data, np.asarray(image.convert("RGBA" if alpha else "RGB")), tolerance, orientation, kind="pillow")


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
