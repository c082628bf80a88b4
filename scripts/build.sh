#!/usr/bin/env bash
# Configures and builds Release in build/cpu-release.
# usage: scripts/build.sh [--cuda] [TARGET ...] [-DNAME=VALUE ...]
# Without a target: all programs, without tests. --cuda: with CUDA in build/cuda-release, after scripts/setup.sh
# --cuda.
set -euo pipefail
preset="cpu-release"
for argument in "$@"; do
  if [ "$argument" = --cuda ]; then preset="cuda-release"; fi
done
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

targets=() options=()
for argument in "$@"; do
  case $argument in
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --cuda) ;;  # seen above
    -D*) options+=("$argument") ;;
    -*) die "unknown option $argument (--help lists them)" 2 ;;
    *) targets+=("$argument") ;;
  esac
done
[ "${#targets[@]}" -gt 0 ] || targets=(splat-train splat-render splat-eval splat-export splat-capture)

timed "Configuration" configure "${options[@]}"
timed "Build" compile "${targets[@]}"
