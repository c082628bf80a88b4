#include "data/dataset/training_size.h"

#include <algorithm>
#include <cmath>

namespace splat::data {

PhotoSize TrainingSize(const std::string& photo, const PhotoSize& stored, const DatasetOptions& options) {
  const int longer = std::max(stored.width, stored.height);
  double factor = 1.0 / options.downscale;
  const char* option = "--downscale";
  int value = options.downscale;
  if (options.max_image_size > 0 && longer * factor > options.max_image_size) {
    factor = double(options.max_image_size) / longer;
    option = "--max-image-size";
    value = options.max_image_size;
  }
  const PhotoSize size = {int(std::lround(stored.width * factor)), int(std::lround(stored.height * factor))};
  SPLAT_CHECK(std::min(size.width, size.height) >= kMinSide_px, option, " ", value, " would make ", photo, " (",
              stored.Text(), " px) ", size.Text(), " px; ", kMinSide_px, " px a side are the least");
  return size;
}

}  // namespace splat::data
