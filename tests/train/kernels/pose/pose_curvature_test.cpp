// The curvature of a pose's loss on every backend against its definition in double.
#include "train/kernels/pose/pose_curvature.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "core/twist.h"
#include "tests/support/train_backends.h"

namespace splat::train {
namespace {

using splat::testing::DeviceArray;
using splat::testing::TrainBackend;
using splat::testing::TrainCall;

constexpr int kAllNumbers = CurvatureSize(kCameraNumbers);
constexpr double kUntouched = 7;

// Pixels of all kinds, also such as are not covered and such as equal the photo.
struct View {
  Camera camera;
  std::vector<float> image, alpha, depth, compared, grad;
  std::vector<uint8_t> photo;

  View(int width, int height) {
    camera = {width, height, 0.9 * width, 0.95 * width, 0.45 * width, 0.55 * height, {}};
    Random random(uint64_t(width) * 1000 + uint64_t(height));
    for (int i = 0; i < width * height; ++i) {
      alpha.push_back(i % 7 == 0 ? 0.0f : float(random.Uniform()));
      depth.push_back(alpha.back() * float(random.Uniform(2, 6)));
      for (int c = 0; c < 3; ++c) {
        photo.push_back(uint8_t(255 * random.Uniform()));
        image.push_back(float(random.Uniform()));
        compared.push_back(i % 5 == 0 ? float(photo.back()) / 255 : 0.8f * image.back());
        grad.push_back(i % 3 == 0 ? 0.0f : float(random.Uniform(-1, 1)));
      }
    }
  }
};

struct Wanted {
  int numbers = kCameraNumbers;
  int threads = 2;
};

std::vector<double> ResultOn(const TrainBackend& backend, const View& view, const Wanted& wanted = {}) {
  const DeviceArray<float> image(*backend.device, view.image), alpha(*backend.device, view.alpha);
  const DeviceArray<float> depth(*backend.device, view.depth), compared(*backend.device, view.compared);
  const DeviceArray<float> grad(*backend.device, view.grad);
  const DeviceArray<uint8_t> photo(*backend.device, view.photo);
  const DeviceArray<double> curvature(*backend.device, std::vector<double>(kAllNumbers, kUntouched));
  {
    TrainCall call(backend);
    ThreadPool pool(wanted.threads);
    call.context.executor = &pool;
    backend.kernels->pose_curvature(
        call.context, {view.camera, image.data(), alpha.data(), depth.data(), compared.data(), photo.data(),
                       grad.data(), curvature.data(), wanted.numbers});
  }
  return curvature.Get();
}

// How the image point of a point of the camera frame moves, in units of the focal length: central differences of the
// motion itself, of the focal length, or of the distortion.
std::array<Vec2<double>, kCameraNumbers> FlowByDifferences(const Vec3<double>& point) {
  constexpr double kStep = 1e-6;
  std::array<Vec2<double>, kCameraNumbers> flow;
  for (size_t i = 0; i < kCameraNumbers; ++i) {
    const auto seen = [&](double step) {
      Twist twist{};
      if (i < 6) twist[i] = step;
      const Vec3<double> x = ExpTwist(twist) * point;
      const Vec2<double> seen_at = {x.x / x.z, x.y / x.z};
      const double r2 = seen_at.x * seen_at.x + seen_at.y * seen_at.y;
      return (i < 6 ? 1 : i == 6 ? std::exp(step) : 1 + step * r2) * seen_at;
    };
    flow[i] = (1 / (2 * kStep)) * (seen(kStep) - seen(-kStep));
  }
  return flow;
}

// Sum over pixels and colours of |g| / max(|r|, 0.02) (gradient of the image along the flow) x (the same).
std::vector<double> Expected(const View& view) {
  const Camera& c = view.camera;
  std::vector<double> sums(kAllNumbers);
  for (int y = 1; y + 1 < c.height; ++y) {
    for (int x = 1; x + 1 < c.width; ++x) {
      const size_t at = size_t(y) * size_t(c.width) + size_t(x);
      const double z = view.depth[at] > 0 ? double(view.depth[at]) / double(view.alpha[at]) : 1e9;
      const auto flow = FlowByDifferences({z * (x + 0.5 - c.cx) / c.fx, z * (y + 0.5 - c.cy) / c.fy, z});
      for (size_t value = 3 * at; value < 3 * at + 3; ++value) {
        const size_t line = 3 * size_t(c.width);
        const double across = (double(view.image[value + 3]) - double(view.image[value - 3])) / 2;
        const double along = (double(view.image[value + line]) - double(view.image[value - line])) / 2;
        const double r = std::abs(double(view.compared[value]) - view.photo[value] / 255.0);
        const double weight = std::abs(double(view.grad[value])) / std::max(r, 0.02);
        size_t k = 0;
        for (size_t i = 0; i < kCameraNumbers; ++i) {
          const double by_i = across * c.fx * flow[i].x + along * c.fy * flow[i].y;
          for (size_t j = 0; j <= i; ++j) {
            sums[k++] += weight * by_i * (across * c.fx * flow[j].x + along * c.fy * flow[j].y);
          }
        }
      }
    }
  }
  return sums;
}

class PoseCurvatureTest : public ::testing::TestWithParam<TrainBackend> {};
SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(PoseCurvatureTest);

TEST_P(PoseCurvatureTest, IsThatOfAnImageThatMovesWithItsPoints) {
  for (const auto& [width, height] : {std::pair{5, 3}, {33, 20}, {150, 70}}) {
    const View view(width, height);
    const std::vector<double> actual = ResultOn(GetParam(), view), expected = Expected(view);
    for (int i = 0; i < kCameraNumbers; ++i) {
      for (int j = 0; j <= i; ++j) {
        const size_t k = size_t(CurvaturePlace(i, j));
        const double size = std::sqrt(expected[size_t(CurvaturePlace(i, i))] * expected[size_t(CurvaturePlace(j, j))]);
        EXPECT_NEAR(actual[k], expected[k], 1e-5 * size) << width << " " << i << " " << j;
      }
    }
  }
}

// The first numbers have the same bits whether or not the others are wanted.
TEST_P(PoseCurvatureTest, LeavesOutFocalLengthAndDistortionWhereTheyAreNotWanted) {
  const View view(33, 20);
  const std::vector<double> all = ResultOn(GetParam(), view);
  for (const int numbers : {kMotionNumbers, kMotionNumbers + 1}) {
    const std::vector<double> some = ResultOn(GetParam(), view, {numbers, 2});
    for (int k = 0; k < kAllNumbers; ++k) {
      EXPECT_EQ(some[size_t(k)], k < CurvatureSize(numbers) ? all[size_t(k)] : kUntouched) << k;
    }
  }
}

TEST_P(PoseCurvatureTest, IsZeroWithoutAnInnerPixelOrAGradient) {
  const std::vector<double> zeros(kAllNumbers, 0);
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 40}, {40, 2}}) {
    EXPECT_EQ(ResultOn(GetParam(), View(width, height)), zeros);
  }
  View view(20, 20);
  std::fill(view.grad.begin(), view.grad.end(), 0.0f);
  EXPECT_EQ(ResultOn(GetParam(), view), zeros);
}

TEST_P(PoseCurvatureTest, HasEqualBitsForAnyNumberOfThreads) {
  const View view(150, 70);
  const std::vector<double> one = ResultOn(GetParam(), view, {kCameraNumbers, 1});
  for (const int threads : {2, 3, 7}) EXPECT_EQ(ResultOn(GetParam(), view, {kCameraNumbers, threads}), one) << threads;
}

TEST_P(PoseCurvatureTest, RefusesWhatIsMissing) {
  TrainCall call(GetParam());
  PoseCurvatureParams params;
  params.camera = View(5, 5).camera;
  EXPECT_THROW(GetParam().kernels->pose_curvature(call.context, params), Error);
}

}  // namespace
}  // namespace splat::train
