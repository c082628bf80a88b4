#!/usr/bin/env bash
# Measures what masks and borders are worth: captures with an object that moves, with black rows and with a letterbox
# are trained on and compared with the clean capture, over the same pixels of its held-out views. Prints a table.
# usage: bench/masks_and_borders.sh [OUT]      OUT: a folder to work in (default: a temporary one). Build before, with
# scripts/test.sh.
# environment: STEPS=1500, SIZE="256 192"
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"
needs_module PIL
# Whole blocks of JPEG (192 / 12 = 16): else the noise that JPEG puts into the photos along the edge is measured, too.
letterbox=$((height / 12))

capture() {  # NAME OPTIONS...
  "$programs/splat-capture" "$out/$1" --width "$width" --height "$height" --quiet "${@:2}" >/dev/null
}

# Of the sorted photos --test-every 8 holds out the first, the ninth and so on.
held_out() {
  [ $(((10#$1 - 1) % 8)) -eq 0 ]
}

# Makes a set of the photos of one capture, but for the held-out ones, which are the clean capture's, with the masks of
# a folder for those that are trained on ("": none) and of another for those that are held out.
make_set() {  # NAME CAPTURE TRAINING_MASKS TEST_MASKS
  mkdir -p "$out/$1/images" "$out/$1/masks"
  for photo in "$out/$2"/photos/*.jpg; do
    stem=$(basename "$photo" .jpg)
    if held_out "${stem#photo_}"; then
      cp "$out/clean/photos/$stem.jpg" "$out/$1/images"
      if [ -n "$4" ]; then cp "$out/$4/$stem.png" "$out/$1/masks"; fi
    else
      cp "$photo" "$out/$1/images"
      if [ -n "$3" ]; then cp "$out/$3/$stem.png" "$out/$1/masks"; fi
    fi
  done
}

train() {  # PHOTOS POSES_OF OPTIONS...
  "$programs/splat-train" --images "$1" --poses "$out/$2/truth" --output "$out/run" --overwrite --export ply \
    --test-every 8 --iterations "${STEPS:-1500}" "${@:3}" >"$out/log" 2>&1 || die "$(tail -3 "$out/log")"
}

row() {  # WHAT PHOTOS POSES_OF OPTIONS...
  train "${@:2}"
  "$python" - "$1" "$out/run/metrics.json" <<'EOF'
import json, sys
metrics = json.load(open(sys.argv[2]))
print(f"{sys.argv[1]:<66} {metrics['test']['psnr']:6.2f} dB  {metrics['splats']:7d} splats", flush=True)
EOF
}

# Masks for all photos that keep the rows between, as large as the photos.
make_row_masks() {  # FOLDER TOP BOTTOM
  mkdir -p "$out/$1"
  "$python" - "$out/$1" "$width" "$height" "$2" "$3" <<'EOF'
import sys
from PIL import Image
folder, width, height, top, bottom = sys.argv[1], *map(int, sys.argv[2:])
mask = Image.new("L", (width, height), 255)
mask.paste(0, (0, 0, width, top))
mask.paste(0, (0, height - bottom, width, height))
for i in range(1, 49):
    mask.save(f"{folder}/photo_{i:04d}.png")
EOF
}

capture clean
capture moving --moving-object
capture black --border 3
capture boxed --letterbox "$letterbox"

say "An object that moves, over the region that it passed:"
make_set region_clean clean "" moving/truth/passed
make_set region_moving moving "" moving/truth/passed
make_set region_masked moving moving/masks moving/truth/passed
row "without the object" "$out/region_clean/images" clean
row "with the object" "$out/region_moving/images" moving
row "with the object and its masks" "$out/region_masked/images" moving
STEPS=5 train "$out/moving/photos" moving --invert-masks
grep -o "the masks look inverted.*" "$out/log" || say "no warning of inverted masks"

say "Borders, over the rows that are not black:"
make_row_masks rows_black 6 0
make_row_masks rows_boxed $((letterbox + 3)) $((letterbox + 3))
make_set clean_black clean "" rows_black
make_set clean_boxed clean "" rows_boxed
make_set clean_between clean rows_boxed rows_boxed
row "clean, below 6 rows" "$out/clean_black/images" clean
row "3 black rows" "$out/black/photos" black
row "3 black rows, --borders off (all rows count)" "$out/black/photos" black --borders off
row "clean, between $((letterbox + 3)) rows at the top and at the bottom" "$out/clean_boxed/images" clean
row "the same, trained on these rows alone" "$out/clean_between/images" clean
row "letterbox of $letterbox rows" "$out/boxed/photos" boxed
grep -ho "Borders: .*" "$out/log" || say "no border was found"
row "letterbox of $letterbox rows, --borders off (all rows count)" "$out/boxed/photos" boxed --borders off
