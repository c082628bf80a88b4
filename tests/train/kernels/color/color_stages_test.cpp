// The colours' stages of every backend against the formulas in double.
#include "train/kernels/color/color_stages.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/check.h"
#include "core/instruction_set.h"
#include "core/random.h"
#include "tests/support/train_backends.h"

namespace splat::train {
namespace {

using splat::testing::DeviceArray;
using splat::testing::TrainBackend;
using splat::testing::TrainCall;

constexpr double kFloatPixel = 2e-6;  // a few operations on numbers up to 1
constexpr double kFloatSum = 2e-6;    // relative to the sum of the sizes of what is added

struct Size {
  int width, height;
};
// The last one has more blocks of a GPU than are added in one go.
constexpr Size kSizes[] = {{1, 1}, {17, 1}, {1, 17}, {5, 3}, {16, 16}, {133, 70}, {4097, 3}, {300, 64}};

// A view: image, gradient of what it becomes, numbers of photo and camera.
struct View {
  int width, height;
  bool with_camera;
  std::vector<float> image, grad, photo, camera;

  View(Size size, bool camera_too) : width(size.width), height(size.height), with_camera(camera_too) {
    Random random(uint64_t(width) * 1000 + uint64_t(height));
    for (int i = 0; i < 3 * width * height; ++i) {
      image.push_back(float(1.1 * random.Uniform()));
      grad.push_back(float(random.Uniform() - 0.5));
    }
    photo = {0.3f, 0.5f, -1, 0.2f, 0.7f, -0.6f, 0.1f, 0.4f, 0.9f};
    camera = {0.02f,  0.01f, -0.2f, 0.01f,  -0.1f, -0.03f, 0.02f, -0.3f,
              -0.02f, 0.05f, 0.01f, -0.01f, 0.1f,  -0.2f,  0.02f};
  }
  ColorParams Params(const float* image_at, const float* photo_at, const float* camera_at) const {
    return {width, height, image_at, photo_at, with_camera ? camera_at : nullptr};
  }
};

struct Result {
  std::vector<float> changed, grad_image, grad_photo, grad_camera;
  bool operator==(const Result& other) const {
    return changed == other.changed && grad_image == other.grad_image && grad_photo == other.grad_photo &&
           grad_camera == other.grad_camera;
  }
};

Result ResultOn(const TrainBackend& backend, const View& view, int threads = 2,
                InstructionSet set = BestInstructionSet()) {
  const DeviceArray<float> image(*backend.device, view.image), grad(*backend.device, view.grad);
  const DeviceArray<float> photo(*backend.device, view.photo), camera(*backend.device, view.camera);
  const std::vector<float> poison(view.image.size(), std::numeric_limits<float>::quiet_NaN());
  const DeviceArray<float> changed(*backend.device, poison);
  const DeviceArray<float> grad_photo(*backend.device, std::vector<float>(kPhotoColorNumbers, 7));
  const DeviceArray<float> grad_camera(*backend.device, std::vector<float>(kCameraColorNumbers, 7));
  {
    TrainCall call(backend);
    ThreadPool pool(threads);
    call.context.executor = &pool;
    call.context.instruction_set = set;
    const ColorParams params = view.Params(image.data(), photo.data(), camera.data());
    backend.kernels->color.forward(call.context, {params, changed.data()});
    backend.kernels->color.backward(call.context, {params, grad.data(), grad_photo.data(), grad_camera.data()});
  }
  return {changed.Get(), grad.Get(), grad_photo.Get(), grad_camera.Get()};
}

// `photo_sizes` and `camera_sizes` are how large the sums are that the gradients are made of, were all their parts of
// one sign.
struct Expected {
  std::vector<double> changed, grad_image, grad_photo, grad_camera, photo_sizes, camera_sizes;
};

// The formulas pixel by pixel. Without a camera the exposure is all that counts.
// The way from the sums to the parameters is linear, but for the camera's penalties.
void AddParameterGradients(const std::vector<double>& photo, const std::vector<double>& camera, const double* sums,
                           const double* sizes, Expected& expected) {
  const auto gradients_of = [&](const double* of_view) {
    std::vector<double> grad(kPhotoColorNumbers + kCameraColorNumbers);
    ViewColorBackward(photo.data(), camera.data(), of_view, grad.data(), grad.data() + kPhotoColorNumbers);
    return grad;
  };
  const std::vector<double> grad = gradients_of(sums),
                            penalties = gradients_of(std::vector<double>(kViewColorNumbers).data());
  std::vector<double> size(grad.size());
  for (int k = 0; k < kViewColorNumbers; ++k) {
    std::vector<double> one(kViewColorNumbers);
    one[size_t(k)] = 1;
    const std::vector<double> slope = gradients_of(one.data());
    for (size_t i = 0; i < size.size(); ++i) size[i] += std::abs(slope[i] - penalties[i]) * sizes[k];
  }
  for (size_t i = 0; i < grad.size(); ++i) {
    (i < kPhotoColorNumbers ? expected.grad_photo : expected.grad_camera).push_back(grad[i]);
    (i < kPhotoColorNumbers ? expected.photo_sizes : expected.camera_sizes).push_back(size[i]);
  }
}

Expected InDouble(const View& view) {
  std::vector<double> photo(view.photo.begin(), view.photo.end()), camera(view.camera.begin(), view.camera.end());
  if (!view.with_camera) {
    std::fill(photo.begin() + 1, photo.end(), 0);
    std::fill(camera.begin(), camera.end(), 0);
  }
  const ViewColor<double> color = ViewColorOf<double>(photo.data(), camera.data());
  const LensFrame<double> frame = LensFrameOf<double>(view.width, view.height);
  Expected expected;
  double sums[kViewColorNumbers] = {}, sizes[kViewColorNumbers] = {};
  for (int pixel = 0; pixel < view.width * view.height; ++pixel) {
    const auto at = [&](const std::vector<float>& values) {
      const size_t first = size_t(3 * pixel);
      return Vec3<double>{values[first], values[first + 1], values[first + 2]};
    };
    const Vec2<double> position = LensPosition(frame, double(pixel % view.width), double(pixel / view.width));
    const Vec3<double> changed = PhotoPixel(color, position, at(view.image));
    double grad_view[kViewColorNumbers];
    const Vec3<double> grad = PhotoPixelBackward(color, position, at(view.image), at(view.grad), grad_view);
    for (int k = 0; k < kViewColorNumbers; ++k) {
      sums[k] += grad_view[k];
      sizes[k] += std::abs(grad_view[k]);
    }
    expected.changed.insert(expected.changed.end(), {changed.x, changed.y, changed.z});
    expected.grad_image.insert(expected.grad_image.end(), {grad.x, grad.y, grad.z});
  }
  AddParameterGradients(photo, camera, sums, sizes, expected);
  if (!view.with_camera) {
    std::fill(expected.grad_photo.begin() + 1, expected.grad_photo.end(), 0);
    expected.grad_camera.assign(kCameraColorNumbers, 7);  // left as they were
  }
  return expected;
}

void ExpectAgrees(const Result& result, const Expected& expected) {
  ASSERT_EQ(result.changed.size(), expected.changed.size());
  for (size_t i = 0; i < expected.changed.size(); ++i) {
    ASSERT_NEAR(result.changed[i], expected.changed[i], kFloatPixel) << i;
    // A value at the edge of saturation may fall on either side.
    if (std::abs(expected.changed[i] - 1) > kFloatPixel || expected.changed[i] == 1) {
      ASSERT_NEAR(result.grad_image[i], expected.grad_image[i], kFloatPixel) << i;
    }
  }
  for (size_t i = 0; i < expected.grad_photo.size(); ++i) {
    const double tolerance = kFloatPixel + kFloatSum * expected.photo_sizes[i];
    EXPECT_NEAR(result.grad_photo[i], expected.grad_photo[i], tolerance) << i;
  }
  for (size_t i = 0; i < expected.grad_camera.size(); ++i) {
    const double tolerance = kFloatPixel + kFloatSum * expected.camera_sizes[i];
    EXPECT_NEAR(result.grad_camera[i], expected.grad_camera[i], tolerance) << i;
  }
}

class ColorStagesTest : public ::testing::TestWithParam<TrainBackend> {};
SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(ColorStagesTest);

TEST_P(ColorStagesTest, AgreeWithTheFormulasInDouble) {
  for (const Size size : kSizes) {
    for (const bool with_camera : {false, true}) {
      SCOPED_TRACE(StrCat(size.width, " x ", size.height, with_camera ? " with camera" : ""));
      const View view(size, with_camera);
      ExpectAgrees(ResultOn(GetParam(), view), InDouble(view));
    }
  }
}

// Also: in whatever order the threads of the emulated GPU run.
TEST_P(ColorStagesTest, GiveTheSameBitsAgainAndOnAnyNumberOfThreads) {
  TrainBackend natural = GetParam();
  natural.order_seed = 0;
  for (const bool with_camera : {false, true}) {
    const View view({133, 70}, with_camera);
    const Result result = ResultOn(GetParam(), view, 1);
    EXPECT_TRUE(result == ResultOn(natural, view, 3));
  }
}

TEST(ColorStagesOfTheCpu, AgreeOnEveryInstructionSet) {
  const TrainBackend cpu = splat::testing::TrainBackends().front();
  const View view({133, 70}, true);
  for (const InstructionSet set : UsableInstructionSets()) {
    SCOPED_TRACE(NameOf(set));
    ExpectAgrees(ResultOn(cpu, view, 2, set), InDouble(view));
  }
}

TEST_P(ColorStagesTest, TheIdentityLeavesTheImageAlone) {
  for (const bool with_camera : {false, true}) {
    View view({133, 70}, with_camera);
    for (float& value : view.image) value *= 0.5f;
    view.photo.assign(kPhotoColorNumbers, 0);
    view.camera.assign(kCameraColorNumbers, 0);
    const Result result = ResultOn(GetParam(), view);
    for (size_t i = 0; i < view.image.size(); ++i) ASSERT_NEAR(result.changed[i], view.image[i], 2e-7) << i;
    if (!with_camera) {
      EXPECT_EQ(result.changed, view.image);
    }
  }
}

TEST_P(ColorStagesTest, CenterRowsTakesTheMeanOfTheListedRowsAway) {
  constexpr int kColumns = 9, kRows = 700;
  Random random(5);
  std::vector<float> values(kColumns * kRows);
  for (float& value : values) value = float(4 * random.Uniform() - 1);
  std::vector<int32_t> rows;
  for (int32_t row = 0; row < kRows; ++row) {
    if (row % 8 != 0) rows.push_back(row);
  }
  const DeviceArray<float> on_device(*GetParam().device, values);
  const DeviceArray<int32_t> rows_on_device(*GetParam().device, rows);
  {
    const TrainCall call(GetParam());
    GetParam().kernels->color.center_rows(call.context,
                                          {on_device.data(), kColumns, rows_on_device.data(), int64_t(rows.size())});
  }
  const std::vector<float> centered = on_device.Get();
  for (size_t column = 0; column < kColumns; ++column) {
    double sum = 0;
    for (const int32_t row : rows) sum += double(centered[size_t(row) * kColumns + column]);
    EXPECT_NEAR(sum / double(rows.size()), 0, 1e-7);
    for (size_t row = 0; row < kRows; row += 8) {
      ASSERT_EQ(centered[row * kColumns + column], values[row * kColumns + column]) << "is not listed";
    }
    const float moved = values[kColumns + column] - centered[kColumns + column];
    EXPECT_NEAR(values[2 * kColumns + column] - centered[2 * kColumns + column], moved, 1e-6);
  }
}

TEST_P(ColorStagesTest, RefuseWhatTheyCannotDo) {
  const TrainCall call(GetParam());
  const ColorStages& stages = GetParam().kernels->color;
  const View view({8, 8}, true);
  float out[3] = {};
  ColorParams params = view.Params(view.image.data(), view.photo.data(), view.camera.data());
  EXPECT_THROW(stages.forward(call.context, {params, nullptr}), Error);
  EXPECT_THROW(stages.backward(call.context, {params, out, out, nullptr}), Error);
  EXPECT_THROW(stages.center_rows(call.context, {out, 10, nullptr, 0}), Error);
  params.width = 0;
  EXPECT_THROW(stages.forward(call.context, {params, out}), Error);
}

}  // namespace
}  // namespace splat::train
