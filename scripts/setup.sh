#!/usr/bin/env bash
# Installs what is missing to build, test and run on Debian 12/13 and Ubuntu 24.04. Does nothing, and needs neither root
# nor network, when all is there.
# usage: scripts/setup.sh [--with-lint] [--with-python] [--with-viewers] [--cuda]
#   --with-lint         also what scripts/check.sh needs (clang-format, clang-tidy, shellcheck)
#   --with-python       also the Python of the distribution's LibTorch, where it has one, for the test of torch.ops, and
#                       Pillow, which writes and reads the image files of a test
#   --with-viewers      also Chromium and viewers of others, for the tests labelled viewers
#                       (scripts/fetch_test_viewers.sh)
#   --cuda              also a LibTorch with CUDA, and nvcc where the machine has none that goes with it
#                       (scripts/fetch_cuda.sh)
# environment: SPLAT_TORCH_DIR=DIR   a LibTorch of your own (the folder that holds share/cmake/Torch); none is installed
#                                    then
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

packages=(
  g++ cmake ninja-build ccache pkgconf git curl ca-certificates   # to build
  colmap                                                      # camera poses, run as a program
  libopencv-dev libjpeg-dev libpng-dev libtiff-dev libexif-dev libutf8proc-dev libpugixml-dev nlohmann-json3-dev
  libsqlite3-dev libnanoflann-dev libcli11-dev libhwy-dev
  zlib1g-dev libzstd-dev libminizip-dev libwebp-dev           # scene files
  libgtest-dev libgmock-dev libbenchmark-dev                  # tests and benchmarks
  libboost-context-dev                                        # tests: CUDA kernels executed without a GPU
)
lint_packages=(clang-format clang-tidy shellcheck)
optional=()         # installed where the distribution has them
viewer_packages=()  # the same; tests do without them
with_cuda=no
with_viewers=no

for option in "$@"; do
  case $option in
    --with-lint) packages+=("${lint_packages[@]}") ;;
    --with-python) optional+=(python3-torch python3-numpy python3-pil) ;;
    --with-viewers) with_viewers=yes ;;
    --cuda) with_cuda=yes ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) die "unknown option $option (--help lists them)" 2 ;;
  esac
done

if [ "$with_cuda" = yes ]; then
  if [ -z "$(cuda_torch_dir)" ]; then packages+=(python3 python3-venv); fi
fi

# Chromium and npm from elsewhere serve as well; Debian's npm would not go beside another node.
if [ "$with_viewers" = yes ]; then
  [ -n "$(test_chromium)" ] || viewer_packages+=(chromium)
  command -v npm >/dev/null || viewer_packages+=(npm)
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known_to_apt() { apt-cache policy "$1" 2>/dev/null | grep '^  Candidate: [^(]' >/dev/null; }

missing=()
collect_missing() {
  local package
  missing=()
  for package in "$@"; do installed "$package" || missing+=("$package"); done
}

# How to become root: nothing for root, sudo where it works without a terminal or can ask for its password.
become_root() {
  if [ "$(id -u)" = 0 ]; then
    echo env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    echo sudo
  fi
}

# Says what is missing and how large it is, and installs it.
install_missing() {
  local as_root
  as_root=$(become_root)
  if [ -z "$as_root" ]; then
    die "needs packages that only an administrator can install. Ask for this one command:
  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'"
  fi
  say "Missing: ${missing[*]}"
  apt-get install --assume-no --no-install-recommends "${missing[@]}" 2>/dev/null |
    grep -E '^(Need to get|After this operation|[0-9]+ upgraded)' || true
  "$as_root" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; die "installing failed; the whole log is $log"; }
}

update_lists() {
  local as_root
  as_root=$(become_root)
  [ -n "$as_root" ] || return 0
  say "Updating the list of packages"
  "$as_root" apt-get update -qq >"$log" 2>&1 || { tail -n 5 "$log" >&2; say "apt-get update failed; trying with the old list"; }
}

# What no package of the distribution brings, at the end.
fetch_libraries() {
  rm -f "$log"
  "$root/scripts/fetch_viewer.sh" || say "Going on without the viewer: what is built now will write no scene.html"
  if [ "$wants_torch" = yes ]; then "$root/scripts/fetch_torch.sh"; fi
  if [ "$with_viewers" = yes ]; then "$root/scripts/fetch_test_viewers.sh"; fi
  if [ "$with_cuda" = yes ]; then "$root/scripts/fetch_cuda.sh"; fi
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  die "this is no Debian or Ubuntu (no apt-get). Install with your own package manager what corresponds to: ${packages[*]} libtorch-dev"
fi

log=$(mktemp)
wanted_optional=() wanted_viewers=()
worth_trying() { ! installed "$1" && { known_to_apt "$1" || ! known_to_apt g++; }; }
for package in "${optional[@]}"; do
  if worth_trying "$package"; then wanted_optional+=("$package"); fi
done
for package in "${viewer_packages[@]}"; do
  if worth_trying "$package"; then wanted_viewers+=("$package"); fi
done
collect_missing "${packages[@]}"
wants_torch=no
if [ -z "$(torch_dir)" ] && ! installed libtorch-dev; then wants_torch=yes; fi
if [ "${#missing[@]}${#wanted_optional[@]}${#wanted_viewers[@]}" = 000 ] && [ "$wants_torch" = no ]; then
  fetch_libraries
  exit 0
fi

update_lists
if [ "$wants_torch" = yes ] && { known_to_apt libtorch-dev || ! known_to_apt g++; }; then  # or nothing is known yet
  missing+=(libtorch-dev)
  wants_torch=no
fi
if [ "$wants_torch" = yes ]; then  # only a wheel is left
  collect_missing "${packages[@]}" python3 python3-venv
fi
for package in "${wanted_optional[@]}"; do
  if known_to_apt "$package" && [ "$wants_torch" = no ]; then missing+=("$package"); fi
done
[ "${#missing[@]}" = 0 ] || timed "Installation" install_missing
missing=()
for package in "${wanted_viewers[@]}"; do
  if known_to_apt "$package"; then missing+=("$package"); fi
done
if [ "${#missing[@]}" != 0 ]; then
  (timed "Installation" install_missing) || say "Without ${missing[*]} the tests of viewers will be skipped"
fi
fetch_libraries
