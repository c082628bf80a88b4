#!/usr/bin/env bash
# Measures what --refine-distortion is worth: the photos of captures whose lens has no radial distortion, and one either
# way, are trained on as if there were none, with and without refinement; poses and the focal length are the true ones
# and stay. Prints a table: the held-out views' PSNR with the lens that the run ends with; the same with the true lens
# for all, which compares the same pixels; and what of k1 is missing in the end.
# usage: bench/distortion.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=1000, SIZE="192 144", K1=0.03, SEED=42, OPTIONS="" (further options of splat-train)
set -euo pipefail
SIZE=${SIZE:-192 144}
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"

k1=${K1:-0.03}

capture() {  # K1: photos of a lens that has it, beside cameras of one without
  local set="$out/set_$1"
  [ -d "$set" ] || "$programs/splat-capture" "$set" --width "$width" --height "$height" --k1 "$1" --quiet >/dev/null
  mkdir -p "$set/straight"
  cp "$set/truth/images.txt" "$set/truth/points3D.txt" "$set/straight/"
  awk '/^#/ { print; next } $2 != "PINHOLE" && $2 != "OPENCV" { exit 1 }
       { print $1, "PINHOLE", $3, $4, $5, $6, $7, $8 }' "$set/truth/cameras.txt" >"$set/straight/cameras.txt" ||
    die "not an OPENCV camera"
}

row() {  # K1 REFINED
  local run="$out/run_$1_$2"
  # shellcheck disable=SC2086  # options are words
  "$programs/splat-train" --images "$out/set_$1/photos" --poses "$out/set_$1/straight" --output "$run" --overwrite \
    --export ply --test-every 8 --iterations "${STEPS:-1000}" --seed "${SEED:-42}" --refine-poses off \
    --refine-distortion "$2" ${OPTIONS:-} >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
  rm -rf "$run/true_lens"
  "$programs/splat-eval" "$run/scene.ply" --photos "$out/set_$1/photos" --cameras "$out/set_$1/truth" --test-every 8 \
    --output "$run/true_lens" >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
  "$python" - "k1 = $1, --refine-distortion $2" "$run" "$1" <<'PYTHON'
import json, sys

what, run, k1 = sys.argv[1:]
metrics, true_lens = (json.load(open(f"{run}/{name}.json")) for name in ("metrics", "true_lens/evaluation"))
found = (metrics["train"]["distortion_changes"] or [0])[0]
print(f"{what:<40} {metrics['test']['psnr']:6.2f} dB  {true_lens['mean']['raw']['psnr']:6.2f} dB  {float(k1) - found:+.4f}",
      flush=True)
PYTHON
}

for lens in 0 "$k1" "-$k1"; do
  capture "$lens"
  for refined in off on; do row "$lens" "$refined"; done
done
