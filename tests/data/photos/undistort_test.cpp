#include "data/photos/undistort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <opencv2/calib3d.hpp>
#include <thread>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/image_resize.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

using ::testing::HasSubstr;

// Two independent formulas in double.
constexpr double kFormulaTolerance = 1e-12;
// Borders are sampled 64 times a side, so a curved border may stick out between samples by less than this.
constexpr double kBorderTolerance_px = 0.02;
// Rendering through the lens, undistorting and comparing with the direct rendering of a smooth pattern, of 255. A shift
// by half a pixel would give up to 9.
constexpr double kPatternTolerance = 2.0;
constexpr double kPatternMeanTolerance = 0.6;

// Halving before or after undistorting averages over slightly different areas, most where a fisheye is stretched. A
// shift by half a pixel would give 9 and more.
constexpr double kHalfSizeTolerance = 5.0;

constexpr double kEdgeTolerance_px =
    0.15;  // 8-bit and bicubic rounding of a soft edge; unstraightened it bends by 3 px

struct Named {
  const char* name;
  Intrinsics intrinsics;
};

std::vector<Named> DistortedCameras() {
  return {
      {"fox",
       {CameraModel::kOpenCv,
        1080,
        1920,
        {1375.52, 1374.49, 554.558, 965.268, 0.0578421, -0.0805099, -0.000980296, 0.00015575}}},
      {"simple_radial_barrel", {CameraModel::kSimpleRadial, 400, 300, {300, 200, 150, -0.15}}},
      {"simple_radial_pincushion", {CameraModel::kSimpleRadial, 400, 300, {300, 200, 150, 0.2}}},
      {"radial", {CameraModel::kRadial, 400, 300, {350, 205, 148, -0.2, 0.08}}},
      {"opencv", {CameraModel::kOpenCv, 400, 300, {350, 340, 190, 160, -0.2, 0.1, 0.004, -0.003}}},
      {"full_opencv",
       {CameraModel::kFullOpenCv, 400, 300, {350, 340, 190, 160, 0.3, -0.1, 0.002, -0.001, 0.02, 0.5, -0.05, 0.01}}},
      {"brown", {CameraModel::kBrown, 400, 300, {350, 340, 190, 160, -0.2, 0.1, -0.04, 0.02, 0.004, -0.003, 0.005}}},
      {"opencv_fisheye", {CameraModel::kOpenCvFisheye, 400, 300, {220, 225, 205, 145, 0.05, -0.02, 0.004, -0.001}}},
      {"simple_radial_fisheye", {CameraModel::kSimpleRadialFisheye, 400, 300, {200, 200, 150, -0.03}}},
      {"radial_fisheye", {CameraModel::kRadialFisheye, 400, 300, {200, 200, 150, 0.04, -0.01}}}};
}

class Distorted : public ::testing::TestWithParam<Named> {};
INSTANTIATE_TEST_SUITE_P(Models, Distorted, ::testing::ValuesIn(DistortedCameras()),
                         [](const auto& named) { return std::string(named.param.name); });

// Where the lens shows a ray, in px of the calibrated image.
Vec2<double> Seen(const Lens& lens, const Vec2<double>& ray) {
  const Vec2<double> bent = Distort(lens, ray);
  return {lens.fx * bent.x + lens.cx, lens.fy * bent.y + lens.cy};
}

