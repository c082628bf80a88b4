#!/usr/bin/env bash
# Everything that only a GPU can tell, in one go of at most nine minutes: builds with gpu_bundle/
# (tools/gpu_bundle/pack.sh) and the LibTorch of this machine's python3, runs the tests on the GPU, some of them under
# the sanitizers, times the training step against its floor, trains lego, and ends with a table of at most 40 lines.
# Needs no network; docs/gpu-results.md has the call. A step that fails or takes too long stops no other; the exit
# status is 1 if any failed.
# usage: scripts/gpu_check.sh [--dry-run] [--seconds N]
#   --dry-run     on a machine without a GPU, with what scripts/setup.sh --cuda fetched: the same steps, small and on
#                 the CPU, and of the tests only those with the label cuda
#   --seconds N   in all (default: 540)
# environment: OUT   folder for the results (default: out/gpu_check); SPLAT_COMMIT (default: gpu_bundle/COMMIT)
set -uo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

budget=540 gpu=yes
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --dry-run) gpu=no ;;
    --seconds) budget=${2:?--seconds needs a number}; shift ;;
    *) die "unknown option $1 (--help lists them)" 2 ;;
  esac
  shift
done
if [ "$gpu" = no ] && [ "$budget" = 540 ]; then budget=7200; fi

bundle=$root/gpu_bundle
work=$root/build/gpu-check
build=$work/build       # of tools/gpu_bundle
product=$build/product  # of the product within
scratch=$root/out/gpu_check
logs=$scratch/logs
out=${OUT:-$scratch}
[ -f "$bundle/deps.tar.gz" ] || die "there is no gpu_bundle: run tools/gpu_bundle/pack.sh, and carry the folder"
rm -rf "$logs"
mkdir -p "$work/deps" "$logs" "$out"
: >"$out/steps.log"
device=cuda
if [ "$gpu" = no ]; then device=cpu; fi

failed=()
declare -A took=()
left() { echo $((budget - SECONDS)); }

# step NAME LIMIT COMMAND ...: with its own log, at most so many seconds, and not beyond the end of all.
step() {
  local name=$1 limit=$2 begin=$SECONDS status
  shift 2
  if [ "$limit" -gt "$(left)" ]; then limit=$(left); fi
  if [ "$limit" -lt 3 ]; then
    failed+=("$name: no time left")
    return 1
  fi
  say "$name, at most $limit s"
  timeout -k 5 "$limit" "$@" >"$logs/$name.log" 2>&1
  status=$?
  took[$name]=$((SECONDS - begin))
  { echo "=== $name: status $status after ${took[$name]} s"; cat "$logs/$name.log"; } >>"$out/steps.log"
  case $status in
    0) return 0 ;;
    124 | 137) failed+=("$name: stopped after $limit s") ;;
    *) failed+=("$name: status $status") ;;
  esac
  tail -n 15 "$logs/$name.log"
  return 1
}

# ---- build ----

architecture() {
  local capability
  capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ')
  echo "${capability:-90}"
}

build_all() {
  local torch toolkit options=() targets=()
  if [ "$gpu" = yes ]; then
    torch=$(python3 -c 'import torch; print(torch.__path__[0])') || torch=
  else
    torch=$(cuda_torch_dir)
    toolkit=$(cuda_toolkit_dir)
    if [ -n "$toolkit" ]; then options+=("-DCMAKE_CUDA_COMPILER=$toolkit/bin/nvcc"); fi
  fi
  [ -n "$torch" ] || { failed+=("build: there is no LibTorch with CUDA"); return 1; }
  use_ccache
  options+=(-DCMAKE_BUILD_TYPE=Release "-DSPLAT_BUNDLE=$work/deps" -DSPLAT_CUDA=ON "-DSPLAT_TORCH_DIR=$torch"
    "-DCMAKE_CUDA_ARCHITECTURES=$(architecture)" "-DSPLAT_PYTHON=$(command -v python3)")
  # A machine without a GPU has all the time it wants, and has run the other tests in a build of its own.
  step unpack "$([ "$gpu" = yes ] && echo 60 || echo 600)" tar -xzf "$bundle/deps.tar.gz" -C "$work/deps" &&
    step configure "$([ "$gpu" = yes ] && echo 90 || echo 600)" cmake -G Ninja -S "$root/tools/gpu_bundle" -B "$build" "${options[@]}" &&
    if [ "$gpu" = yes ]; then
      step build 260 nice cmake --build "$build" -j "$(jobs)" -- -k 0
    else
      mapfile -t targets < <(test_targets "$build" -L cuda)
      step build 6000 nice cmake --build "$build" -j "$(jobs)" --target splat-train bench_gpu "${targets[@]}" -- -k 0
    fi
}

