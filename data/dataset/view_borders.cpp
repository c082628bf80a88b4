#include "data/dataset/view_borders.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/spread_evenly.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"

namespace splat::data {
namespace {

constexpr size_t kFirstPhotos = kFewestBordered, kMostPhotos = 60;  // that are decoded

using Indices = std::vector<size_t>;  // of views

std::vector<double> CalibrationOf(const View& view) {
  std::vector<double> key = {double(int(view.intrinsics.model)), double(view.intrinsics.width),
                             double(view.intrinsics.height)};
  key.insert(key.end(), view.intrinsics.params.begin(), view.intrinsics.params.end());
  return key;
}

// Views of one camera each.
std::vector<Indices> GroupBySizeAndCalibration(const std::vector<View>& views) {
  std::map<std::pair<int, int>, std::map<std::vector<double>, Indices>> by_size;
  for (size_t i = 0; i < views.size(); ++i) {
    try {
      const PhotoInfo info = ReadPhotoInfo(views[i].path);
      by_size[{info.width, info.height}][CalibrationOf(views[i])].push_back(i);
    } catch (const Error&) {
      continue;  // it is left out where it is needed
    }
  }
  std::vector<Indices> groups;
  for (const auto& [size, calibrations] : by_size) {
    const bool told_apart = std::all_of(calibrations.begin(), calibrations.end(),
                                        [](const auto& one) { return one.second.size() >= kFewestBordered; });
    if (!told_apart) groups.emplace_back();
    for (const auto& [calibration, indices] : calibrations) {
      if (told_apart) groups.emplace_back();
      groups.back().insert(groups.back().end(), indices.begin(), indices.end());
    }
    std::sort(groups.back().begin(), groups.back().end());
  }
  return groups;
}

std::vector<PhotoEdges> MeasureAll(const std::vector<View>& views, const Indices& chosen, Executor& executor) {
  std::vector<std::optional<PhotoEdges>> measured(chosen.size());
  executor.Run(int64_t(chosen.size()), [&](int64_t i) {
    try {
      const DecodedPhoto photo = ReadPhoto(views[chosen[size_t(i)]].path);
      if (!photo.truncated) measured[size_t(i)] = MeasureEdges(photo.image);
    } catch (const Error&) {
      return;
    }
  });
  std::vector<PhotoEdges> edges;
  for (const std::optional<PhotoEdges>& photo : measured) {
    if (photo) edges.push_back(*photo);
  }
  return edges;
}

std::string Describe(const Border& border) {
  std::string text;
  const auto add = [&](int lines, const char* what, const char* where) {
    if (lines == 0) return;
    text += StrCat(text.empty() ? "" : ", ", lines, " ", what, lines == 1 ? "" : "s", " ", where);
  };
  add(border.top, "row", "at the top");
  add(border.bottom, "row", "at the bottom");
  add(border.left, "column", "at the left");
  add(border.right, "column", "at the right");
  return text;
}

}  // namespace

void FindBorders(std::vector<View>& views, Executor& executor, const LogSink& log) {
  for (const Indices& group : GroupBySizeAndCalibration(views)) {
    if (group.size() < kFewestBordered) continue;
    const std::vector<PhotoEdges> some = MeasureAll(views, SpreadEvenly(group, kFirstPhotos), executor);
    if (!std::all_of(some.begin(), some.end(), [](const PhotoEdges& edges) { return edges.MayBeBorder(); })) continue;
    const Indices chosen = SpreadEvenly(group, kMostPhotos);
    const Border border = CommonBorder(MeasureAll(views, chosen, executor));
    if (border.IsEmpty()) continue;
    for (const size_t view : group) views[view].border = border;
    const PhotoInfo info = ReadPhotoInfo(views[group.front()].path);
    LogInfo(log,
            StrCat("Borders: ", Describe(border), " are empty, the same in ",
                   chosen.size() < group.size() ? StrCat(chosen.size(), " of ") : std::string("all "), group.size(),
                   " photos of ", info.width, "x", info.height, " px: they do not count (--borders off: they do)"));
  }
}

}  // namespace splat::data
