"""TIFF files of every kind for make_image_corpus.py."""
import io
import struct
import zlib

import numpy as np
from PIL import Image

from image_corpus import HEIGHT, WIDTH, add, content, lossy, palette_of, refuse, to_8bit, to_rgb


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


def tiles_of(plane, size):
    height, width, _ = plane.shape
    padded = np.pad(plane, ((0, -height % size), (0, -width % size), (0, 0)))
    return [padded[y:y + size, x:x + size] for y in range(0, height, size) for x in range(0, width, size)]


def strips_of(plane):
    return [plane[y:y + 8] for y in range(0, len(plane), 8)]


def file_of(tags, data, order, big):
    """A file with its data first, then values that do not fit into the directory, then the directory."""
    start, room = (16, 8) if big else (8, 4)
    entries = b""
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


def tiff(pixels, bits, photometric, extra=None, planar=False, tile=0, orientation=1, order="<", compression=1,
         sample_format=None, palette=None, big=False, more=None, before=b""):
    height, width, samples = pixels.shape
    planes = [pixels[:, :, [c]] for c in range(samples)] if planar else [pixels]
    compress = {1: bytes, 8: zlib.compress, 32773: packbits}[compression]
    blocks = [compress(pack(block.reshape(len(block), -1), bits, order))
              for plane in planes for block in (tiles_of(plane, tile) if tile else strips_of(plane))]
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
    return file_of(tags, data, order, big)


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