TEST_P(Distorted, FormulaAgreesWithOpenCv) {
  const Intrinsics intrinsics = GetParam().intrinsics;
  if (intrinsics.model == CameraModel::kBrown) GTEST_SKIP() << "OpenCV has no such model";
  const Lens lens = MakeLens(intrinsics);
  const cv::Matx33d matrix(lens.fx, 0, lens.cx, 0, lens.fy, lens.cy, 0, 0, 1);
  std::vector<cv::Point3d> points;
  for (double x = -0.7; x < 0.71; x += 0.1) {
    for (double y = -0.7; y < 0.71; y += 0.1) points.emplace_back(2 * x, 2 * y, 2.0);
  }
  std::vector<cv::Point2d> expected;
  const double* n = lens.numerator;
  const double* d = lens.denominator;
  if (lens.fisheye) {
    cv::fisheye::projectPoints(points, expected, cv::Affine3d(), matrix, cv::Vec4d(n[0], n[1], n[2], n[3]));
  } else {
    const std::vector<double> k = {n[0], n[1], lens.tangential[0], lens.tangential[1], n[2], d[0], d[1], d[2]};
    cv::projectPoints(points, cv::Vec3d(0, 0, 0), cv::Vec3d(0, 0, 0), matrix, k, expected);
  }
  for (size_t i = 0; i < points.size(); ++i) {
    const Vec2<double> seen = Seen(lens, {points[i].x / points[i].z, points[i].y / points[i].z});
    EXPECT_NEAR(seen.x, expected[i].x, kFormulaTolerance * intrinsics.width);
    EXPECT_NEAR(seen.y, expected[i].y, kFormulaTolerance * intrinsics.width);
  }
}

