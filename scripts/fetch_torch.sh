#!/usr/bin/env bash
# Fetches LibTorch from a Python wheel into the cache folder, for distributions without libtorch-dev. Called by
# setup.sh. PyPI's wheel for x86-64 has CUDA code in it; only its CPU part is kept and used
# (cmake/TorchLibraries.cmake). Two small NVIDIA libraries come along because the CPU part names them, though it calls
# them on a GPU only.
# usage: scripts/fetch_torch.sh      environment: SPLAT_TORCH_VERSION (2.11.0)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

version=${SPLAT_TORCH_VERSION:-2.11.0}
folder=$cache_dir/torch-$version
wheels=("torch==$version")
if [ "$(uname -m)" = x86_64 ]; then wheels+=("nvidia-cuda-runtime==13.*" "nvidia-cuda-cupti==13.*"); fi

site_of() { find "$1/lib" -maxdepth 2 -type d -name site-packages -print -quit; }

if [ ! -f "$folder/complete" ]; then
  say "This distribution has no libtorch-dev: fetching LibTorch $version from PyPI (about 550 MB to download, 600 MB kept)"
  say "into $folder; SPLAT_TORCH_DIR takes one that you have already"
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps "${wheels[@]}" ||
    die "LibTorch could not be fetched; set SPLAT_TORCH_DIR to one of your own (the folder that holds share/cmake/Torch)"
  site=$(site_of "$folder")
  # Only what the CPU part needs stays.
  rm -f "$site"/torch/lib/libtorch_cuda*.so "$site"/torch/lib/libtorch_nvshmem.so "$site"/torch/lib/libtorch_python.so
  rm -f "$site"/torch/lib/libgomp.so.1  # the compiler's own is used: one OpenMP in the program
  rm -rf "$site/torch/bin" "$site"/nvidia/*/include "$site"/nvidia/*/lib/libnvperf*
  touch "$folder/complete"
fi
printf '%s\n' "$(site_of "$folder")/torch" >"$cache_dir/torch_dir"
