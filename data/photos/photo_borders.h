// Borders are rows and columns at the edges of photos that show nothing: letterboxes, black lines of cut videos, the
// empty edges of undistorted frames.
#pragma once

#include <array>
#include <vector>

#include "core/image.h"

namespace splat::data {

// Lines at each edge, in px of the photo as stored.
struct Border {
  int left = 0, top = 0, right = 0, bottom = 0;

  bool IsEmpty() const { return left + top + right + bottom == 0; }
};

// How one photo begins at an edge.
struct PhotoEdge {
  std::array<int, 3> color = {0, 0, 0};  // the median of the outermost line
  int lines = 0;              // from the edge inwards, at most kMostBorder of the side, that have this colour all along
  bool ends_sharply = false;  // the next line but one is something else for most of its length
};
struct PhotoEdges {
  PhotoEdge left, top, right, bottom;

  // Whether there may be a border at all.
  bool MayBeBorder() const { return left.lines + top.lines + right.lines + bottom.lines > 0; }
};

constexpr double kMostBorder = 0.4;    // of a side
constexpr size_t kFewestBordered = 4;  // photos: fewer may have it by chance

// A photo with transparency has no such lines: it says itself what is empty.
PhotoEdges MeasureEdges(const Image8& photo);

// The lines that are the same in all photos of one size. A border ends at the same line, with something else all along
// it, in at least a fourth of them: else it is the sky, the wall of a studio, a turntable's backdrop or the night,
// which happens to be at the edge. The three lines beside a border, over which JPEG and video smear its edge, are a
// part of it. Dark lines that some photos show less of, since a block of JPEG rings over them, count where a third of
// the photos end within the block. Empty for less than kFewestBordered photos.
Border CommonBorder(const std::vector<PhotoEdges>& photos);

}  // namespace splat::data
