#!/usr/bin/env bash
# Measures what --refine-poses is worth: a capture is trained on with its true poses and with poses that are off, with
# and without refinement. Prints a table: the held-out views at the poses that came with them and after their own poses
# were fitted, and how far the training cameras are from the true ones after a similarity transformation onto these.
# usage: bench/poses.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=2000, SIZE="256 192", DEGREES=0.3, SHARE=0.005 (of the distance from the table), SEED=42,
# OPTIONS="" (further options of splat-train)
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
needs_module numpy

[ -d "$out/set" ] || "$programs/splat-capture" "$out/set" --width "$width" --height "$height" --quiet \
  --poses-off "${DEGREES:-0.3}" --positions-off "${SHARE:-0.005}" >/dev/null

train() {  # NAME POSES OPTIONS...
  # shellcheck disable=SC2086  # options are words
  "$programs/splat-train" --images "$out/set/photos" --poses "$out/set/$2" --output "$out/$1" --overwrite --export ply \
    --test-every 8 --iterations "${STEPS:-2000}" --seed "${SEED:-42}" --refine-poses on "${@:3}" ${OPTIONS:-} \
    >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
}

row() {  # WHAT NAME
  "$python" - "$1" "$out/$2" "$out/truth_fixed" <<'PYTHON'
import json, sys
import numpy as np

def cameras(folder):
    training = [c for c in json.load(open(f"{folder}/cameras.json")) if c["split"] == "train"]
    return {c["img_name"]: (np.array(c["position"]), np.array(c["rotation"])) for c in training}

# The similarity that takes the cameras' places onto the true ones with the least squares (Umeyama 1991).
def similarity(places, truth):
    a, b = places - places.mean(0), truth - truth.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    d = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    return np.trace(np.diag(s) @ d) / (a ** 2).sum(), u @ d @ vt

what, folder, reference = sys.argv[1:]
found, truth = cameras(folder), cameras(reference)
names = sorted(truth)
places, true_places = (np.array([c[n][0] for n in names]) for c in (found, truth))
scale, turn = similarity(places, true_places)
moved = scale * (places - places.mean(0)) @ turn.T + true_places.mean(0)
DISTANCE = 4  # of the cameras from what they look at, in the frame of scenes
share = np.linalg.norm(moved - true_places, axis=1).mean() / DISTANCE
cosines = [(np.trace(truth[n][1].T @ turn @ found[n][1]) - 1) / 2 for n in names]
degrees = np.degrees(np.arccos(np.clip(cosines, -1, 1))).mean()
test = json.load(open(f"{folder}/metrics.json"))["test"]
print(f"{what:<34} {test['psnr']:6.2f} dB  {test['fitted_poses']['psnr']:6.2f} dB fitted  "
      f"{degrees:.3f} degrees  {100 * share:.3f} %", flush=True)
PYTHON
}

# Where poses never move, the held-out views' own poses are fitted all the same.
fixed=(--set poses.until=0)
train truth_fixed truth "${fixed[@]}"
row "true poses, not refined" truth_fixed
train truth_refined truth
row "true poses, refined" truth_refined
train off_fixed poses_off "${fixed[@]}"
row "poses that are off, not refined" off_fixed
train off_refined poses_off
row "poses that are off, refined" off_refined
