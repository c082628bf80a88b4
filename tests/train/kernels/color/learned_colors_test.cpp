#include "train/kernels/color/learned_colors.h"

#include <gtest/gtest.h>

namespace splat::train {
namespace {

// The numbers of a photo and its lens, and the same as a training gives them away.
TEST(LearnedColors, AreWhatTheTrainingHasSeen) {
  const double photo[kPhotoColorNumbers] = {0.3, 0.5, -1, 0.2, 0.7, -0.6, 0.1, 0.4, 0.9};
  double camera[kCameraColorNumbers];
  for (int i = 0; i < kCameraColorNumbers; ++i) camera[i] = -0.01 * i;
  PhotoColors colors;
  colors.lenses.resize(2);
  for (size_t c = 0; c < 3; ++c) {
    const double* lens = camera + c * kChannelLensNumbers;
    colors.lenses[1][c] = {{lens[0], lens[1]}, {lens[2], lens[3], lens[4]}};
  }
  PhotoColor learned;
  learned.lens = 1;
  learned.exposure = photo[0];
  ChromaticityOffsets(photo, learned.chromaticity.data());

  const ViewColor<double> expected = ViewColorOf<double>(photo, camera);
  ImageF render(20, 10, 3);
  for (size_t i = 0; i < render.pixels.size(); ++i) render.pixels[i] = float(i % 89) / 100;
  SerialExecutor executor;
  const ImageF shown = AsPhotoShows(ViewColorOf(colors, learned), render, executor);
  const LensFrame<double> frame = LensFrameOf<double>(20, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      const float* from = render.At(x, y);
      const Vec3<double> pixel =
          PhotoPixel(expected, LensPosition(frame, double(x), double(y)), {from[0], from[1], from[2]});
      const float* to = shown.At(x, y);
      ASSERT_NEAR(to[0], pixel.x, 2e-6);
      ASSERT_NEAR(to[1], pixel.y, 2e-6);
      ASSERT_NEAR(to[2], pixel.z, 2e-6);
    }
  }
}

}  // namespace
}  // namespace splat::train
