"""Scenes of random splats, and writers of the files that second_reader.py has splat-export read: splat PLY, compressed
PLY, .ksplat, SPZ 1 to 4, SOG 1 and 2 (folders and archives) and glTF. Plain Python, without numpy, so that it runs
wherever Python does."""
import gzip
import io
import json
import math
import random
import struct
import zipfile

C0 = 0.28209479177387814
COUNT = 40
PLY_TYPES = {"double": "d", "float": "f", "uchar": "B", "half": "e"}


def scene(degree):
    """Splats as dictionaries of stored values, in Inria's names."""
    rng = random.Random(11)
    splats = []
    for _ in range(COUNT):
        quat = [rng.gauss(0, 1) for _ in range(4)]
        norm = math.sqrt(sum(q * q for q in quat))
        splat = {"x": rng.uniform(-2, 2), "y": rng.uniform(-2, 2), "z": rng.uniform(-2, 2), "opacity": rng.gauss(0, 1)}
        splat.update({f"scale_{i}": rng.uniform(-4, -1) for i in range(3)})
        splat.update({f"rot_{i}": quat[i] / norm for i in range(4)})
        splat.update({f"f_dc_{i}": rng.uniform(-1, 1) for i in range(3)})
        splat.update({f"f_rest_{i}": rng.uniform(-0.4, 0.4) for i in range(3 * ((degree + 1) ** 2 - 1))})
        splats.append(splat)
    return splats


def ply(splats, names, kind="binary_little_endian", types=None, before="", before_bytes=b"", after="", after_bytes=b""):
    types = types or {}
    of = lambda name: types.get(name, types.get("*", "float"))
    head = f"ply\nformat {kind} 1.0\ncomment by another hand\n{before}element vertex {len(splats)}\n"
    head += "".join(f"property {of(name)} {name}\n" for name in names) + after + "end_header\n"
    if kind == "ascii":
        rows = "".join(" ".join(repr(s[n]) for n in names) + "\n" for s in splats).encode()
    else:
        order = ">" if kind == "binary_big_endian" else "<"
        code = order + "".join(PLY_TYPES[of(n)] for n in names)
        rows = b"".join(struct.pack(code, *(s[n] for n in names)) for s in splats)
    return head.encode() + before_bytes + rows + after_bytes


def ksplat(splats, compression, degree):
    """mkkellogg's layout, one section, one partly filled bucket around the origin."""
    n, header, section = len(splats), bytearray(4096), bytearray(1024)
    struct.pack_into("<BBHIIIIH", header, 0, 0, 1, 0, 1, 1, n, n, compression)
    struct.pack_into("<ff", header, 36, -1.5, 1.5)
    rest = (degree + 1) ** 2 - 1
    struct.pack_into("<IIIIfHHIIII", section, 0, n, n, 256, 1, 5.0, 12, 0, 32767, 0, 0, 1)
    struct.pack_into("<H", section, 40, degree)
    data = struct.pack("<Ifff", n, 0, 0, 0)
    number = "f" if compression == 0 else "e"
    for s in splats:
        mean = [s["x"], s["y"], s["z"]]
        if compression == 0:
            data += struct.pack("<3f", *mean)
        else:
            data += struct.pack("<3H", *(round(v / (2.5 / 32767)) + 32767 for v in mean))
        data += struct.pack("<3" + number, *(math.exp(s[f"scale_{i}"]) for i in range(3)))
        data += struct.pack("<4" + number, *(s[f"rot_{i}"] for i in range(4)))
        data += bytes(byte((0.5 + C0 * s[f"f_dc_{i}"]) * 255) for i in range(3))
        data += bytes([byte(sigmoid(s["opacity"]) * 255)])
        for low, high in ((0, 3), (3, 8))[:degree]:  # all of a degree, channel by channel
            for channel in range(3):
                values = [s[f"f_rest_{channel * rest + k}"] for k in range(low, high)]
                if compression == 2:
                    data += bytes(byte((v + 1.5) / 3 * 255) for v in values)
                else:
                    data += struct.pack(f"<{len(values)}{number}", *values)
    return bytes(header + section) + data


