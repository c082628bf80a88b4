#include "data/photos/jpeg_ending.h"

#include <algorithm>

#include "data/photos/jpeg_markers.h"

namespace splat::data {
namespace {

// The components of a scan that begins with the constant parts of blocks, 0 for one that refines. `segment` [length]
// begins with its length.
int ComponentsOfCoarseScan(const uint8_t* segment, size_t length) {
  const size_t components = length > 2 ? segment[2] : 0, place = 3 + 2 * components;
  if (length < place + 3) return 0;
  const int first_frequency = segment[place], bits_before = segment[place + 2] >> 4;
  return first_frequency == 0 && bits_before == 0 ? int(components) : 0;
}

}  // namespace

JpegEnding FindJpegEnding(const uint8_t* bytes, size_t size) {
  JpegEnding ending;
  ending.usable_bytes = size;
  int components = 0, begun_components = 0;
  const uint8_t* const end = bytes + size;
  const uint8_t* at = bytes;
  ending.early = true;
  while (true) {
    // In the entropy-coded data FF is followed by 00 or by a restart marker; anything else ends it.
    at = std::find(at, end, uint8_t(0xff));
    const uint8_t* const start = at;
    while (at != end && *at == 0xff) ++at;
    if (at == end) break;
    const int marker = *at++;
    if (marker == kJpegEndOfImage) {
      ending.early = false;
      break;
    }
    if (marker == 0 || JpegMarkerStandsAlone(marker)) continue;
    ending.in_coarse_scan = false;
    ending.usable_bytes = size_t(start - bytes);
    if (end - at < 2) break;
    const size_t length = size_t(at[0]) << 8 | at[1];
    if (size_t(end - at) <= length) break;
    ending.usable_bytes = size;
    if (marker == kJpegProgressiveFrame && length > 7) {
      ending.progressive = true;
      components = at[7];
    }
    if (marker == kJpegStartOfScan) {
      const int begun = ComponentsOfCoarseScan(at, length);
      begun_components += begun;
      ending.in_coarse_scan = begun > 0;
    }
    at += length;
  }
  ending.lacks_colors = ending.progressive && begun_components < components;
  ending.in_coarse_scan = ending.in_coarse_scan && ending.progressive;
  return ending;
}

}  // namespace splat::data
