#!/usr/bin/env bash
# Formats every C++ and CUDA file of ours in place; with --check only says which are not formatted, and fails.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

mode=(-i)
case ${1:-} in
  --check) mode=(--dry-run -Werror) ;;
  "") ;;
  *) die "unknown option $1 (only --check)" 2 ;;
esac
cd "$root"
git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' '*.cu' '*.cuh' | xargs -0 -r clang-format "${mode[@]}"
