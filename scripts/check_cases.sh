#!/usr/bin/env bash
# Runs the programs on inputs that tools of this kind are known to fail on (odd pose files, foreign scene files,
# duplicate points and the like), and prints of each whether what came out is right, half right or wrong.
# usage: scripts/check_cases.sh [--without NAME] [NAME ...]      the names of cases; all without one. Build before, with
# scripts/test.sh.
# environment: SPLAT_TEST_DATA=DIR   photo sets (default: ../shared/data); the cases lie in DIR/../cases/public
set -euo pipefail
preset="test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

cases="$(test_data_dir)/../cases/public"
if [ ! -d "$cases" ]; then
  say "No $cases (SPLAT_TEST_DATA): no case was run"
  exit 0
fi
[ -x "$build_dir/apps/splat-train" ] || die "no $build_dir/apps/splat-train: run scripts/test.sh first"
python=/usr/bin/python3  # the distribution's packages are for this one
"$python" -c 'import numpy, PIL' 2>/dev/null || die "$python lacks numpy or pillow: run scripts/setup.sh --with-python"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$python" "$root/tests/cases/check_cases.py" "$build_dir/apps" "$cases" "$(test_data_dir)" "$out" "$@"