# That nothing but the bundle, LibTorch, the toolkit, the compiler and the C library was used (where the rest is
# installed, too).
bundle_suffices() {
  local others='/usr/include/(.*/)?(opencv|nlohmann|CLI/|nanoflann|hwy/|gtest|gmock|boost|sqlite3|libexif|utf8proc|pugi|webp|png|zlib|zstd|minizip)'
  if ninja -C "$build" -t deps | grep -E "^ +$others" | sort | uniq -c | grep .; then return 1; fi
  if ninja -C "$build" -t commands all | grep -oE 'lib(opencv|sqlite3|exif|utf8proc|pugixml|gtest|gmock|boost|webp|png|zstd|minizip)[^ ]*\.so[^ ]*|-l(opencv|sqlite3|exif|gtest)[^ ]*' |
    sort | uniq -c | grep .; then return 1; fi
}

# ---- tests ----

# Tests of GoogleTest in the log of ctest whose line begins so, and in brackets those on the GPU.
count_tests() { grep -cE "^\[ *$1 *\] .*\([0-9]+ ms\)$" "$2" 2>/dev/null || true; }
count_on_gpu() { grep -cE "^\[ *OK \] ([^ ]*/Cuda[^/ ]*|Gpu\.[^ ]*) \([0-9]+ ms\)$" "$1" 2>/dev/null || true; }

# What the emulated GPU tells is known before: those tests, which are slow, are left out, but for the label cuda.
run_tests() {
  local log=$logs/all-tests.log limit=140 selection=()
  if [ "$gpu" = no ]; then
    limit=1500
    selection=(-L cuda)
  fi
  rm -f "$build/Testing/Temporary/LastTest.log"
  GTEST_FILTER='-*/Emulated*' step tests "$limit" ctest --test-dir "$build" --output-on-failure --no-tests=error \
    -j "$(jobs)" --timeout 120 -E 'device_training' "${selection[@]}"
  cp "$build/Testing/Temporary/LastTest.log" "$log" 2>/dev/null
  tests_line="$(count_tests OK "$log") passed ($(count_on_gpu "$log") on the GPU), $(count_tests FAILED "$log") failed, $(count_tests SKIPPED "$log") skipped; programs: $(grep -E 'tests passed' "$logs/tests.log" | tail -n 1)"
  if [ "$gpu" = yes ] && [ "$(count_on_gpu "$log")" = 0 ]; then failed+=("tests: none ran on the GPU"); fi
}

sanitized=(bin_test blend_test render_grad_test camera_gradient_test project_test photometric_loss_device_test
  backward_adam_test density_fates_test density_rows_test density_edits_test relocation_test adam_device_test
  color_stages_test)
# The program of a test of kernels, in whichever folder of kernels its source lies.
program_of() { find "$product/tests" -maxdepth 1 -regex ".*/test_[a-z]+_kernels\(_[a-z]+\)?_$1"; }

# sanitize TOOL SECONDS: the tests of a GPU under one tool; leaves one line in TOOL.result, which begins with "failed"
# if so. No program takes more than a third of the time from the others.
sanitize() {
  local tool=$1 end=$((SECONDS + $2)) most=$(($2 / 3)) limit name log status good=0 bad=() unfinished=0
  for name in "${sanitized[@]}"; do
    log=$logs/$tool-$name.log
    limit=$((end - SECONDS < most ? end - SECONDS : most))
    if [ "$limit" -lt 3 ]; then
      unfinished=$((unfinished + 1))
      continue
    fi
    timeout -k 5 "$limit" compute-sanitizer --tool "$tool" --error-exitcode 86 "$(program_of "$name")" \
      '--gtest_filter=*/Cuda*' >"$log" 2>&1
    status=$?
    if grep -qi 'device not supported' "$log"; then
      echo "this machine does not let the sanitizer at the GPU" >"$logs/$tool.result"
      return
    elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
      unfinished=$((unfinished + 1))
    elif [ "$status" = 0 ] && ! grep -q 'Running 0 tests' "$log"; then
      good=$((good + 1))
    else
      bad+=("$name (status $status $(grep -oE '(ERROR|RACECHECK) SUMMARY: .*|Running 0 tests' "$log" | tail -n 1))")
    fi
  done
  if [ "${#bad[@]}" -gt 0 ]; then
    echo "failed: ${bad[*]}; clean: $good, unfinished: $unfinished" >"$logs/$tool.result"
  else
    echo "clean: $good programs of ${#sanitized[@]}, unfinished: $unfinished" >"$logs/$tool.result"
  fi
}

