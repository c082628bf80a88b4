#!/usr/bin/env bash
# Fetches LibTorch with CUDA 13.0 from Python wheels into the cache folder, and nvcc with it where the machine has none
# of CUDA 13. Called by setup.sh --cuda. No GPU is needed to build; to run on one, its driver.
# usage: scripts/fetch_cuda.sh
# environment: SPLAT_TORCH_DIR=DIR   a LibTorch with CUDA of your own; nothing is fetched then, and the machine must
#                                    have an nvcc
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# The versions that were tried together. One call of pip for all: a second one could replace what the first one brought.
version=2.11.0
wheels=("torch==$version")
toolkit_wheels=(nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-cccl==13.0.85)

# The machine's nvcc, as CMake looks for it (cmake/DetectCuda.cmake).
machine_nvcc() {
  if [ -n "${CUDACXX:-}" ]; then
    echo "$CUDACXX"
  else
    PATH=${CUDAToolkit_ROOT:+$CUDAToolkit_ROOT/bin:}$PATH:${CUDA_PATH:+$CUDA_PATH/bin:}/usr/local/cuda/bin command -v nvcc || true
  fi
}
site_of() { find "$1/lib" -maxdepth 2 -type d -name site-packages -print -quit; }

# The wheels hold libX.so.13 without the libX.so that linkers ask for, and no lib64.
complete_toolkit() {
  local library link
  for library in "$1"/lib/lib*.so.*; do
    link=${library%%.so.*}.so
    [ -e "$link" ] || ln -s "$(basename "$library")" "$link"
  done
  ln -sfn lib "$1/lib64"
  mkdir -p "$1/lib/stubs"
}

nvcc=$(machine_nvcc)
if [ -n "${SPLAT_TORCH_DIR:-}" ]; then
  [ -f "$SPLAT_TORCH_DIR/lib/libtorch_cuda.so" ] ||
    die "SPLAT_TORCH_DIR=$SPLAT_TORCH_DIR was built without CUDA (no lib/libtorch_cuda.so); without the variable one is fetched"
  [ -n "$nvcc$(cuda_toolkit_dir)" ] || die "there is no nvcc for the LibTorch of SPLAT_TORCH_DIR: install the CUDA toolkit that it was built with"
  exit 0
fi
[ "$(uname -m)" = x86_64 ] ||
  die "LibTorch with CUDA is fetched for x86-64 only; set SPLAT_TORCH_DIR to one of your own (the folder that holds share/cmake/Torch)"

folder=$cache_dir/cuda-torch-$version
size="2.8 GB to download, 4.1 GB kept"
what="LibTorch $version with CUDA"
if [ -z "$nvcc" ] || ! "$nvcc" --version | grep -q 'release 13\.'; then
  folder+=-nvcc
  wheels+=("${toolkit_wheels[@]}")
  what+=" and nvcc"
  nvcc=
fi
if [ ! -f "$folder/complete" ]; then
  say "Fetching $what from PyPI (about $size) into $folder"
  say "SPLAT_TORCH_DIR takes a LibTorch with CUDA that you have already"
  rm -rf "$folder"
  python3 -m venv "$folder"
  timed "Download" "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-cache-dir "${wheels[@]}" ||
    die "LibTorch with CUDA could not be fetched; set SPLAT_TORCH_DIR to one of your own (the folder that holds share/cmake/Torch)"
  site=$(site_of "$folder")
  rm -f "$site/torch/lib/libgomp.so.1"  # the compiler's own is used: one OpenMP in the program
  rm -rf "$site/triton"                 # large, and only for Python
  if [ -z "$nvcc" ]; then complete_toolkit "$site/nvidia/cu13"; fi
  touch "$folder/complete"
fi
site=$(site_of "$folder")
rm -f "$cache_dir/cuda_toolkit_dir"
if [ -z "$nvcc" ]; then printf '%s\n' "$site/nvidia/cu13" >"$cache_dir/cuda_toolkit_dir"; fi
printf '%s\n' "$site/torch" >"$cache_dir/cuda_torch_dir"
