#!/usr/bin/env bash
# The tests of all kernels, those for the GPU as well on the emulated GPU, with AddressSanitizer and
# UndefinedBehaviorSanitizer in build/asan. CI runs this after scripts/test.sh.
# usage: scripts/test_sanitized.sh [ctest options]      default: the folders rasterizer/kernels, train/kernels and cuda
set -euo pipefail
preset="asan"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

selection=("$@")
[ "${#selection[@]}" -gt 0 ] || selection=(-R "^(rasterizer/kernels|train/kernels|cuda)/")

"$root/scripts/setup.sh"
timed "Configuration" configure
# Only what is selected: none of these needs LibTorch.
mapfile -t targets < <(test_targets "$build_dir" "${selection[@]}")
[ "${#targets[@]}" -gt 0 ] || die "no test is called so: ${selection[*]}"
timed "Build" compile "${targets[@]}"
# Threads of kernels are fibers with stacks of their own, of which the sanitizer need not hear when an exception passes.
ASAN_OPTIONS=detect_stack_use_after_return=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  ctest --test-dir "$build_dir" --output-on-failure --no-tests=error -j "$(jobs)" "${selection[@]}"