run_sanitizers() {
  local tool seconds=75 running=()
  if [ "$(left)" -lt 90 ]; then seconds=$(($(left) - 15)); fi
  for tool in memcheck racecheck initcheck synccheck; do
    if [ "$gpu" = no ]; then
      echo "no GPU" >"$logs/$tool.result"
    elif ! command -v compute-sanitizer >/dev/null; then
      echo "there is no compute-sanitizer" >"$logs/$tool.result"
    elif [ "$seconds" -lt 10 ]; then
      echo "no time left" >"$logs/$tool.result"
    else
      sanitize "$tool" "$seconds" &
      running+=($!)
    fi
  done
  if [ "${#running[@]}" -gt 0 ]; then
    say "Sanitizers, at most $seconds s"
    wait "${running[@]}"
  fi
  for tool in memcheck racecheck initcheck synccheck; do
    { echo "=== $tool"; tail -n 60 "$logs/$tool"-*.log; } >>"$out/steps.log" 2>/dev/null
    if grep -q '^failed' "$logs/$tool.result"; then failed+=("$tool: $(cut -c 9- "$logs/$tool.result")"); fi
  done
}

# ---- measurements ----

bench_names=()
# bench NAME ARGUMENT ...: leaves NAME.json; the last two lines of its log go into the table.
bench() {
  local name=$1
  shift
  bench_names+=("$name")
  step "$name" "$([ "$gpu" = yes ] && echo 60 || echo 600)" "$product/bench/bench_gpu" --device "$device" --json "$logs/$name.json" "$@"
}

run_benches() {
  local n sizes=(100000 1000000 3000000 6000000) options=()
  if [ "$gpu" = no ]; then
    sizes=(500 2000)
    options=(--width 160 --height 104 --steps 5 --warmup 1 --stage-steps 3)
  fi
  for n in "${sizes[@]}"; do bench "bench-$n" --splats "$n" "${options[@]}"; done
}

bench_trained() {
  local scene=$scratch/lego_$1 options=()
  [ -f "$scene/scene.ply" ] || return
  if [ "$gpu" = no ]; then options=(--width 160 --height 104 --steps 5 --warmup 1 --stage-steps 3); fi
  bench "bench-lego" --scene "$scene/scene.ply" --cameras "$scene/cameras.json" "${options[@]}"
}

# metric STEPS NAME DECIMALS: a number of lego's metrics.json, such as training_seconds or test.psnr.
metric() {
  python3 -c 'import functools, json, sys
value = functools.reduce(lambda part, key: part[key], sys.argv[2].split("."), json.load(open(sys.argv[1])))
print(format(value, "." + sys.argv[3] + "f"))' "$scratch/lego_$1/metrics.json" "$2" "$3" 2>/dev/null || echo nan
}

# lego STEPS LIMIT OPTION ...      from 100,000 random points, as the trainings that are compared with
lego() {
  local steps=$1 limit=$2
  shift 2
  if [ ! -f "$bundle/lego/transforms_train.json" ]; then
    lego_lines+=("lego $steps: the bundle has no photos")
    return
  fi
  rm -rf "$scratch/lego_$steps"
  step "lego-$steps" "$limit" "$product/apps/splat-train" --images "$bundle/lego" --output "$scratch/lego_$steps" --background white \
    --device "$device" --iterations "$steps" --set init.random_points=100000 --save-renders "$@"
  lego_lines+=("lego $steps: PSNR $(metric "$steps" test.psnr 2) dB, SSIM $(metric "$steps" test.ssim 4), $(metric "$steps" training_seconds 1) s, $(metric "$steps" splats 0) splats")
  cp "$scratch/lego_$steps/metrics.json" "$out/lego_$steps.json" 2>/dev/null
  cp "$scratch/lego_$steps/renders/r_0_render.png" "$out/lego_$steps.png" 2>/dev/null
}

