#!/usr/bin/env bash
# Measures what a training is worth by what it starts from: a flat ground seen from above, with its own points, with
# four near-copies of each, with random ones and with own and random ones, and a photo set with each of its points
# copied, with the first of its points and with none. Prints a table of PSNR and splats.
# usage: bench/starts.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=500, SET=fox of the test data (a COLMAP model in sparse/0, photos in images), DOWNSCALE=8,
# COPIES="1 2 4 20", PARTS="2 10 0": the first half, the first tenth, none
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
needs_module numpy
needs_module PIL
set_folder="${SET:-$(test_data_dir)/fox}"

row() {  # WHAT FOLDER OPTIONS...
  "$programs/splat-train" --images "$2/images" --output "$2/out" --overwrite --export ply --test-every 8 \
    --iterations "${STEPS:-500}" "${@:3}" >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
  "$python" - "$1" "$2/out" <<'PYTHON'
import json, sys
metrics = json.load(open(f"{sys.argv[2]}/metrics.json"))
print(f"{sys.argv[1]:<40} {metrics['test']['psnr']:6.2f} dB  {metrics['splats']} splats", flush=True)
PYTHON
}

# A plane z = 0 with a texture, 24 cameras 4 above it that look down and up to 25 degrees aside, and 3,000 points on it.
"$python" - "$out/ground" <<'PYTHON'
import sys
from pathlib import Path
import numpy as np
from PIL import Image
out, (w, h, f) = Path(sys.argv[1]), (192, 144, 160.0)
rng = np.random.default_rng(7)
waves = [(rng.normal(size=2) * 2.0 ** rng.uniform(0, 3.5), rng.uniform(0, 6.28), rng.normal(size=3)) for _ in range(40)]

def color(p):  # of places [..., 2]
    value = sum(c * np.sin(p @ k + phase)[..., None] / np.sqrt(1 + np.hypot(*k)) for k, phase, c in waves)
    return np.clip(128 + 45 * value, 0, 255)

for kind in ("own", "near", "random", "both"):
    (out / kind / "sparse/0").mkdir(parents=True, exist_ok=True)
    (out / kind / "images").mkdir(exist_ok=True)
images = []
for i in range(24):
    centre = np.array([(i % 6 - 2.5) * 0.7, (i // 6 - 1.5) * 0.7, 4.0])
    a, b = np.radians(rng.uniform(-25, 25, size=2))
    tilt = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    turn = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    r = tilt @ turn @ np.diag([1.0, -1.0, -1.0])  # camera_from_world
    total = np.zeros((h, w, 3))
    for u in (0.25, 0.75):
        for v in (0.25, 0.75):
            x, y = np.meshgrid(np.arange(w) + u - w / 2, np.arange(h) + v - h / 2)
            rays = np.stack([x / f, y / f, np.ones_like(x)], -1) @ r
            total += color(centre[:2] - rays[..., :2] * (centre[2] / rays[..., 2:]))
    for kind in ("own", "near", "random", "both"):
        Image.fromarray((total / 4 + 0.5).astype(np.uint8)).save(out / kind / f"images/{i:02}.png")
    q = np.empty(4)
    q[0] = 0.5 * np.sqrt(max(0, 1 + np.trace(r)))
    d = np.diag(r)
    k = int(np.argmax(d))
    l, m = (k + 1) % 3, (k + 2) % 3
    s = np.sqrt(1 + d[k] - d[l] - d[m])
    q[0], q[1 + k] = 0.5 * (r[m, l] - r[l, m]) / s, 0.5 * s
    q[1 + l], q[1 + m] = 0.5 * (r[l, k] + r[k, l]) / s, 0.5 * (r[m, k] + r[k, m]) / s
    images.append(f"{i + 1} {' '.join(map(repr, map(float, [*q, *(-r @ centre)])))} 1 {i:02}.png\n\n")
places = np.c_[rng.uniform(-5, 5, size=(3000, 2)), np.zeros(3000)]
others = rng.uniform([-5, -5, -4], [5, 5, 3.5], size=(3000, 3))

def lines(points, colors):
    return "".join(f"{j} {x!r} {y!r} {z!r} {int(c[0])} {int(c[1])} {int(c[2])} 0.5\n"
                   for j, ((x, y, z), c) in enumerate(zip(points.tolist(), colors), 1))

own, grey = (places, color(places[:, :2])), (others, np.full((3000, 3), 128))
near = np.repeat(places, 4, axis=0) + 0.006 * rng.normal(size=(12000, 3)), np.repeat(own[1], 4, axis=0)
both = tuple(np.r_[a, b] for a, b in zip(own, grey))
for kind, (points, colors) in {"own": own, "near": near, "both": both}.items():
    (out / kind / "sparse/0/points3D.txt").write_text(lines(points, colors))
for kind in ("own", "near", "random", "both"):
    (out / kind / "sparse/0/cameras.txt").write_text(f"1 PINHOLE {w} {h} {f} {f} {w / 2} {h / 2}\n")
    (out / kind / "sparse/0/images.txt").write_text("".join(images))
PYTHON
row "flat ground, its own points" "$out/ground/own"
row "flat ground, 4 near-copies of each" "$out/ground/near"
row "flat ground, random points" "$out/ground/random"
row "flat ground, both" "$out/ground/both"

# Makes a folder with the photos and the model of the set, but of its points only the first of PART parts (0: none), each
# COPIES times.
with_points() {  # FOLDER PART COPIES
  "$python" - "$set_folder" "$@" <<'PYTHON'
import shutil, struct, sys
from pathlib import Path
source, folder, part, copies = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), *map(int, sys.argv[3:])
(folder / "sparse/0").mkdir(parents=True, exist_ok=True)
if not (folder / "images").exists(): (folder / "images").symlink_to(source / "images")
for name in ("cameras.bin", "images.bin"): shutil.copy(source / "sparse/0" / name, folder / "sparse/0")
if part == 0: sys.exit()
raw = (source / "sparse/0/points3D.bin").read_bytes()
count, at, points = struct.unpack("<Q", raw[:8])[0], 8, []
for _ in range(count // part):
    end = at + 51 + 8 * struct.unpack("<Q", raw[at + 43:at + 51])[0]
    points.append(raw[at:end])
    at = end
# The photos name the first copies by their numbers.
rows = b"".join(points) + b"".join(struct.pack("<Q", 10**9 + i) + point[8:]
                                   for i, point in enumerate(points * (copies - 1)))
(folder / "sparse/0/points3D.bin").write_bytes(struct.pack("<Q", len(points) * copies) + rows)
PYTHON
}

name=$(basename "$set_folder")
for copies in ${COPIES-1 2 4 20}; do
  with_points "$out/copies_$copies" 1 "$copies"
  row "$name, $copies of each point" "$out/copies_$copies" --downscale "${DOWNSCALE:-8}"
done
for part in ${PARTS-2 10 0}; do
  what="the first of $part parts of the points"
  if [ "$part" = 0 ]; then what="random points"; fi
  with_points "$out/part_$part" "$part" 1
  row "$name, $what" "$out/part_$part" --downscale "${DOWNSCALE:-8}"
done
