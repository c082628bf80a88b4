#!/usr/bin/env bash
# Measures what the removal of floaters costs or gains: trainings without it, with it, and without it but cleaned
# afterwards by splat-export --clean, over the held-out views and, for the demonstration, over views off the path of its
# photos. Prints a table.
# usage: bench/floaters.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=1000, SEEDS="1 2", SCENES="demo fox desk fern" (all but the first need SPLAT_TEST_DATA, or
# ../shared/data), EVERY="8": every so many photos are held out
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
data=$(test_data_dir)

photos_of() {  # SCENE, the options of its training
  case $1 in
    demo) echo "--images $out/demo/photos --poses $out/demo/truth --downscale 2" ;;
    fox) echo "--images $data/fox/images --downscale 8" ;;
    desk) echo "--images $data/desk/input --downscale 4" ;;
    fern) echo "--images $data/fern/images_4 --downscale 4" ;;
    lego) echo "--images $data/lego --downscale 4 --background white" ;;
    *) die "unknown scene $1" 2 ;;
  esac
}

figure() {  # FILE KEY...
  "$python" - "$@" <<'PY'
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

evaluated() {  # SCENE_FILE OPTIONS...: its PSNR
  "$programs/splat-eval" "$1" --output "$out/evaluation" --worst 0 --quiet "${@:2}" >/dev/null 2>&1
  figure "$out/evaluation/evaluation.json" mean raw psnr
}

row() {  # SCENE EVERY SEED WHAT PSNR SPLATS SECONDS FILE
  local off_path="-"
  if [ "$1" = demo ]; then
    off_path=$(evaluated "$8" --photos "$out/off_path/photos" --cameras "$out/off_path/truth" --split all --downscale 2)
  fi
  printf '%-6s %5s %4s  %-8s %7s dB  off the path %7s dB  %8s splats  %8s s\n' "${@:1:5}" "$off_path" "${@:6:2}"
}

capture() {  # NAME OPTIONS...
  [ -d "$out/$1" ] || "$programs/splat-capture" "$out/$1" --width 320 --height 240 --quiet "${@:2}" >/dev/null
}

# Photos of the same scene from where no photo of the training was taken: nearer and lower.
capture demo
capture off_path --photos 8 --radius 1.3 --orbit-height 1.0 --height-variation 0.1
for scene in ${SCENES:-demo fox desk fern}; do
  for every in ${EVERY:-8}; do
    for seed in ${SEEDS:-1 2}; do
      for mode in off on; do
        run="${scene}_${every}_${seed}_$mode"
        train "$run" "$scene" "$every" "$seed" --remove-floaters "$mode"
        metrics="$out/$run/metrics.json"
        row "$scene" "$every" "$seed" "$mode" "$(figure "$metrics" test psnr)" "$(figure "$metrics" splats)" \
          "$(figure "$metrics" training_seconds)" "$out/$run/scene.ply"
        if [ "$mode" = on ]; then grep -ah '^Floaters: removed' "$out/log" | sed 's/^/  /'; fi
      done
      clean="$out/${scene}_${every}_${seed}_off/clean.ply"
      "$programs/splat-export" "${clean%clean.ply}scene.ply" "$clean" --overwrite --clean --no-check >"$out/log"
      row "$scene" "$every" "$seed" "cleaned" "$(evaluated "$clean")" \
        "$(sed -n 's/.*clean.ply: \([0-9,]*\) splats.*/\1/p' "$out/log")" - "$clean"
      grep -ah '^Floaters: left out' "$out/log" | sed 's/^/  /'
    done
  done
done