def spz(splats, version, degree):
    n, rest = len(splats), (degree + 1) ** 2 - 1
    means, quats = b"", b""
    for s in splats:
        for value in (s[axis] for axis in "xyz"):
            fixed = (round(value * 4096) & 0xFFFFFF).to_bytes(3, "little")
            means += fixed if version > 1 else struct.pack("<e", value)
    streams = [means, bytes(byte(sigmoid(s["opacity"]) * 255) for s in splats),
               bytes(byte(s[f"f_dc_{i}"] * 38.25 + 127.5) for s in splats for i in range(3)),
               bytes(byte((s[f"scale_{i}"] + 10) * 16) for s in splats for i in range(3))]
    for s in splats:
        x, y, z, w = (s[f"rot_{i}"] for i in (1, 2, 3, 0))
        if version < 3:
            quats += bytes(byte((v if w >= 0 else -v) * 127.5 + 127.5) for v in (x, y, z))
            continue
        parts = [x, y, z, w]
        largest = max(range(4), key=lambda i: abs(parts[i]))
        packed = largest
        for i in range(4):
            if i != largest:
                negative = (parts[i] < 0) != (parts[largest] < 0)
                packed = packed << 10 | negative << 9 | int(511 * abs(parts[i]) * math.sqrt(2) + 0.5)
        quats += struct.pack("<I", packed)
    streams.append(quats)
    if rest > 0:
        streams.append(bytes(byte(s[f"f_rest_{c * rest + k}"] * 128 + 128)
                             for s in splats for k in range(rest) for c in range(3)))
    head = struct.pack("<IIIBBB", 0x5053474E, version, n, degree, 12, 0)
    if version < 4:
        return gzip.compress(head + b"\0" + b"".join(streams))
    frames = [zstd(stream) for stream in streams]
    table = b"".join(struct.pack("<QQ", len(f), len(s)) for f, s in zip(frames, streams))
    return (head + struct.pack("<BI", len(streams), 32)).ljust(32, b"\0") + table + b"".join(frames)


def zstd(data):
    """A frame of one block that is not compressed."""
    assert len(data) < 1 << 17
    return struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data)) + (1 | len(data) << 3).to_bytes(3, "little") + data


def compressed_ply(splats, degree):
    """PlayCanvas' layout, one chunk."""
    rest = 3 * ((degree + 1) ** 2 - 1)
    color = lambda s: [0.5 + C0 * s[f"f_dc_{i}"] for i in range(3)]
    of = {"": lambda s: [s[a] for a in "xyz"], "scale_": lambda s: [s[f"scale_{i}"] for i in range(3)]}
    low = {k: [min(f(s)[i] for s in splats) for i in range(3)] for k, f in list(of.items()) + [("c", color)]}
    high = {k: [max(f(s)[i] for s in splats) for i in range(3)] for k, f in list(of.items()) + [("c", color)]}
    unit = lambda kind, values: [(v - a) / (b - a) for v, a, b in zip(values, low[kind], high[kind])]
    names = [f"{end}_{kind}{axis}" for kind in ("", "scale_") for end in ("min", "max") for axis in "xyz"]
    names += [f"{end}_{channel}" for end in ("min", "max") for channel in "rgb"]
    bounds = [v for kind in ("", "scale_", "c") for ends in (low, high) for v in ends[kind]]
    head = "ply\nformat binary_little_endian 1.0\nelement chunk 1\n" + "".join(f"property float {n}\n" for n in names)
    head += f"element vertex {len(splats)}\n"
    head += "".join(f"property uint packed_{n}\n" for n in ("position", "rotation", "scale", "color"))
    if rest:
        head += f"element sh {len(splats)}\n" + "".join(f"property uchar f_rest_{i}\n" for i in range(rest))
    three = lambda u: level(u[0], 11) << 21 | level(u[1], 10) << 11 | level(u[2], 11)
    data = struct.pack("<18f", *bounds)
    for s in splats:
        largest, others = smallest_three([s[f"rot_{i}"] for i in range(4)])
        rotation = largest
        for v in others:
            rotation = rotation << 10 | level(v * math.sqrt(0.5) + 0.5, 10)
        rgba = 0
        for u in unit("c", color(s)) + [sigmoid(s["opacity"])]:
            rgba = rgba << 8 | level(u, 8)
        data += struct.pack("<4I", three(unit("", of[""](s))), rotation, three(unit("scale_", of["scale_"](s))), rgba)
    data += bytes(max(0, min(255, math.floor((s[f"f_rest_{i}"] / 8 + 0.5) * 256))) for s in splats for i in range(rest))
    return (head + "end_header\n").encode() + data


