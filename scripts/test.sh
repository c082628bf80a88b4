#!/usr/bin/env bash
# Installs what is missing, builds everything with warnings as errors, and runs the whole test suite, without CUDA. CI
# runs this and then scripts/test_cuda.sh.
# usage: scripts/test.sh [ctest options]      for example: scripts/test.sh -L unit, scripts/test.sh -R data/
# environment: SPLAT_TEST_DATA=DIR   photo sets and scenes for the tests that need them (default: ../shared/data)
set -euo pipefail
preset="test"
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

"$root/scripts/setup.sh" --with-python --with-viewers
timed "Configuration" configure
timed "Build" compile
[ -d "$(test_data_dir)" ] || say "No $(test_data_dir) (SPLAT_TEST_DATA): the tests that need its photos and scenes are skipped"
# Tests labelled viewers need Chromium and packages of npm; without them they are skipped and say so.
# Tests of training use all cores themselves; two at a time fill the gaps of those that do not.
ctest --test-dir "$build_dir" --output-on-failure -j "$(jobs)" "$@"
