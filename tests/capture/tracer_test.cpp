#include "capture/tracer.h"

#include <gtest/gtest.h>

#include "capture/capture.h"
#include "capture/sky.h"
#include "capture/trajectory.h"
#include "data/photos/exif_orientation.h"

namespace splat::capture {
namespace {

CaptureOptions SmallOptions() {
  CaptureOptions options;
  options.width = 96;
  options.height = 72;
  options.photos = 5;
  return options;
}

// Baked once for all tests of this file.
const BakedScene& SmallScene() {
  static const BakedScene scene = [] {
    SerialExecutor executor;
    return BakeFor(SmallOptions(), executor);
  }();
  return scene;
}

Lens SmallLens() {
  return PlanCapture(SmallOptions())[1].lens;
}

TEST(TracePhoto, LeavesOutNoPrimitiveThatATileSees) {
  SerialExecutor executor;
  for (const Distortion& distortion :
       {Distortion{}, Distortion{-0.15, 0.03, 0.004, -0.003}, Distortion{0.3, 0.1, 0, 0}}) {
    Lens lens = SmallLens();
    lens.distortion = distortion;
    const TracedPhoto photo = TracePhoto(SmallScene(), lens, {1, false}, executor);
    for (int y = 0; y < photo.depth.height; ++y) {
      for (int x = 0; x < photo.depth.width; ++x) {
        ASSERT_EQ(*photo.depth.At(x, y), float(Trace(SmallScene(), RayThrough(lens, x + 0.5, y + 0.5)).t))
            << x << ' ' << y;
      }
    }
  }
}

TEST(TracePhoto, SeesTheSkyBetweenAndAboveThingsOutOfDoors) {
  ThreadPool pool(2);
  CaptureOptions options = SmallOptions();
  options.outdoors = true;
  const BakedScene outdoors = BakeFor(options, pool);
  for (const CapturedPhoto& planned : PlanCapture(options)) {
    const TracedPhoto photo = TracePhoto(outdoors, planned.lens, {1, false}, pool);
    int sky = 0;
    for (int y = 0; y < photo.depth.height; ++y) {
      for (int x = 0; x < photo.depth.width; ++x) {
        const Ray ray = RayThrough(planned.lens, x + 0.5, y + 0.5);
        if (double(*photo.depth.At(x, y)) < kSkyDepth) {
          EXPECT_LE((ray.origin + double(*photo.depth.At(x, y)) * ray.direction).z, kHighestOutdoors + 1e-4);
          continue;
        }
        ++sky;
        EXPECT_GT(ray.direction.z, -0.1) << "the meadow reaches nearly to the horizon";
        EXPECT_EQ(*photo.foreground.At(x, y), 0);
        EXPECT_EQ(photo.radiance.At(x, y)[2], float(SkyRadiance(ray.direction, outdoors.scene.sky_seed).z));
      }
    }
    EXPECT_GT(sky, photo.depth.width * photo.depth.height / 4);
  }
}

TEST(TracePhoto, GivesTheDepthOfAKnownSurface) {
  // Straight down from above the table's middle: the ball's top is at 0.75 + 0.40 m.
  constexpr double kFloat = 1e-6;  // depth is stored as float
  SerialExecutor executor;
  Lens lens = SmallLens();
  lens.camera = {31, 31, 100, 100, 15.5, 15.5, LookAt({-0.02, 0.06 - 1e-9, 2.15}, {-0.02, 0.06, 0})};
  const TracedPhoto photo = TracePhoto(SmallScene(), lens, {3, false}, executor);
  EXPECT_NEAR(*photo.depth.At(15, 15), 1.0, kFloat);
  EXPECT_EQ(*photo.foreground.At(15, 15), 1.0f);
}

TEST(TracePhoto, DoesNotDependOnTheNumberOfThreads) {
  SerialExecutor serial;
  const TracedPhoto one = TracePhoto(SmallScene(), SmallLens(), {3, false}, serial);
  for (const int threads : {2, 3}) {
    ThreadPool pool(threads);
    const TracedPhoto many = TracePhoto(SmallScene(), SmallLens(), {3, false}, pool);
    EXPECT_EQ(many.radiance.pixels, one.radiance.pixels);
    EXPECT_EQ(many.depth.pixels, one.depth.pixels);
  }
}

TEST(TracePhoto, OfAHeldCameraIsUprightOnceTurnedAsExifSays) {
  constexpr float kRounding = 1e-3f;  // two orders of summation; an edge may move a sample by the last bit
  SerialExecutor executor;
  const Lens held_upright = SmallLens();
  for (const int orientation : {3, 6, 8}) {
    Lens held = held_upright, upright = held_upright;
    held.camera.camera_from_world = HeldAs(held_upright.camera.camera_from_world, orientation);
    if (orientation != 3) {
      std::swap(upright.camera.width, upright.camera.height);
      std::swap(upright.camera.cx, upright.camera.cy);
    }
    const ImageF stored = TracePhoto(SmallScene(), held, {3, false}, executor).radiance;
    const ImageF expected = TracePhoto(SmallScene(), upright, {3, false}, executor).radiance;
    Image8 index(stored.width, stored.height, 3);  // tells where each pixel of the turned image comes from
    for (int y = 0; y < index.height; ++y) {
      for (int x = 0; x < index.width; ++x) index.At(x, y)[0] = uint8_t(x), index.At(x, y)[1] = uint8_t(y);
    }
    const Image8 turned = data::ApplyOrientation(index, orientation);
    ASSERT_EQ(turned.width, expected.width);
    int different = 0;
    for (int y = 0; y < turned.height; ++y) {
      for (int x = 0; x < turned.width; ++x) {
        const float* from = stored.At(turned.At(x, y)[0], turned.At(x, y)[1]);
        different += std::abs(from[1] - expected.At(x, y)[1]) > kRounding;
      }
    }
    EXPECT_LE(different, 3) << "orientation " << orientation;
  }
}

}  // namespace
}  // namespace splat::capture
