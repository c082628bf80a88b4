"""A second reader of scene files, for the corpus of tests/CMakeLists.txt: it writes a file of each dialect of splat PLY,
of .ksplat and of SPZ 2 and 3 from numbers of its own, has splat-export read it and write scene.ply, and compares that
with the numbers. Plain Python, without numpy, so that it runs wherever Python does.
usage: second_reader.py SPLAT_EXPORT"""
import gzip
import math
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

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


def read_ply(path):
    """Rows of floats, as splat-export writes them."""
    data = Path(path).read_bytes()
    end = data.index(b"end_header\n") + 11
    lines = data[:end].decode().split("\n")
    names = [line.split()[2] for line in lines if line.startswith("property")]
    count = int(next(line.split()[2] for line in lines if line.startswith("element vertex")))
    size = 4 * len(names)
    assert len(data) == end + count * size, f"{path} has another size than its header says"
    return [dict(zip(names, struct.unpack(f"<{len(names)}f", data[end + i * size : end + (i + 1) * size])))
            for i in range(count)]


def ksplat(splats, level, degree):
    """mkkellogg's layout, one section, one partly filled bucket around the origin."""
    n, header, section = len(splats), bytearray(4096), bytearray(1024)
    struct.pack_into("<BBHIIIIH", header, 0, 0, 1, 0, 1, 1, n, n, level)
    struct.pack_into("<ff", header, 36, -1.5, 1.5)
    rest = (degree + 1) ** 2 - 1
    struct.pack_into("<IIIIfHHIIII", section, 0, n, n, 256, 1, 5.0, 12, 0, 32767, 0, 0, 1)
    struct.pack_into("<H", section, 40, degree)
    data = struct.pack("<Ifff", n, 0, 0, 0)
    number = "f" if level == 0 else "e"
    for s in splats:
        mean = [s["x"], s["y"], s["z"]]
        if level == 0:
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
                if level == 2:
                    data += bytes(byte((v + 1.5) / 3 * 255) for v in values)
                else:
                    data += struct.pack(f"<{len(values)}{number}", *values)
    return bytes(header + section) + data


def spz(splats, version, degree):
    n, rest = len(splats), (degree + 1) ** 2 - 1
    out = struct.pack("<IIIBBBB", 0x5053474E, version, n, degree, 12, 0, 0)
    for s in splats:
        for axis in "xyz":
            out += (round(s[axis] * 4096) & 0xFFFFFF).to_bytes(3, "little") if version > 1 else struct.pack("<e", s[axis])
    out += bytes(byte(sigmoid(s["opacity"]) * 255) for s in splats)
    out += bytes(byte(s[f"f_dc_{i}"] * 38.25 + 127.5) for s in splats for i in range(3))
    out += bytes(byte((s[f"scale_{i}"] + 10) * 16) for s in splats for i in range(3))
    for s in splats:
        x, y, z, w = (s[f"rot_{i}"] for i in (1, 2, 3, 0))
        if version < 3:
            out += bytes(byte((v if w >= 0 else -v) * 127.5 + 127.5) for v in (x, y, z))
            continue
        parts = [x, y, z, w]
        largest = max(range(4), key=lambda i: abs(parts[i]))
        packed = largest
        for i in range(4):
            if i != largest:
                negative = (parts[i] < 0) != (parts[largest] < 0)
                packed = packed << 10 | negative << 9 | int(511 * abs(parts[i]) * math.sqrt(2) + 0.5)
        out += struct.pack("<I", packed)
    out += bytes(byte(s[f"f_rest_{c * rest + k}"] * 128 + 128) for s in splats for k in range(rest) for c in range(3))
    return gzip.compress(out)


def byte(value):
    return max(0, min(255, round(value)))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def worst(expected, got, degree):
    """The largest difference of each kind of value; rotations as the sine of half the angle between."""
    assert len(expected) == len(got), f"{len(got)} splats instead of {len(expected)}"
    rest = 3 * ((degree + 1) ** 2 - 1)
    assert sum(name.startswith("f_rest") for name in got[0]) == rest, f"SH of another degree than {degree}"
    errors = {"mean": 0, "scale": 0, "color": 0, "opacity": 0, "rest": 0, "rotation": 0}
    for a, b in zip(expected, got):
        put = lambda kind, names: errors.update({kind: max([errors[kind]] + [abs(a[n] - b[n]) for n in names])})
        put("mean", "xyz")
        put("scale", [f"scale_{i}" for i in range(3)])
        put("color", [f"f_dc_{i}" for i in range(3)])
        put("rest", [f"f_rest_{i}" for i in range(rest)])
        errors["opacity"] = max(errors["opacity"], abs(sigmoid(a["opacity"]) - sigmoid(b["opacity"])))
        dot = abs(sum(a[f"rot_{i}"] * b[f"rot_{i}"] for i in range(4)))
        errors["rotation"] = max(errors["rotation"], math.sqrt(max(0, 1 - min(1, dot) ** 2)))
    return errors


