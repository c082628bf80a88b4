#!/usr/bin/env bash
# Measures what --refine-focal is worth: a capture is trained on with its true focal length and with one that is off by
# so many percent either way, with and without refinement; poses are the true ones and stay. Prints a table: the
# held-out views' PSNR, and how far the focal length is from the true one in the end.
# usage: bench/focal.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=1000, SIZE="192 144", PERCENT=2, SEED=42, OPTIONS="" (further options of splat-train)
set -euo pipefail
SIZE=${SIZE:-192 144}
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"

percent=${PERCENT:-2}
[ -d "$out/set" ] || "$programs/splat-capture" "$out/set" --width "$width" --height "$height" --quiet >/dev/null

poses() {  # NAME FACTOR: the true cameras with another focal length
  mkdir -p "$out/set/$1"
  cp "$out/set/truth/images.txt" "$out/set/truth/points3D.txt" "$out/set/$1/"
  awk -v factor="$2" '!/^#/ { if ($2 != "PINHOLE") exit 1; $5 *= factor; $6 *= factor } { print }' \
    OFMT=%.17g CONVFMT=%.17g "$out/set/truth/cameras.txt" >"$out/set/$1/cameras.txt" || die "not a pinhole camera"
}

row() {  # WHAT POSES FACTOR REFINED
  local run="$out/$2_$4"
  # shellcheck disable=SC2086  # options are words
  "$programs/splat-train" --images "$out/set/photos" --poses "$out/set/$2" --output "$run" --overwrite --export ply \
    --test-every 8 --iterations "${STEPS:-1000}" --seed "${SEED:-42}" --refine-poses off --refine-focal "$4" \
    ${OPTIONS:-} >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
  "$python" - "$1, --refine-focal $4" "$run/metrics.json" "$3" <<'PYTHON'
import json, sys

what, path, factor = sys.argv[1:]
metrics = json.load(open(path))
found = float(factor) * (metrics["train"]["focal_factors"] or [1])[0]
print(f"{what:<44} {metrics['test']['psnr']:6.2f} dB  {100 * (found - 1):+.2f} %", flush=True)
PYTHON
}

for share in 0 "$percent" "-$percent"; do
  factor=$("$python" -c "print(1 + $share / 100)")
  poses "off_$share" "$factor"
  for refined in off on; do row "focal length off by $share %" "off_$share" "$factor" "$refined"; done
done
