#!/usr/bin/env bash
# Runs one test of the label viewers with the programs that scripts/fetch_test_viewers.sh installed. Exit code 77:
# skipped.
# usage: tests/viewers/run.sh scene|splat_transform|viewer|page|reference_render [arguments of that .mjs]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

skip() {
  echo "Skipped: $1"
  exit 77
}

modules=$(test_viewers_dir)
[ -f "$modules/complete" ] || skip "the viewers are not installed (scripts/setup.sh --with-viewers)"
SPLAT_TEST_CHROMIUM=$(test_chromium)
[ -n "$SPLAT_TEST_CHROMIUM" ] || skip "chromium is not installed (scripts/setup.sh --with-viewers)"
node=$(test_node)
"$node" --version >/dev/null 2>&1 || skip "the node of the viewers, $node, does not run on this machine"
export SPLAT_TEST_CHROMIUM SPLAT_TEST_MODULES=$modules/node_modules
exec "$node" "$root/tests/viewers/$1.mjs" "${@:2}"
