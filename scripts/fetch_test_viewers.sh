#!/usr/bin/env bash
# Fetches from npm, into the cache folder, the programs of others that the tests labelled viewers read and draw our
# files with (tests/viewers/package.json), with a node of their own: splat-transform needs node 22, which no older
# distribution has. Called by setup.sh --with-viewers. Where it cannot, it says so, and those tests are skipped.
# usage: scripts/fetch_test_viewers.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

folder=$(test_viewers_dir)
if [ -f "$folder/complete" ]; then exit 0; fi
if ! command -v npm >/dev/null || [ -z "$(test_chromium)" ]; then
  say "There is no npm or no Chromium: the tests of viewers will be skipped"
  exit 0
fi

# Nothing that a package would run on installing is run. Sources, types and maps take most of the room and are of no use
# here.
install_modules() {
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --engine-strict=false &&
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' \) -delete &&
    rm -rf node_modules/babylonjs-loaders/src node_modules/node-linux-*/include node_modules/babylonjs/babylon.max.js
}

say "Fetching viewers for the tests from npm (about 150 MB to download, 380 MB kept) into $folder"
rm -rf "$folder"
mkdir -p "$folder"
cp "$root/tests/viewers/package.json" "$root/tests/viewers/package-lock.json" "$folder"
cd "$folder"
if timed "Download" install_modules; then
  touch complete
else
  say "npm failed: the tests of viewers will be skipped"
fi
