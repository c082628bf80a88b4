#include "data/dataset/view_image.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/check.h"
#include "data/photos/composite.h"
#include "data/photos/exif_orientation.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "data/photos/mask_image.h"

namespace splat::data {
namespace {

void WarnOfMissingRows(const View& view, const DecodedPhoto& photo, const LogSink& log) {
  const std::string effect = photo.missing_rows > 0 ? StrCat("the last ", photo.missing_rows, " of its ",
                                                             photo.image.height, " rows are missing and do not count")
                                                    : "it is used, but less sharp than it was";
  const char* const fault = photo.damaged ? "its data are damaged" : "the file ends early";
  LogWarning(log, StrCat(view.path, ": ", fault, "; ", effect, ". Copy it again or remove it"));
}

constexpr uint8_t kFull = 255;

// 255 within the border, and else 0.
Image8 Within(const Border& border, int width, int height) {
  Image8 kept(width, height, 1);
  for (int y = border.top; y < height - border.bottom; ++y) {
    std::fill(kept.At(border.left, y), kept.At(width - border.right, y), kFull);
  }
  return kept;
}

// From the stored pixels, or their weights, to those of the view's camera.
Image8 ToCamera(const View& view, Image8 image, UndistortMaps* maps) {
  if (view.rotate_to_model) image = ApplyOrientation(image, view.exif_orientation);
  if (HasDistortion(view.intrinsics)) return UndistortImage(image, view.intrinsics, view.camera, maps);
  return ResizeImage(image, view.camera.width, view.camera.height);
}

// Drops what `kept`, which is as stored, does not keep. `weights` may be empty: all counts.
void Drop(const View& view, const Image8& kept, UndistortMaps* maps, Image8& weights) {
  Image8 whole = WhollyKept(ToCamera(view, kept, maps));
  if (weights.pixels.empty()) {
    weights = std::move(whole);
  } else {
    std::transform(whole.pixels.begin(), whole.pixels.end(), weights.pixels.begin(), weights.pixels.begin(),
                   [](uint8_t a, uint8_t b) { return std::min(a, b); });
  }
}

bool SomeCount(const Image8& weights) {
  return weights.pixels.empty() ||
         std::any_of(weights.pixels.begin(), weights.pixels.end(), [](uint8_t weight) { return weight > 0; });
}

Image8 WeightsOf(const View& view, const DecodedPhoto& photo, UndistortMaps* maps) {
  const int width = photo.image.width, height = photo.image.height;
  Image8 weights;
  std::string droppers;
  const auto drop = [&](const std::string& what, const Image8& kept) {
    if (!SomeCount(weights)) return;
    droppers += (droppers.empty() ? "" : " or ") + what;
    Drop(view, kept, maps, weights);
  };
  if (photo.missing_rows > 0) drop("its missing rows", Within({0, 0, 0, photo.missing_rows}, width, height));
  if (HasMask(view)) drop("its mask " + view.mask.path, ReadMask(view.mask, {width, height, view.exif_orientation}));
  if (view.alpha == AlphaUse::kMask && photo.image.channels == 4) drop("its transparency", OpaquePart(photo.image));
  if (!view.border.IsEmpty()) drop("its empty border", Within(view.border, width, height));
  SPLAT_CHECK(SomeCount(weights), view.path, ": nothing of it counts: every pixel is dropped by ", droppers);
  return weights;
}

}  // namespace

ViewImage LoadView(const View& view, const std::array<float, 3>& background, const LogSink& log, UndistortMaps* maps) {
  const DecodedPhoto photo = ReadPhoto(view.path);
  if (photo.truncated) WarnOfMissingRows(view, photo, log);
  if (view.alpha == AlphaUse::kBackground && IsTransparentEverywhere(photo.image)) {
    LogWarning(log, view.path +
                        ": is transparent everywhere and shows the background alone; --alpha ignore takes its "
                        "colours");
  }
  ViewImage loaded;
  loaded.image = ToCamera(view,
                          view.alpha == AlphaUse::kBackground ? CompositeOnBackground(photo.image, background.data())
                                                              : WithoutAlpha(photo.image),
                          maps);
  loaded.weights = WeightsOf(view, photo, maps);
  return loaded;
}

int64_t BytesOf(const View& view) {
  const bool weighted = HasMask(view) || view.alpha == AlphaUse::kMask || !view.border.IsEmpty();
  const int channels = weighted ? 4 : 3;
  return int64_t(view.camera.width) * view.camera.height * channels;
}

ViewImage ResizeView(const ViewImage& view, int width, int height) {
  ViewImage resized;
  resized.image = ResizeImage(view.image, width, height);
  if (!view.weights.pixels.empty()) {
    resized.weights = WhollyKept(ResizeImage(view.weights, width, height));
  }
  return resized;
}

}  // namespace splat::data