def level(unit, bits):
    return max(0, min((1 << bits) - 1, round(unit * ((1 << bits) - 1))))


def smallest_three(parts):
    """Which of the four is largest, and the others with it positive."""
    largest = max(range(4), key=lambda i: abs(parts[i]))
    sign = -1 if parts[largest] < 0 else 1
    return largest, [sign * v for i, v in enumerate(parts) if i != largest]


def webp(pixels, width):
    """Lossless WebP of (r, g, b, a) without any compression: every byte has a code of eight bits, itself."""
    bits = []

    def put(value, count):
        bits.extend(value >> i & 1 for i in range(count))

    height = -(-len(pixels) // width)
    pixels = pixels + [(0, 0, 0, 255)] * (width * height - len(pixels))
    put(0x2F, 8), put(width - 1, 14), put(height - 1, 14), put(1, 1), put(0, 3)
    put(0, 3)  # no transform, no cache of colours, one set of codes
    for alphabet in (280, 256, 256, 256):  # green with the lengths of repeats, red, blue, alpha
        put(0, 1), put(8, 4)  # lengths of the codes for lengths: 12 of them follow, the last one is that of eight
        for i in range(12):
            put(1 if i == 11 else 0, 3)
        if alphabet > 256:
            put(1, 1), put(3, 3), put(254, 8)  # only the first 256 have one
        else:
            put(0, 1)
    put(1, 1), put(0, 3)  # distances: one code
    for r, g, b, a in pixels:
        for value in (g, r, b, a):
            bits.extend(value >> i & 1 for i in range(7, -1, -1))
    bits += [0] * (-len(bits) % 8)
    data = bytes(sum(bit << i for i, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


SOG_WIDTH = 8  # px of the images


def ends(rows):
    columns = list(zip(*rows))
    return [min(c) for c in columns], [max(c) for c in columns]


def sog_means(splats):
    """The files of the positions, 16 bits of their logarithms each, and what meta.json says of them."""
    log = lambda v: math.copysign(math.log1p(abs(v)), v)
    means = [[log(s[a]) for a in "xyz"] for s in splats]
    low, high = ends(means)
    levels = [[level((v - a) / (b - a), 16) for v, a, b in zip(row, low, high)] for row in means]
    files = {"means_l.webp": webp([tuple(v & 255 for v in row) + (255,) for row in levels], SOG_WIDTH),
             "means_u.webp": webp([tuple(v >> 8 for v in row) + (255,) for row in levels], SOG_WIDTH)}
    return files, {"means": {"mins": low, "maxs": high, "files": ["means_l.webp", "means_u.webp"]}}


def sog_bytes(rows, version):
    """Bytes of rows, and what meta.json says of them."""
    low, high = ends(rows)
    if version == 2 or len(rows[0]) == 1:
        low, high = [min(low)] * len(low), [max(high)] * len(high)
    bytes_of = [tuple(level((v - a) / (b - a), 8) for v, a, b in zip(row, low, high)) for row in rows]
    if version == 2:
        return bytes_of, {"codebook": [low[0] + i / 255 * (high[0] - low[0]) for i in range(256)]}
    return bytes_of, {"mins": low, "maxs": high}


def sog(splats, version, degree):
    """The files of a scene, by name. Version 1 has straight scales where version 2 has codebooks."""
    n, rest, width = len(splats), (degree + 1) ** 2 - 1, SOG_WIDTH
    files, meta = sog_means(splats)
    quats = []
    for s in splats:
        largest, others = smallest_three([s[f"rot_{i}"] for i in range(4)])
        quats.append(tuple(level(v * math.sqrt(0.5) + 0.5, 8) for v in others) + (252 + largest,))
    files["quats.webp"], meta["quats"] = webp(quats, width), {"files": ["quats.webp"]}
    by_scale = lambda rows: sog_bytes(rows, version)
    scales, meta["scales"] = by_scale([[s[f"scale_{i}"] for i in range(3)] for s in splats])
    files["scales.webp"] = webp([row + (255,) for row in scales], width)
    colors = [[s[f"f_dc_{i}"] for i in range(3)] for s in splats]
    if version == 2:
        colors, meta["sh0"] = by_scale(colors)
        colors = [row + (byte(sigmoid(s["opacity"]) * 255),) for row, s in zip(colors, splats)]
    else:
        colors, meta["sh0"] = by_scale([row + [s["opacity"]] for row, s in zip(colors, splats)])
    files["sh0.webp"] = webp(colors, width)
    meta["scales"]["files"], meta["sh0"]["files"] = ["scales.webp"], ["sh0.webp"]
    if rest:  # each splat has an entry of its own
        numbers = [[s[f"f_rest_{c * rest + k}"]] for s in splats for k in range(rest) for c in range(3)]
        flat, meta["shN"] = by_scale(numbers)
        entries = [(flat[i][0], flat[i + 1][0], flat[i + 2][0], 255) for i in range(0, len(flat), 3)]
        files["shN_centroids.webp"] = webp(entries, 64 * rest)
        files["shN_labels.webp"] = webp([(i & 255, i >> 8, 0, 255) for i in range(n)], width)
        meta["shN"]["files"] = ["shN_centroids.webp", "shN_labels.webp"]
        if version == 1:
            meta["shN"].update(mins=meta["shN"]["mins"][0], maxs=meta["shN"]["maxs"][0], shape=[n, rest, 3])
        else:
            meta["shN"].update(count=n, bands=degree)
    if version == 1:
        meta["means"]["shape"] = [n, 3]
    else:
        meta.update(version=2, count=n)
    files["meta.json"] = json.dumps(meta).encode()
    return files


def zipped(files, folder=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return out.getvalue()


# By which factor a half turn about x changes the functions of degree 1 to 3: each y and each z in them counts.
SH_SIGNS = [(-1) ** odd for odd in (1, 1, 0, 1, 2, 0, 1, 0, 1, 2, 1, 1, 0, 1, 0)]


def glb(splats, degree):
    """KHR_gaussian_splatting, whose frame has y up and z back; rotations as integers, the others as floats."""
    rest, prefix = (degree + 1) ** 2 - 1, "KHR_gaussian_splatting:"
    columns = [("POSITION", "f", lambda s: [s["x"], -s["y"], -s["z"]]),
               (prefix + "ROTATION", "h", lambda s: [round(32767 * v) for v in
                                                     (s["rot_1"], -s["rot_2"], -s["rot_3"], s["rot_0"])]),
               (prefix + "SCALE", "f", lambda s: [math.exp(s[f"scale_{i}"]) for i in range(3)]),
               (prefix + "OPACITY", "f", lambda s: [sigmoid(s["opacity"])]),
               (prefix + "SH_DEGREE_0_COEF_0", "f", lambda s: [s[f"f_dc_{i}"] for i in range(3)])]
    for k in range(rest):
        band = math.isqrt(k + 1)
        columns.append((f"{prefix}SH_DEGREE_{band}_COEF_{k + 1 - band * band}", "f",
                        lambda s, k=k: [SH_SIGNS[k] * s[f"f_rest_{c * rest + k}"] for c in range(3)]))
    data, views, accessors, attributes = b"", [], [], {}
    for name, kind, of in columns:
        rows = [of(s) for s in splats]
        block = b"".join(struct.pack(f"<{len(row)}{kind}", *row) for row in rows)
        attributes[name] = len(accessors)
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(block)})
        accessors.append({"bufferView": len(accessors), "componentType": 5126 if kind == "f" else 5122,
                          "normalized": kind == "h", "count": len(rows),
                          "type": {1: "SCALAR", 3: "VEC3", 4: "VEC4"}[len(rows[0])]})
        data += block
    document = {"asset": {"version": "2.0"}, "extensionsUsed": ["KHR_gaussian_splatting"], "scene": 0,
                "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}], "buffers": [{"byteLength": len(data)}],
                "bufferViews": views, "accessors": accessors,
                "meshes": [{"primitives": [{"mode": 0, "attributes": attributes, "extensions": {
                    "KHR_gaussian_splatting": {"kernel": "ellipse", "colorSpace": "srgb_rec709_display"}}}]}]}
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks


def byte(value):
    return max(0, min(255, round(value)))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))
