# shellcheck shell=bash
# What the scripts of bench/ share: the programs, Python, the folder to work in, the size of captures. Sourced after
# `set -euo pipefail`.
# shellcheck disable=SC2034  # the scripts use the variables

preset="test"
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

programs="$build_dir/apps"
[ -x "$programs/splat-train" ] || die "no $programs/splat-train: run scripts/test.sh first"
python=/usr/bin/python3  # the distribution's packages are for this one
out=${1:-$(mktemp -d)}
read -r width height <<<"${SIZE:-256 192}"

needs_module() {  # NAME, as Python imports it
  "$python" -c "import $1" 2>/dev/null || die "$python lacks $1: run scripts/setup.sh --with-python"
}
