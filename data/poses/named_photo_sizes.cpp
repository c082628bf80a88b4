#include "data/poses/named_photo_sizes.h"

#include <filesystem>

#include "data/poses/photo_matching.h"

namespace splat::data {

std::vector<PhotoInfo> SizesOfNamedPhotos(const std::vector<std::string>& names, const std::string& folder) {
  std::vector<PhotoInfo> sizes(names.size());
  const std::vector<std::string> listed = ListPhotos(folder);
  const PhotoMatches matches = MatchPhotos(names, folder, listed);
  PhotoInfo first;
  const auto read = [&](const std::string& photo) {
    return PhotoInfoOrNone((std::filesystem::path(folder) / photo).string());
  };
  for (size_t i = 0; i < names.size(); ++i) {
    if (matches.photo[i]) sizes[i] = read(listed[*matches.photo[i]]);
    if (first.width == 0) first = sizes[i];
  }
  if (first.width == 0 && !listed.empty()) first = read(listed.front());
  for (PhotoInfo& size : sizes) {
    if (size.width == 0) size = first;
  }
  return sizes;
}

}  // namespace splat::data