# 30,000 steps if they fit: at the speed of the first run, whose splats were fewer.
lego_to_the_end() {
  local needed
  needed=$(python3 -c 'import math, sys; t = float(sys.argv[1]); print(9999 if math.isnan(t) else int(t * 30 / 7 * 1.4) + 20)' "$(metric 7000 training_seconds 1)")
  if [ "$needed" -gt "$(left)" ]; then
    lego_lines+=("lego 30000: not run, $(left) s are left and about $needed s are needed")
    return
  fi
  lego 30000 "$(left)"
}

# ---- the table ----

# The figures that docs/gpu-results.md has reference values for, and whether this run reaches them.
references() {
  python3 - "$logs" "$scratch/lego_30000/metrics.json" <<'PYTHON'
import json, sys
lines = []
for splats in ("1000000", "3000000"):
    try:
        run = json.load(open(f"{sys.argv[1]}/bench-{splats}.json"))["runs"][0]
        verdict = "reached" if run["x_floor"] <= 3 else "NOT REACHED"
        lines.append(f"step at {int(splats) // 10**6} M, 3 x floor: {run['x_floor']:.2f} {verdict}")
    except (OSError, ValueError, KeyError, IndexError):
        lines.append(f"step at {int(splats) // 10**6} M: not measured")
try:
    psnr = json.load(open(sys.argv[2]))["test"]["psnr"]
    lines.append(f"lego 30k, 35.3 dB: {psnr:.2f} {'reached' if psnr >= 35.3 else 'NOT REACHED'}")
except (OSError, ValueError, KeyError, TypeError):
    lines.append("lego 30k: not measured")
print("; ".join(lines))
PYTHON
}

gpu_line() {
  local line
  line=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)
  echo "${line:-no GPU}"
}

table() {
  local name tool failure
  echo "date      $(date -u '+%Y-%m-%d %H:%M UTC'), commit ${SPLAT_COMMIT:-$(cat "$bundle/COMMIT" 2>/dev/null || echo unknown)}"
  echo "device    $(gpu_line); $(nproc) cores; $("$product/apps/splat-train" --version 2>/dev/null | tail -n 1 || true)"
  echo "build     ${took[build]:-?} s on $(jobs) jobs, configure ${took[configure]:-?} s, tests ${took[tests]:-?} s, all $SECONDS s"
  echo "tests     ${tests_line:-not run}"
  for tool in memcheck racecheck initcheck synccheck; do
    printf '%-9s %s\n' "$tool" "$(cut -c -150 "$logs/$tool.result" 2>/dev/null || echo 'not run')"
  done
  echo "bench     $(head -n 1 "$logs/${bench_names[0]:-none}.log" 2>/dev/null)"
  for name in "${bench_names[@]}"; do
    if [ -f "$logs/$name.json" ]; then
      echo "$name: $(tail -n 2 "$logs/$name.log" | head -n 1 | cut -c -190)"
      tail -n 1 "$logs/$name.log" | cut -c -190
    else
      echo "$name: not measured"
    fi
  done
  printf '%s\n' "${lego_lines[@]}"
  echo "reference $(references)"
  if [ "${#failed[@]}" = 0 ]; then
    echo "all steps passed"
  else
    echo "FAILED steps: ${#failed[@]}"
    for failure in "${failed[@]:0:6}"; do echo "  $failure" | cut -c -190; done
    if [ "${#failed[@]}" -gt 6 ]; then echo "  and $((${#failed[@]} - 6)) more: steps.log has all"; fi
  fi
}

# ---- all of it ----

lego_lines=()
if build_all || [ -x "$product/bench/bench_gpu" ]; then
  if [ "$gpu" = no ]; then
    export -f bundle_suffices
    export build
    step bundle-suffices 60 bash -c bundle_suffices
  fi
  run_tests
  run_benches
  if [ "$gpu" = yes ]; then
    lego 7000 90
    bench_trained 7000
    run_sanitizers
    lego_to_the_end
  else
    lego 30 600 --downscale 8
    bench_trained 30
    run_sanitizers
  fi
fi
python3 - "$out/bench.json" "$logs"/bench-*.json <<'PYTHON' || true
import json, os, sys
json.dump({os.path.basename(path)[:-5]: json.load(open(path)) for path in sys.argv[2:] if os.path.exists(path)}, open(sys.argv[1], "w"), indent=1)
PYTHON
table >"$out/gpu-results.txt" 2>&1
echo
cat "$out/gpu-results.txt"
[ "${#failed[@]}" = 0 ]
