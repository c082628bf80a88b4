#include "data/photos/photo_borders.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/quantile.h"

namespace splat::data {
namespace {

// Mean over a line of the largest difference of a channel from a colour, 0..255. JPEG leaves some of it in black lines.
// Borders of another colour are drawn by programs, and flat; walls and skies are not.
constexpr double kMostOfDark = 10, kMostOfBright = 3;
constexpr int kBrightestDark = 24;
// What stands beside a border differs by this much in most of the line: the top of an object before a plain backdrop,
// which may be at the same place in all photos, does not.
constexpr int kLeastOfContent = 16;
constexpr double kMostOfLine = 0.8;
constexpr size_t kFewestEnding = 2;  // photos, and a fourth of all
constexpr int kBeside = 3;           // lines beside a border that JPEG and video smear its edge over
constexpr int kSameColor = 12;       // largest difference of a channel between photos

// A row or column of a photo, counted from an edge.
class Line {
 public:
  Line(const Image8& photo, bool row, int index) : photo_(photo), row_(row), index_(index) {}

  int Length() const { return row_ ? photo_.width : photo_.height; }
  const uint8_t* operator[](int at) const { return row_ ? photo_.At(at, index_) : photo_.At(index_, at); }

 private:
  const Image8& photo_;
  bool row_;
  int index_;
};

std::array<int, 3> MedianColor(const Line& line) {
  std::array<int, 3> color = {};
  std::vector<uint8_t> values(static_cast<size_t>(line.Length()));
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = 0; i < values.size(); ++i) values[i] = line[int(i)][c];
    color[c] = Median(values);
  }
  return color;
}

int DifferenceAt(const Line& line, int at, const std::array<int, 3>& color) {
  int most = 0;
  for (size_t c = 0; c < 3; ++c) most = std::max(most, std::abs(int(line[at][c]) - color[c]));
  return most;
}

double MeanDifference(const Line& line, const std::array<int, 3>& color) {
  int64_t sum = 0;
  for (int i = 0; i < line.Length(); ++i) sum += DifferenceAt(line, i, color);
  return double(sum) / line.Length();
}

bool IsSomethingElse(const Line& line, const std::array<int, 3>& color) {
  int different = 0;
  for (int i = 0; i < line.Length(); ++i) different += DifferenceAt(line, i, color) >= kLeastOfContent ? 1 : 0;
  return different >= kMostOfLine * line.Length();
}

PhotoEdge MeasureEdge(const Image8& photo, bool row, bool far_side) {
  const int side = row ? photo.height : photo.width, most = int(kMostBorder * side);
  const auto line = [&](int index) { return Line(photo, row, far_side ? side - 1 - index : index); };
  PhotoEdge edge;
  edge.color = MedianColor(line(0));
  const int brightest = std::max({edge.color[0], edge.color[1], edge.color[2]});
  const double limit = brightest <= kBrightestDark ? kMostOfDark : kMostOfBright;
  while (edge.lines < most && MeanDifference(line(edge.lines), edge.color) <= limit) ++edge.lines;
  edge.ends_sharply = edge.lines < most && IsSomethingElse(line(edge.lines + 1), edge.color);
  return edge;
}

bool AreSameColor(const PhotoEdge& a, const PhotoEdge& b) {
  bool same = true;
  for (size_t c = 0; c < 3; ++c) same = same && std::abs(a.color[c] - b.color[c]) <= kSameColor;
  return same;
}

// Where a dark border ends within a block of JPEG, which rings over its black lines at a low quality: they look shorter
// in some photos. `least` is the fewest lines. A third of the photos end sharply at one line or the one before it, all
// have half of the lines, and few go on into the next block. 0: nowhere.
int EndOfRinging(const std::vector<PhotoEdges>& photos, PhotoEdge PhotoEdges::*side, int least) {
  constexpr int kBlock = 8;
  const std::array<int, 3>& color = (photos.front().*side).color;
  if (*std::max_element(color.begin(), color.end()) > kBrightestDark) return 0;
  const int block_end = (least / kBlock + 1) * kBlock;
  const auto count = [&](const auto& holds) {
    return size_t(std::count_if(photos.begin(), photos.end(), [&](const auto& photo) { return holds(photo.*side); }));
  };
  if (4 * count([&](const PhotoEdge& edge) { return edge.lines > block_end; }) > photos.size()) return 0;
  int best = 0;
  size_t most = std::max(kFewestEnding, (photos.size() + 2) / 3) - 1;
  for (int end = least + 2; end < block_end && end <= 2 * least; ++end) {
    const size_t ending =
        count([&](const PhotoEdge& edge) { return edge.ends_sharply && (edge.lines == end || edge.lines == end - 1); });
    if (ending > most) best = end;
    most = std::max(most, ending);
  }
  return best;
}

int CommonLines(const std::vector<PhotoEdges>& photos, PhotoEdge PhotoEdges::*side) {
  const PhotoEdge& first = photos.front().*side;
  int lines = first.lines;
  for (const PhotoEdges& photo : photos) {
    lines = std::min(lines, (photo.*side).lines);
    if (!AreSameColor(photo.*side, first)) return 0;
  }
  const auto ends_here = [&](const PhotoEdges& photo) {
    return (photo.*side).ends_sharply && (photo.*side).lines <= lines + 1;
  };
  const auto ending = size_t(std::count_if(photos.begin(), photos.end(), ends_here));
  if (lines > 0 && ending >= std::max(kFewestEnding, photos.size() / 4)) return lines + kBeside;
  const int end = EndOfRinging(photos, side, lines);
  return end > 0 ? end + kBeside : 0;
}

}  // namespace

PhotoEdges MeasureEdges(const Image8& photo) {
  constexpr int kLeastSide = 16;
  if (photo.channels != 3 || std::min(photo.width, photo.height) < kLeastSide) return {};
  return {MeasureEdge(photo, false, false), MeasureEdge(photo, true, false), MeasureEdge(photo, false, true),
          MeasureEdge(photo, true, true)};
}

Border CommonBorder(const std::vector<PhotoEdges>& photos) {
  if (photos.size() < kFewestBordered) return {};
  return {CommonLines(photos, &PhotoEdges::left), CommonLines(photos, &PhotoEdges::top),
          CommonLines(photos, &PhotoEdges::right), CommonLines(photos, &PhotoEdges::bottom)};
}

}  // namespace splat::data