TEST_P(Distorted, UndistortionInvertsDistortionWithinThePhoto) {
  const Intrinsics intrinsics = GetParam().intrinsics;
  const Lens lens = MakeLens(intrinsics);
  for (double part_x = 0; part_x <= 1; part_x += 0.25) {
    for (double part_y = 0; part_y <= 1; part_y += 0.25) {
      const double u = intrinsics.width * (0.25 + part_x / 2), v = intrinsics.height * (0.25 + part_y / 2);
      const Vec2<double> seen = Seen(lens, UndistortTowards(lens, {(u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy}));
      EXPECT_NEAR(seen.x, u, 1e-6);
      EXPECT_NEAR(seen.y, v, 1e-6);
    }
  }
}

TEST_P(Distorted, NoPixelOfTheResultLiesOutsideThePhotoAndLittleIsCutAway) {
  const Intrinsics intrinsics = GetParam().intrinsics;
  const Lens lens = MakeLens(intrinsics);
  const Camera camera = UndistortedCamera(intrinsics);
  EXPECT_EQ(camera.width, intrinsics.width);
  EXPECT_EQ(camera.height, intrinsics.height);
  EXPECT_NEAR(camera.fx / camera.fy, lens.fx / lens.fy, 1e-12);
  double nearest = 1e9;  // of all border pixels to the photo's border
  for (int i = 0; i <= 1000; ++i) {
    const double u = camera.width * i / 1000.0, v = camera.height * i / 1000.0;
    for (const Vec2<double>& at : {Vec2<double>{u, 0}, {u, double(camera.height)}, {0, v}, {double(camera.width), v}}) {
      const Vec2<double> seen = Seen(lens, {(at.x - camera.cx) / camera.fx, (at.y - camera.cy) / camera.fy});
      ASSERT_GE(seen.x, -kBorderTolerance_px);
      ASSERT_GE(seen.y, -kBorderTolerance_px);
      ASSERT_LE(seen.x, intrinsics.width + kBorderTolerance_px);
      ASSERT_LE(seen.y, intrinsics.height + kBorderTolerance_px);
      nearest = std::min({nearest, seen.x, seen.y, intrinsics.width - seen.x, intrinsics.height - seen.y});
    }
  }
  EXPECT_LT(nearest, 1.0);  // the zoom is not larger than needed: some border touches
}

// The ray that the lens shows at a position, by plain iteration (independent of UndistortTowards, and quicker).
Vec2<double> RayAt(const Lens& lens, double u, double v) {
  const Vec2<double> bent = {(u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy};
  Vec2<double> ray = bent;
  for (int i = 0; i < 200; ++i) {
    const Vec2<double> miss = Distort(lens, ray) - bent;
    if (std::hypot(miss.x, miss.y) < 1e-9) break;
    ray = ray - miss;
  }
  return ray;
}

// A smooth pattern in undistorted coordinates, 0..255.
double Pattern(const Vec2<double>& ray, int channel) {
  return 127.5 + 100 * std::sin(18 * ray.x + channel) * std::cos(15 * ray.y + 0.5 * channel);
}

Image8 Render(int width, int height, const std::function<Vec2<double>(double, double)>& ray_of_pixel) {
  Image8 image(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Vec2<double> ray = ray_of_pixel(x + 0.5, y + 0.5);
      for (int c = 0; c < 3; ++c) image.At(x, y)[c] = uint8_t(std::lround(Pattern(ray, c)));
    }
  }
  return image;
}

void ExpectRecovered(const Image8& undistorted, const Camera& camera) {
  const Image8 expected = Render(camera.width, camera.height, [&](double u, double v) {
    return Vec2<double>{(u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy};
  });
  double worst = 0, sum = 0;
  for (size_t i = 0; i < expected.pixels.size(); ++i) {
    const double error = std::abs(double(undistorted.pixels[i]) - expected.pixels[i]);
    worst = std::max(worst, error);
    sum += error;
  }
  EXPECT_LE(worst, kPatternTolerance);
  EXPECT_LE(sum / double(expected.pixels.size()), kPatternMeanTolerance);
}

TEST_P(Distorted, PatternSeenThroughTheLensIsRecovered) {
  Intrinsics intrinsics = GetParam().intrinsics;
  if (intrinsics.width > 1000) {  // for the test's time
    intrinsics.width /= 4;
    intrinsics.height /= 4;
    for (int i = 0; i < 4; ++i) intrinsics.params[size_t(i)] /= 4;
  }
  const Lens lens = MakeLens(intrinsics);
  const Image8 photo =
      Render(intrinsics.width, intrinsics.height, [&](double u, double v) { return RayAt(lens, u, v); });
  const Camera camera = UndistortedCamera(intrinsics);
  ExpectRecovered(UndistortImage(photo, intrinsics, camera), camera);
  // The photo is also recovered at half the calibrated size.
  const Image8 half = ResizeImage(photo, photo.width / 2, photo.height / 2);
  const Camera half_camera = ResizedCamera(camera, photo.width / 2, photo.height / 2);
  const Image8 recovered = UndistortImage(half, intrinsics, half_camera);
  const Image8 from_full = UndistortImage(photo, intrinsics, half_camera);
  for (size_t i = 0; i < recovered.pixels.size(); ++i) {
    ASSERT_NEAR(recovered.pixels[i], from_full.pixels[i], kHalfSizeTolerance);
  }
}

TEST(UndistortTest, FoxLosesLittleOfItsImage) {
  const Intrinsics fox = DistortedCameras()[0].intrinsics;
  const Camera camera = UndistortedCamera(fox);
  EXPECT_GT(camera.fx, fox.params[0] * 0.97);
  EXPECT_LT(camera.fx, fox.params[0] * 1.03);
  EXPECT_NEAR(camera.cx, fox.params[2], 10);
  EXPECT_NEAR(camera.cy, fox.params[3], 15);
}

TEST(UndistortTest, NoBlackRimAppears) {
  const Intrinsics fox = DistortedCameras()[0].intrinsics;
  Image8 white(fox.width / 2, fox.height / 2, 3);
  std::fill(white.pixels.begin(), white.pixels.end(), uint8_t(255));
  const Image8 result = UndistortImage(white, fox, ResizedCamera(UndistortedCamera(fox), 133, 237));
  EXPECT_EQ(*std::min_element(result.pixels.begin(), result.pixels.end()), 255);
}

TEST(UndistortTest, PinholeCamerasAreTheirOwnUndistortedOnes) {
  const Intrinsics simple = {CameraModel::kSimplePinhole, 200, 100, {150, 90, 55}};
  Camera camera = UndistortedCamera(simple);
  EXPECT_EQ(camera.fx, 150);
  EXPECT_EQ(camera.fy, 150);
  EXPECT_EQ(camera.cx, 90);
  EXPECT_EQ(camera.cy, 55);
  const Intrinsics zero = {CameraModel::kOpenCv, 200, 100, {150, 140, 90, 55, 0, 0, 0, 0}};
  camera = UndistortedCamera(zero);
  EXPECT_EQ(camera.fy, 140);
  Image8 noise(200, 100, 3);
  Random random(1);
  for (uint8_t& value : noise.pixels) value = uint8_t(random.Below(256));
  EXPECT_EQ(UndistortImage(noise, zero, camera).pixels, noise.pixels);
}

// The first use makes no map, the second one does, and further ones take it; a map that does not fit is not kept.
TEST(UndistortTest, PhotosThatShareMapsHaveTheSameBits) {
  const Intrinsics intrinsics = {CameraModel::kOpenCv, 200, 150, {160, 165, 97, 76, 0.1, -0.02, 0.001, 0.002}};
  const Camera whole = UndistortedCamera(intrinsics);
  Image8 noise(200, 150, 3);
  Random random(1);
  for (uint8_t& value : noise.pixels) value = uint8_t(random.Below(256));
  UndistortMaps roomy, tight(1000);
  for (const Camera& camera : {whole, ResizedCamera(whole, 60, 45)}) {
    const Image8 expected = UndistortImage(noise, intrinsics, camera);
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, 0);
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (UndistortMaps* maps : {&roomy, &tight, &roomy, &tight, &roomy}) {
          count += UndistortImage(noise, intrinsics, camera, maps).pixels != expected.pixels;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
  }
}

TEST(UndistortTest, StraightEdgesComeOutStraight) {
  const Intrinsics intrinsics = DistortedCameras()[1].intrinsics;
  const Lens lens = MakeLens(intrinsics);
  // White right of the line x = 0.3 + 0.1 y, with a soft edge of one pixel.
  const auto side = [](const Vec2<double>& ray) {
    return std::clamp((ray.x - 0.3 - 0.1 * ray.y) * 300 + 0.5, 0.0, 1.0);
  };
  Image8 photo(intrinsics.width, intrinsics.height, 3);
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      const Vec2<double> ray = RayAt(lens, x + 0.5, y + 0.5);
      std::fill_n(photo.At(x, y), 3, uint8_t(std::lround(255 * side(ray))));
    }
  }
  const Camera camera = UndistortedCamera(intrinsics);
  const Image8 straight = UndistortImage(photo, intrinsics, camera);
  for (int y = 0; y < straight.height; ++y) {
    double dark = 0;  // the edge lies where the dark pixels of the row end
    for (int x = 0; x < straight.width; ++x) dark += 1 - straight.At(x, y)[0] / 255.0;
    const double expected = camera.cx + camera.fx * (0.3 + 0.1 * (y + 0.5 - camera.cy) / camera.fy);
    ASSERT_NEAR(dark, expected, kEdgeTolerance_px) << "row " << y;
  }
}

TEST(UndistortTest, ModelThatFoldsBackIsCroppedToItsValidPart) {
  const Intrinsics strong = {
      CameraModel::kSimpleRadial, 400, 300, {200, 200, 150, -0.3}};  // no inverse beyond r_d = 0.70
  const Camera camera = UndistortedCamera(strong);
  const Lens lens = MakeLens(strong);
  for (int i = 0; i <= 100; ++i) {  // outwards along the diagonal the photo's position must keep growing
    const auto at = [&](double part) {
      return Seen(lens,
                  {(camera.width * part - camera.cx) / camera.fx, (camera.height * part - camera.cy) / camera.fy});
    };
    EXPECT_GT(at((i + 1) / 101.0).x, at(i / 101.0).x);
  }
}

TEST(UndistortTest, UnsupportedModelIsRefusedByName) {
  const Intrinsics fov = {CameraModel::kFov, 100, 100, {80, 80, 50, 50, 0.9}};
  try {
    UndistortedCamera(fov);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("FOV is not supported"));
  }
}

}  // namespace
}  // namespace splat::data
