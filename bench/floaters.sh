#!/usr/bin/env bash
# Measures what the removal of floaters costs or gains: trainings without it, with it, and without it but cleaned
# afterwards by splat-export --clean, over the held-out views. Prints a table, and how much time the removal takes.
# usage: bench/floaters.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=1000, SEEDS="1 2", SCENES="demo fox desk fern" (all but the first need SPLAT_TEST_DATA, or
# ../shared/data), EVERY="8": every so many photos are held out
set -euo pipefail
preset="test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

programs="$build_dir/apps"
[ -x "$programs/splat-train" ] || die "no $programs/splat-train: run scripts/test.sh first"
out=${1:-$(mktemp -d)}
data=${SPLAT_TEST_DATA:-$root/../shared/data}

photos_of() {  # SCENE, the options of its training
  case $1 in
    demo) echo "--images $out/demo/photos --poses $out/demo/truth" ;;
    fox) echo "--images $data/fox/images --downscale 8" ;;
    desk) echo "--images $data/desk/input --downscale 4" ;;
    fern) echo "--images $data/fern/images_4 --downscale 4" ;;
    lego) echo "--images $data/lego --downscale 4 --background white" ;;
    *) die "unknown scene $1" 2 ;;
  esac
}

figure() {  # FILE KEY...
  "${PYTHON:-python3}" - "$@" <<'PY'
import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    value = value[key]
print(f"{value:.3f}" if isinstance(value, float) else value)
PY
}

train() {  # RUN SCENE EVERY SEED OPTIONS...
  local photos
  photos=$(photos_of "$2")
  # shellcheck disable=SC2086
  "$programs/splat-train" $photos --output "$out/$1" --overwrite --export ply --test-every "$3" --seed "$4" \
    --iterations "${STEPS:-1000}" "${@:5}" >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
}

row() {  # SCENE EVERY SEED WHAT PSNR SPLATS SECONDS
  printf '%-6s %5s %4s  %-9s %7s dB  %8s splats  %8s s\n' "$@"
}

[ -d "$out/demo" ] || "$programs/splat-capture" "$out/demo" --width 320 --height 240 --quiet >/dev/null
for scene in ${SCENES:-demo fox desk fern}; do
  for every in ${EVERY:-8}; do
    for seed in ${SEEDS:-1 2}; do
      for mode in off on; do
        run="${scene}_${every}_${seed}_$mode"
        train "$run" "$scene" "$every" "$seed" --remove-floaters "$mode"
        metrics="$out/$run/metrics.json"
        row "$scene" "$every" "$seed" "$mode" "$(figure "$metrics" test psnr)" "$(figure "$metrics" splats)" \
          "$(figure "$metrics" training_seconds)"
        if [ "$mode" = on ]; then grep -h '^Floaters: removed' "$out/log" | sed 's/^/  /'; fi
      done
      run="${scene}_${every}_${seed}_off"
      "$programs/splat-export" "$out/$run/scene.ply" "$out/$run/clean.ply" --overwrite --clean --no-check >"$out/log"
      "$programs/splat-eval" "$out/$run/clean.ply" --output "$out/$run/evaluation" --quiet >/dev/null
      row "$scene" "$every" "$seed" "cleaned" "$(figure "$out/$run/evaluation/evaluation.json" mean raw psnr)" \
        "$(sed -n 's/.*clean.ply: \([0-9,]*\) splats.*/\1/p' "$out/log")" -
      grep -h '^Floaters: left out' "$out/log" | sed 's/^/  /'
    done
  done
done
