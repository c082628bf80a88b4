"""A second reader of scene files, for the corpus of tests/CMakeLists.txt: it writes a file of each dialect of splat
PLY, of compressed PLY, .ksplat, SPZ 1 to 4, SOG 1 and 2 (folders and archives) and glTF from numbers of its own
(scene_writers.py), has splat-export read it and write scene.ply, and compares that with the numbers.
usage: second_reader.py SPLAT_EXPORT"""
import math
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from scene_writers import C0, byte, compressed_ply, glb, ksplat, ply, scene, sigmoid, sog, spz, zipped


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


# A corpus yields (file name, bytes, expected splats, degree, tolerance of everything that the file does not hold
# exactly). A folder has the bytes of each of its files by name.
FINE, HALVES = 2e-3, 4e-3
TAIL = ["opacity"] + [f"scale_{i}" for i in range(3)] + [f"rot_{i}" for i in range(4)]
COLORS = ("red", "green", "blue")


def plys_of_inria():
    fine, halves = FINE, HALVES
    inria = ["x", "y", "z", "nx", "ny", "nz"]
    for degree in range(4):
        splats = [dict(s, nx=0, ny=0, nz=0) for s in scene(degree)]
        rest = [f"f_rest_{i}" for i in range(3 * ((degree + 1) ** 2 - 1))]
        names = inria + [f"f_dc_{i}" for i in range(3)] + rest + TAIL
        yield f"inria_{degree}.ply", ply(splats, names), splats, degree, fine
        for kind in ("ascii", "binary_big_endian"):
            yield f"{kind}_{degree}.ply", ply(splats, names, kind), splats, degree, fine
        shuffled = names[:]
        random.Random(degree).shuffle(shuffled)
        yield f"shuffled_{degree}.ply", ply(splats, shuffled), splats, degree, fine
        for kind in ("binary_little_endian", "binary_big_endian"):
            yield f"double_{kind}_{degree}.ply", ply(splats, names, kind, {"*": "double"}), splats, degree, fine
            yield f"half_{kind}_{degree}.ply", ply(splats, names, kind, {"*": "half"}), splats, degree, halves


def plys_of_others():
    fine = FINE
    splats, names = scene(0), ["x", "y", "z"] + [f"f_dc_{i}" for i in range(3)] + TAIL
    two = [n for n in names if n != "scale_2"]
    flat = [dict(s, scale_2=min(s["scale_0"], s["scale_1"]) - math.log(1e4)) for s in splats]
    yield "2dgs.ply", ply(splats, two), flat, 0, fine
    colors = [dict(s, **{c: byte((0.5 + C0 * s[f"f_dc_{i}"]) * 255) for i, c in enumerate(COLORS)})
              for s in splats]
    stored = [dict(s, **{f"f_dc_{i}": (s[c] / 255 - 0.5) / C0 for i, c in enumerate(COLORS)})
              for s in colors]
    rgb = ["x", "y", "z", *COLORS] + TAIL
    yield "rgb_uchar.ply", ply(colors, rgb, types={c: "uchar" for c in COLORS}), stored, 0, fine
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
    behind = bytes(16 * 4 + 9 * 4 + 8 + 8 + 8 + 4)
    yield "sharp.ply", ply(splats, names, after=sharp, after_bytes=behind), splats, 0, fine
    yield "face_before.ply", ply(splats, names, before="element face 1\nproperty list uchar int ids\n",
                                 before_bytes=b"\2" + bytes(8)), splats, 0, fine


def files_of_other_formats():
    for degree in range(3):
        for compression in range(3):
            data = ksplat(scene(degree), compression, degree)
            yield f"level_{compression}_{degree}.ksplat", data, scene(degree), degree, 0.02
    for degree in range(4):
        for version in (1, 2, 3, 4):
            yield f"version_{version}_{degree}.spz", spz(scene(degree), version, degree), scene(degree), degree, 0.04
    for degree in range(4):
        splats = scene(degree)
        yield f"chunks_{degree}.compressed.ply", compressed_ply(splats, degree), splats, degree, 0.02
        yield f"{degree}.glb", glb(splats, degree), splats, degree, FINE
        for version in (1, 2):
            files = sog(splats, version, degree)
            yield f"version_{version}_{degree}.sog", zipped(files), splats, degree, 0.02
            yield f"folder_in_zip_{version}_{degree}.zip", zipped(files, "scene/"), splats, degree, 0.02
            yield f"folder_{version}_{degree}", files, splats, degree, 0.02


def corpus():
    yield from plys_of_inria()
    yield from plys_of_others()
    yield from files_of_other_formats()


def main():
    failures = 0
    coarse = 0.1  # of 3 bytes a rotation: where w is small, it is 8 degrees off at worst
    with tempfile.TemporaryDirectory() as folder:
        for name, data, expected, degree, tolerance in corpus():
            source, target = Path(folder) / name, Path(folder) / "read.ply"
            if isinstance(data, dict):
                source.mkdir()
                for file, content in data.items():
                    (source / file).write_bytes(content)
            else:
                source.write_bytes(data)
            of_rotation = coarse if name.endswith(".spz") and name.startswith(("version_1", "version_2")) else tolerance
            run = subprocess.run([sys.argv[1], source, target, "--overwrite", "--no-check"], capture_output=True,
                                 text=True)
            problem = run.stderr.strip() if run.returncode != 0 else ""
            if not problem:
                try:
                    errors = worst(expected, read_ply(target), degree)
                    problem = ", ".join(f"{kind} off by {error:.4f}" for kind, error in errors.items()
                                        if error > (of_rotation if kind == "rotation" else tolerance))
                except AssertionError as error:
                    problem = str(error)
            failures += bool(problem)
            print(f"{name}: {problem or 'right'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
