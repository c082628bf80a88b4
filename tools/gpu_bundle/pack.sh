#!/usr/bin/env bash
# Packs what scripts/gpu_check.sh needs on a machine that has a GPU, nvcc and a python3 with LibTorch, but neither our
# other dependencies nor a network: gpu_bundle/ with deps.tar.gz (headers and static libraries), lego/ (the photos of
# that set on white, as training sees them, losslessly smaller) and COMMIT. git ignores the folder. Runs where
# scripts/setup.sh --cuda has run.
# usage: tools/gpu_bundle/pack.sh [--without-photos]
#   --without-photos   dependencies only: the check then trains on nothing
# environment: SPLAT_TEST_DATA   folder that holds lego (default: ../shared/data beside the checkout)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

limit_mb=40
photos=$(test_data_dir)/lego
case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  --without-photos) photos= ;;
  "") ;;
  *) die "unknown option $1 (--help lists them)" 2 ;;
esac

bundle=$root/gpu_bundle
build=$root/build/gpu-pack
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$bundle" "$stage/include" "$stage/lib"

# The compiler knows where a header is.
path_of_header() {
  local path
  path=$(echo "#include <$1>" | "${CXX:-g++}" -std=c++17 -E -x c++ - 2>/dev/null | sed -n "s|^# 1 \"\(/.*/$1\)\".*|\1|p" | head -n 1)
  [ -n "$path" ] || die "there is no $1: run scripts/setup.sh${2:+, and install $2}"
  echo "$path"
}
# copy_headers HEADER [ENTRY ...]: from the folder that HEADER is found in, the entries (default: the header itself).
copy_headers() {
  local header=$1 folder entry
  folder=$(path_of_header "$header" "${package:-}")
  folder=${folder%/"$header"}
  shift
  for entry in "${@:-$header}"; do
    mkdir -p "$stage/include/$(dirname "$entry")"
    cp -rL "$folder/$entry" "$stage/include/$(dirname "$entry")/"
  done
}
# What one header of Boost includes of Boost: all of Boost would be 150 MB.
copy_boost() {
  local header=$1 path folder
  folder=$(path_of_header "$header")
  folder=${folder%/"$header"}
  echo "#include <$header>" | "${CXX:-g++}" -std=c++17 -M -x c++ - | tr -s ' \134' '\n' | { grep "^$folder/boost/" || true; } |
    while read -r path; do
      mkdir -p "$stage/include/$(dirname "${path#"$folder"/}")"
      cp -L "$path" "$stage/include/${path#"$folder"/}"
    done
}
copy_library() {
  local path
  path=$("${CXX:-g++}" -print-file-name="lib$1.a")
  [ -f "$path" ] || die "there is no static lib$1.a: install $2"
  cp -L "$path" "$stage/lib/lib$1.a"
  strip --strip-unneeded "$stage/lib/lib$1.a"
}

pack_dependencies() {
  copy_headers nlohmann/json.hpp nlohmann
  copy_headers CLI/CLI.hpp CLI
  copy_headers nanoflann.hpp
  copy_headers hwy/highway.h hwy
  rm -rf "$stage"/include/hwy/contrib/{algo,dot,image,sort} "$stage"/include/hwy/tests "$stage"/include/hwy/ops/{arm,rvv,wasm,ppc}*
  copy_headers gtest/gtest.h gtest
  copy_headers gmock/gmock.h gmock
  copy_headers sqlite3.h
  copy_headers libexif/exif-data.h libexif
  package=libutf8proc-dev copy_headers utf8proc.h
  package=libpugixml-dev copy_headers pugixml.hpp pugixml.hpp pugiconfig.hpp
  package=libwebp-dev copy_headers webp/decode.h webp
  package=libpng-dev copy_headers png.h png.h pngconf.h pnglibconf.h
  package=zlib1g-dev copy_headers zlib.h zlib.h zconf.h
  package=libzstd-dev copy_headers zstd.h
  package=libminizip-dev copy_headers minizip/zip.h minizip
  copy_boost boost/context/detail/fcontext.hpp
  local library
  for library in gtest gtest_main gmock; do copy_library "$library" "libgtest-dev libgmock-dev"; done
  copy_library boost_context libboost-context-dev
  copy_library sqlite3 libsqlite3-dev
  copy_library exif libexif-dev
  copy_library utf8proc libutf8proc-dev
  copy_library pugixml libpugixml-dev
  copy_library webp libwebp-dev
  copy_library png16 libpng-dev
  copy_library z zlib1g-dev
  copy_library zstd libzstd-dev
  copy_library minizip libminizip-dev
  tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - include lib | gzip -9n >"$bundle/deps.tar.gz"
}

# Done again only when the photos or the packing change.
pack_photos() {
  local stamp
  stamp=$(cd "$photos" && cat "$root/tools/gpu_bundle/pack_photos.cpp" ./*.json ./*/*.png | sha256sum)
  if [ -f "$bundle/lego/stamp" ] && [ "$(cat "$bundle/lego/stamp")" = "$stamp" ]; then return; fi
  use_ccache
  timed "Configuration" cmake -G Ninja -S "$root/tools/gpu_bundle" -B "$build" -DCMAKE_BUILD_TYPE=Release -DSPLAT_TESTS=OFF \
    -DSPLAT_CUDA=OFF "-DSPLAT_TORCH_DIR=$(torch_dir)"
  timed "Build" cmake --build "$build" -j "$(jobs)" --target pack_photos
  rm -rf "$bundle/lego"
  timed "Photos" "$build/pack_photos" "$photos" "$bundle/lego"
  echo "$stamp" >"$bundle/lego/stamp"
}

# The commit travels as a file: git's own folder does not.
commit() {
  local id
  id=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || { echo unknown; return; }
  if [ -n "$(git -C "$root" status --porcelain)" ]; then id+=", modified"; fi
  echo "$id"
}

pack_dependencies
if [ -z "$photos" ]; then
  rm -rf "$bundle/lego"
elif [ -f "$photos/transforms_train.json" ]; then
  pack_photos
else
  say "No $photos (SPLAT_TEST_DATA): the bundle has no photos to train on"
  rm -rf "$bundle/lego"
fi
commit >"$bundle/COMMIT"

size=$(du -sb --apparent-size "$bundle" | cut -f 1)
say "gpu_bundle: $((size / 1000000)).$((size / 100000 % 10)) MB of at most $limit_mb, commit $(cat "$bundle/COMMIT")"
[ "$size" -lt $((limit_mb * 1000000)) ] || die "the bundle is larger than $limit_mb MB"
