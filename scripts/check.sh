#!/usr/bin/env bash
# Everything that a change must pass: format, scripts, warnings as errors, tests (with the layering), clang-tidy on what
# is ours.
# usage: scripts/check.sh [--tidy-all | --no-tidy]
# clang-tidy looks at the sources that differ from origin/main (or, without one, from the last commit); --tidy-all at
# all.
set -euo pipefail
preset="test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tidy=changed
case ${1:-} in
  --tidy-all) tidy=all ;;
  --no-tidy) tidy=none ;;
  "") ;;
  *) die "unknown option $1 (--tidy-all or --no-tidy)" 2 ;;
esac

"$root/scripts/setup.sh" --with-lint
cd "$root"
timed "Format" scripts/format.sh --check
timed "Shell scripts" shellcheck -x scripts/*.sh bench/*.sh tools/*/*.sh tests/viewers/run.sh .ci/run
scripts/test.sh

# Our sources, all of them or those that a change touches (a changed header counts as the sources beside it), as far as
# this build has them: it has none that need CUDA.
tidy_sources() {
  changed_or_all_sources | while read -r file; do
    if grep -qF "\"$root/$file\"" "$build_dir/compile_commands.json"; then echo "$file"; fi
  done
}
changed_or_all_sources() {
  if [ "$tidy" = all ]; then
    git ls-files '*.cpp' ':!tests' ':!bench' ':!tools'
    return
  fi
  local base file
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
  git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.h' ':!tests' ':!bench' | while read -r file; do
    if [ "${file%.h}" != "$file" ]; then file=${file%.h}.cpp; fi
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

# clang reads gcc's compile commands but for its precompiled header.
tidy_commands() {
  mkdir -p "$build_dir/tidy"
  sed -E 's# -include [^ ]*cmake_pch\.hxx##g; s# -(Winvalid-pch|fpch-preprocess)\b##g' \
    "$build_dir/compile_commands.json" >"$build_dir/tidy/compile_commands.json"
}

run_tidy() {
  tidy_sources | sort -u | xargs -r -n 1 -P "$(jobs)" clang-tidy -p "$build_dir/tidy" --quiet
}
if [ "$tidy" != none ]; then
  tidy_commands
  timed "clang-tidy" run_tidy
fi
say "All checks passed"
