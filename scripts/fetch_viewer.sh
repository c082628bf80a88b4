#!/usr/bin/env bash
# Fetches the viewer of scene.html, the SuperSplat viewer of PlayCanvas (MIT), and makes one page of it in the cache
# folder: style sheet and program inline, with places for what formats/page/html_format.cpp fills in. Called by
# setup.sh; needs curl and no JavaScript. Does nothing, and needs no network, when the page is there.
# usage: scripts/fetch_viewer.sh      environment: SPLAT_NPM_REGISTRY (https://registry.npmjs.org)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

version=1.36.2
engine_version=2.22.6  # of PlayCanvas, in the viewer's package
package_sha512=2fbc340656a00289d11d0839aa1683c8107cceb46d894f5082094d53791482ca87a6890202db9ff63e0fd24c6c51a427eb5159d6a2469112ac3826eb2c20d1d3
registry=${SPLAT_NPM_REGISTRY:-https://registry.npmjs.org}
url=${registry%/}/@playcanvas/supersplat-viewer/-/supersplat-viewer-$version.tgz
folder=$(viewer_dir)

# The package's page with everything inline. Each place must be found once, or the package is not the one this was
# written for.
make_page() {
  local package=$1
  awk -v folder="$package/public" '
    function insert(file,  line) {
      while ((getline line <(folder "/" file)) > 0) {
        if (line !~ /^\/\/# sourceMappingURL=/) print line
      }
      ++places
    }
    /<link rel="stylesheet" href="\.\/index\.css"/ { print "<style>"; insert("index.css"); print "</style>"; next }
    /import \{ createViewer \} from .\.\/index\.js.;/ { insert("index.js"); next }
    /<script type="application\/json" id="sse-bootstrap">/ {
      print "<script type=\"application/json\" id=\"sse-bootstrap\">{\"settings\":@@SPLAT_SETTINGS@@," \
            "\"contentUrl\":\"@@SPLAT_CONTENT@@\",\"contentFilename\":\"@@SPLAT_NAME@@\"}</script>"
      inside = 1
      ++places
      next
    }
    inside { if (/<\/script>/) inside = 0; next }
    { print }
    END { exit places == 3 ? 0 : 1 }' "$package/public/index.html" || return 1
  printf '<!--\nThis page was written by splat-train. It contains the SuperSplat viewer %s and the PlayCanvas engine %s, both under\nthis licence:\n\n' \
    "$version" "$engine_version"
  cat "$package/LICENSE"
  printf -- '-->\n'
}

if [ ! -f "$folder/page.html.gz" ]; then
  say "Fetching the viewer of scene.html, SuperSplat $version (3 MB), into $folder"
  mkdir -p "$folder"
  work=$(mktemp -d "$folder/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  curl --fail --silent --show-error --location --retry 2 --max-time 300 --output "$work/package.tgz" "$url" ||
    die "the viewer could not be fetched from $url; SPLAT_NPM_REGISTRY names another registry"
  echo "$package_sha512  $work/package.tgz" | sha512sum --check --status ||
    die "what $url gave is not the package that was expected (its SHA-512 differs)"
  tar -xzf "$work/package.tgz" -C "$work" package/public package/LICENSE
  make_page "$work/package" >"$work/page.html" || die "the viewer's page is not what this script expects"
  gzip -9 --no-name "$work/page.html"
  cp "$work/package/LICENSE" "$folder/LICENSE"
  mv "$work/page.html.gz" "$folder/page.html.gz"  # last: it says that all is there
fi
