#!/usr/bin/env bash
# What each CUDA kernel takes of a GPU: registers of a thread, static shared memory of a block, spilled registers,
# stack. Compiles every .cu with the flags of build/cuda-test. Fails if a kernel of ours spills; CUB's are only counted.
# usage: scripts/ptxas_report.sh [ARCHITECTURE ...]      for example sm_80 sm_90 (default: sm_90)
set -euo pipefail
preset="cuda-test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  -*) die "unknown option $1 (--help lists them)" 2 ;;
esac
[ $# -gt 0 ] || set -- sm_90
[ -f "$build_dir/build.ninja" ] || die "build/$preset is not configured: run scripts/test_cuda.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The build's commands, each turned into one that makes a cubin and tells what ptxas did.
cuda_commands() {
  ninja -C "$build_dir" -t commands | grep -- ' -x cu -c ' | sort -u | sed -E \
    -e 's#^[^ ]*ccache ##; s# -c # -cubin #; s# -o [^ ]+# -Xptxas=-v -o '"$scratch"'/cubin#' \
    -e 's# -M(D|T [^ ]+|F [^ ]+)##g; s# (--generate-code|-arch)=[^ ]+##g'
}

# ptxas's lines to: mangled name, registers, shared memory, spill stores, spill loads, stack. A function that was not
# inlined has properties too, under a name that is no kernel's.
table() {
  awk -v OFS='\t' '
    function before(unit) { return match($0, "[0-9]+ " unit) ? substr($0, RSTART, RLENGTH) + 0 : 0 }
    /Compiling entry function/ { split($0, part, "\047"); kernel = part[2] }
    /Function properties for/ { of = $NF }
    /bytes stack frame/ && of == kernel {
      stack = before("bytes stack frame"); stores = before("bytes spill stores"); loads = before("bytes spill loads")
    }
    /Used [0-9]+ registers/ { print kernel, before("registers"), before("bytes smem"), stores, loads, stack }'
}

commands=$(cuda_commands) || die "there is no .cu file in build/$preset"
status=0
for architecture in "$@"; do
  : >"$scratch/log"
  while read -r command; do
    (cd "$build_dir" && bash -c "$command -arch=$architecture") >>"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; die "compiling failed: $command"; }
  done <<<"$commands"
  table <"$scratch/log" | c++filt -p | sed -E 's/^void //; s/\(anonymous namespace\):://g' | sort >"$scratch/kernels"
  say "Kernels for $architecture"
  awk -F '\t' -v status=0 '
    BEGIN { print "registers  shared  spill stores  spill loads  stack  kernel" }
    /^(cub|thrust|cuda)::/ { foreign++; next }
    {
      printf("%9d %7d %13d %12d %6d  %s%s\n", $2, $3, $4, $5, $6, $1, $4 + $5 > 0 ? "   SPILLS" : "")
      kernels++
      if ($4 + $5 > 0) status = 1
    }
    END { printf "%d kernels of ours, %d of CUB\n", kernels, foreign; exit status }' "$scratch/kernels" || status=1
done
[ "$status" = 0 ] || die "kernels spill registers"
