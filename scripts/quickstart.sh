#!/usr/bin/env bash
# From nothing to a scene: installs what is missing, builds, trains, and says where the scene is. Where the driver sees
# an NVIDIA GPU, all that with CUDA.
# usage: scripts/quickstart.sh [PHOTOS] [splat-train options]
# environment: SPLAT_CUDA=OFF   do without the GPU
# PHOTOS is a folder of photos. Without it, photos of a scene that the project draws itself are made in out/demo.
set -euo pipefail
cuda=()
if [ "${SPLAT_CUDA:-}" != OFF ] && nvidia-smi -L >/dev/null 2>&1; then cuda=(--cuda); fi
preset="cpu-release"
if [ "${#cuda[@]}" -gt 0 ]; then preset="cuda-release"; fi
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac

photos=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  photos=$1
  shift
  [ -d "$photos" ] || die "$photos: no such folder"
fi

"$root/scripts/setup.sh" "${cuda[@]}"
"$root/scripts/build.sh" "${cuda[@]}"

options=()
if [ -z "$photos" ]; then
  photos=$root/out/demo/photos
  if [ ! -f "$root/out/demo/truth/capture.json" ]; then
    say "Making the demonstration photos in out/demo"
    timed "Demonstration photos" "$build_dir/apps/splat-capture" "$root/out/demo" --quiet
  fi
  # Poses come from COLMAP, as for anybody's photos; every 8th photo is held out, so that the quality is measured.
  options=(--poses sfm --test-every 8 --save-renders --output "$root/out/demo_splat" --overwrite)
fi
timed "Photos to scene" "$build_dir/apps/splat-train" --images "$photos" "${options[@]}" "$@"
