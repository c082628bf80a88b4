#include "data/sfm/camera_groups.h"

#include <filesystem>
#include <map>
#include <tuple>

#include "core/check.h"
#include "data/photos/photo_files.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

std::string ChosenModel(const SfmOptions& options, bool shared, size_t photos) {
  if (options.camera_model != "auto") return options.camera_model;
  return shared && photos >= kPhotosForOpenCvModel ? "OPENCV" : "SIMPLE_RADIAL";
}

}  // namespace

std::vector<SfmPhoto> DescribePhotos(const std::string& folder, const std::vector<std::string>& names) {
  std::vector<SfmPhoto> photos;
  for (const std::string& name : names) {
    const fs::path path = fs::path(folder) / name;
    SfmPhoto photo;
    photo.name = name;
    std::error_code ignored;
    photo.bytes = fs::file_size(path, ignored);
    photo.modified = int64_t(fs::last_write_time(path, ignored).time_since_epoch().count());
    try {
      const PhotoInfo info = ReadPhotoInfo(path.string());
      photo.width = info.width;
      photo.height = info.height;
      photo.bits = info.bits;
      photo.camera = info.exif_camera;
    } catch (const Error&) {
      photo.width = photo.height = 0;
    }
    photos.push_back(photo);
  }
  return photos;
}

std::vector<CameraGroup> GroupByCamera(const std::vector<SfmPhoto>& photos, const SfmOptions& options) {
  const std::string& single = options.single_camera;
  SPLAT_CHECK(single == "auto" || single == "yes" || single == "no", "single camera: \"", single,
              "\" is none of auto, yes, no");
  std::map<std::tuple<int, int, std::string>, std::vector<std::string>> kinds;
  const SfmPhoto* first = nullptr;
  for (const SfmPhoto& photo : photos) {
    if (photo.width <= 0) continue;
    if (first == nullptr) first = &photo;
    SPLAT_CHECK(single != "yes" || (photo.width == first->width && photo.height == first->height), photo.name, " has ",
                photo.width, "x", photo.height, " px and ", first->name, " ", first->width, "x", first->height,
                ": photos of different sizes cannot share a single camera");
    const auto kind = single == "auto" ? std::make_tuple(photo.width, photo.height, photo.camera)
                                       : std::make_tuple(0, 0, std::string());
    kinds[kind].push_back(photo.name);
  }

  std::vector<CameraGroup> groups;
  CameraGroup alone;
  for (const auto& [kind, names] : kinds) {
    if (single == "no" || (single == "auto" && names.size() == 1)) {
      alone.names.insert(alone.names.end(), names.begin(), names.end());
    } else {
      groups.push_back({ChosenModel(options, true, names.size()), true, names});
    }
  }
  if (!alone.names.empty()) {
    alone.model = ChosenModel(options, false, alone.names.size());
    groups.push_back(alone);
  }
  return groups;
}

}  // namespace splat::data
