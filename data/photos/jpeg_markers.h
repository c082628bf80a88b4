// These are the markers of a JPEG's segments, each of which follows a byte of FF (ITU-T T.81, table B.1).
#pragma once

namespace splat::data {

constexpr int kJpegBaselineFrame = 0xc0, kJpegExtendedFrame = 0xc1, kJpegProgressiveFrame = 0xc2;
constexpr int kJpegEndOfImage = 0xd9, kJpegStartOfScan = 0xda;
constexpr int kJpegExif = 0xe1, kJpegAdobe = 0xee;

// Whether a marker begins a frame. Three of its range begin tables and an extension.
inline bool JpegMarkerIsFrame(int marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Whether a marker has no segment behind it: restarts, the start of the image, and one for arithmetic coding.
inline bool JpegMarkerStandsAlone(int marker) {
  return (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
}

}  // namespace splat::data