def corpus():
    """(file name, bytes, expected splats, degree, tolerance of everything that the file does not hold exactly)"""
    fine, halves = 2e-3, 4e-3
    inria = ["x", "y", "z", "nx", "ny", "nz"]
    for degree in range(4):
        splats = [dict(s, nx=0, ny=0, nz=0) for s in scene(degree)]
        rest = [f"f_rest_{i}" for i in range(3 * ((degree + 1) ** 2 - 1))]
        tail = ["opacity"] + [f"scale_{i}" for i in range(3)] + [f"rot_{i}" for i in range(4)]
        names = inria + [f"f_dc_{i}" for i in range(3)] + rest + tail
        yield f"inria_{degree}.ply", ply(splats, names), splats, degree, fine
        for kind in ("ascii", "binary_big_endian"):
            yield f"{kind}_{degree}.ply", ply(splats, names, kind), splats, degree, fine
        shuffled = names[:]
        random.Random(degree).shuffle(shuffled)
        yield f"shuffled_{degree}.ply", ply(splats, shuffled), splats, degree, fine
        for kind in ("binary_little_endian", "binary_big_endian"):
            yield f"double_{kind}_{degree}.ply", ply(splats, names, kind, {"*": "double"}), splats, degree, fine
            yield f"half_{kind}_{degree}.ply", ply(splats, names, kind, {"*": "half"}), splats, degree, halves
    splats, names = scene(0), ["x", "y", "z"] + [f"f_dc_{i}" for i in range(3)] + tail
    two = [n for n in names if n != "scale_2"]
    flat = [dict(s, scale_2=min(s["scale_0"], s["scale_1"]) - math.log(1e4)) for s in splats]
    yield "2dgs.ply", ply(splats, two), flat, 0, fine
    colors = [dict(s, **{c: byte((0.5 + C0 * s[f"f_dc_{i}"]) * 255) for i, c in enumerate(("red", "green", "blue"))})
              for s in splats]
    stored = [dict(s, **{f"f_dc_{i}": (s[c] / 255 - 0.5) / C0 for i, c in enumerate(("red", "green", "blue"))})
              for s in colors]
    rgb = ["x", "y", "z", "red", "green", "blue"] + tail
    yield "rgb_uchar.ply", ply(colors, rgb, types={c: "uchar" for c in ("red", "green", "blue")}), stored, 0, fine
    unit = [dict(s, red=s["red"] / 255, green=s["green"] / 255, blue=s["blue"] / 255) for s in colors]
    yield "rgb_float.ply", ply(unit, rgb), stored, 0, fine
    more = scene(4)
    cut = [dict(s, **{f"f_rest_{c * 15 + k}": s[f"f_rest_{c * 24 + k}"] for c in range(3) for k in range(15)})
           for s in more]
    yield "degree_4.ply", ply(more, names + [f"f_rest_{i}" for i in range(72)]), cut, 3, fine
    sharp = "".join(f"element {n} {c}\nproperty {t} {n}\n" for n, c, t in
                    (("extrinsic", 16, "float"), ("intrinsic", 9, "float"), ("image_size", 2, "uint"),
                     ("frame", 2, "int"), ("disparity", 2, "float"), ("color_space", 1, "uchar"),
                     ("version", 3, "uchar")))
    yield "sharp.ply", ply(splats, names, after=sharp, after_bytes=bytes(16 * 4 + 9 * 4 + 8 + 8 + 8 + 4)), splats, 0, fine
    yield "face_before.ply", ply(splats, names, before="element face 1\nproperty list uchar int ids\n",
                                 before_bytes=b"\2" + bytes(8)), splats, 0, fine
    for degree in range(3):
        for level in range(3):
            yield f"level_{level}_{degree}.ksplat", ksplat(scene(degree), level, degree), scene(degree), degree, 0.02
    for degree in range(4):
        for version in (1, 2, 3):
            yield f"version_{version}_{degree}.spz", spz(scene(degree), version, degree), scene(degree), degree, 0.04


def main():
    failures = 0
    old_spz, coarse = ("version_1", "version_2"), 0.1  # 3 bytes a rotation: where w is small, it is 8 degrees off at worst
    with tempfile.TemporaryDirectory() as folder:
        for name, data, expected, degree, tolerance in corpus():
            source, target = Path(folder) / name, Path(folder) / "read.ply"
            source.write_bytes(data)
            run = subprocess.run([sys.argv[1], source, target, "--overwrite", "--no-check"], capture_output=True, text=True)
            problem = run.stderr.strip() if run.returncode != 0 else ""
            if not problem:
                try:
                    errors = worst(expected, read_ply(target), degree)
                    problem = ", ".join(f"{kind} off by {error:.4f}" for kind, error in errors.items()
                                        if error > (coarse if kind == "rotation" and name[:9] in old_spz else tolerance))
                except AssertionError as error:
                    problem = str(error)
            failures += bool(problem)
            print(f"{name}: {problem or 'right'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
