#!/usr/bin/env bash
# Measures what the frame of the poses changes: a capture is trained on with its true poses in other units and around
# other origins, as COLMAP's text and as transforms.json, aligned and not. Prints a table of PSNR.
# usage: bench/frames.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=500, SIZE="192 144"
set -euo pipefail
SIZE=${SIZE:-192 144}
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
needs_module numpy

[ -d "$out/set" ] || "$programs/splat-capture" "$out/set" --width "$width" --height "$height" --quiet >/dev/null

# The true poses in another frame: a length of 1 becomes UNIT, then the shift is added. FORMAT: colmap or transforms.
make_poses() {  # FOLDER FORMAT UNIT X Y Z
  "$python" - "$out/set/truth" "$@" <<'PYTHON'
import json, struct, sys
from pathlib import Path
import numpy as np
truth, folder, kind, unit = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
shift = np.array([float(v) for v in sys.argv[5:8]])
folder.mkdir(parents=True, exist_ok=True)

def rows(name):
    return [line.split() for line in (truth / name).read_text().splitlines() if line and line[0] != "#"]

def rotation(w, x, y, z):
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                     [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                     [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])

cameras, images, points = rows("cameras.txt"), [], []
for row in rows("images.txt"):
    r, t = rotation(*map(float, row[1:5])), np.array([float(v) for v in row[5:8]])
    images.append((row, r, unit * (-r.T @ t) + shift))
for row in rows("points3D.txt"):
    points.append((row, unit * np.array([float(v) for v in row[1:4]]) + shift))
text = lambda numbers: " ".join(repr(float(v)) for v in numbers)
if kind == "colmap":
    (folder / "cameras.txt").write_text("".join(" ".join(row) + "\n" for row in cameras))
    (folder / "images.txt").write_text("".join(
        f"{' '.join(row[:5])} {text(-r @ place)} {' '.join(row[8:])}\n\n" for row, r, place in images))
    (folder / "points3D.txt").write_text("".join(
        f"{row[0]} {text(place)} {' '.join(row[4:])}\n" for row, place in points))
else:
    (width, height), (fx, fy, cx, cy) = map(int, cameras[0][2:4]), map(float, cameras[0][4:8])
    frames = []
    for row, r, place in images:
        pose = np.eye(4)  # world from camera, whose y points up and whose z back
        pose[:3, :3], pose[:3, 3] = r.T @ np.diag([1.0, -1.0, -1.0]), place
        frames.append({"file_path": row[9], "transform_matrix": pose.tolist()})
    (folder / "transforms.json").write_text(json.dumps({
        "w": width, "h": height, "fl_x": fx, "fl_y": fy, "cx": cx, "cy": cy, "ply_file_path": "points.ply",
        "frames": frames}))
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
    head += "".join(f"property {t} {n}\n" for t, n in [("double", n) for n in "xyz"] +
                    [("uchar", n) for n in ("red", "green", "blue")]) + "end_header\n"
    (folder / "points.ply").write_bytes(head.encode() + b"".join(
        struct.pack("<3d3B", *place, *map(int, row[4:7])) for row, place in points))
PYTHON
}

psnr() {  # POSES OPTIONS...
  "$programs/splat-train" --images "$out/set/photos" --poses "$1" --output "$out/run" --overwrite --export ply \
    --test-every 8 --iterations "${STEPS:-500}" "${@:2}" >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
  "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["test"]["psnr"])' "$out/run/metrics.json"
}

row() {  # FORMAT UNIT X Y Z
  local poses="$out/poses/$*" aligned as_given
  make_poses "$poses" "$@"
  aligned=$(psnr "$poses")
  as_given=$(psnr "$poses" --no-align)
  printf '%-11s unit %-5s shift %-16s  aligned %6.2f dB  --no-align %6.2f dB\n' "$1" "$2" "$3 $4 $5" "$aligned" \
    "$as_given"
}

row colmap 1 0 0 0
row colmap 1e-4 0 0 0
row colmap 1e4 0 0 0
row colmap 1 1e7 0 0
row colmap 1e-4 1e7 0 0
row colmap 1e4 1e7 0 0
row colmap 1 1e7 -1e7 1e7
row transforms 1 1e7 0 0
row transforms 1 1e7 -1e7 1e7
