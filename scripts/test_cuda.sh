#!/usr/bin/env bash
# Installs what is missing, builds the programs and the tests that ask for a GPU with CUDA and with warnings as errors in
# build/cuda-test, and runs those tests. No GPU is needed: without one they say that they are skipped. Ends with what
# each kernel takes of a GPU (scripts/ptxas_report.sh). CI runs this after scripts/test.sh, for one architecture.
# usage: scripts/test_cuda.sh [-DNAME=VALUE ...] [ctest options]
#   -DCMAKE_CUDA_ARCHITECTURES=90   for example: one kind of GPU takes less time than the default, the machine's own or
#                                   all
#   -L unit                         other tests than those with the label cuda
set -euo pipefail
preset="cuda-test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

options=() selection=()
for argument in "$@"; do
  case $argument in
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -D*) options+=("$argument") ;;
    *) selection+=("$argument") ;;
  esac
done
[ "${#selection[@]}" -gt 0 ] || selection=(-L cuda)

"$root/scripts/setup.sh" --cuda
timed "Configuration" configure "${options[@]}"
mapfile -t targets < <(test_targets "$build_dir" "${selection[@]}")
[ "${#targets[@]}" -gt 0 ] || die "no test is called so: ${selection[*]}"
timed "Build" compile apps/all bench/all "${targets[@]}"
"$build_dir/apps/splat-train" --version
nvidia-smi -L 2>/dev/null || say "No GPU on this machine: what needs one is skipped"
ctest --test-dir "$build_dir" --output-on-failure --no-tests=error -j "$(jobs)" "${selection[@]}"
skipped=$(grep -c '^\[  SKIPPED \] .*(' "$build_dir/Testing/Temporary/LastTest.log" || true)
say "$skipped tests in these programs were skipped"
"$root/scripts/ptxas_report.sh"
