#include "scene/splat_cloud.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "scene/usable_splat.h"

namespace splat {
namespace {

constexpr float kLargestLogit = 20;      // stands for opacity 1: the sigmoid rounds to it
constexpr float kLargestLogScale = 20;   // stands for an infinite logarithm; a size of 5e8 or 2e-9 units
constexpr double kUnitTolerance = 5e-7;  // a quaternion that was normalised in float is kept bit for bit

// Signs of the SH functions 1 ... 15 under y -> -y, z -> -z: -1 where their polynomial is odd in y and z together.
constexpr float kShSigns[15] = {-1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1};

// Factor that makes quat [4] a unit quaternion; it must have a direction.
double Normalizer(const float* quat) {
  const double squared_norm = SquaredNormOf(quat);
  return std::abs(squared_norm - 1) <= kUnitTolerance ? 1 : 1 / std::sqrt(squared_norm);
}

void ReplaceInfinities(std::vector<float>& values, float largest) {
  for (float& value : values) {
    if (std::isinf(value)) value = std::copysign(largest, value);
  }
}

// Moves row `from` of an array of rows to row `to`, which is not behind it.
void MoveRow(std::vector<float>& values, int64_t columns, int64_t from, int64_t to) {
  std::copy_n(values.begin() + from * columns, columns, values.begin() + to * columns);
}

Vec3<float> Vec3At(const float* values, int64_t row) {
  return {values[3 * row], values[3 * row + 1], values[3 * row + 2]};
}

}  // namespace

SplatCloud::SplatCloud(int64_t count, int sh_degree) : sh_rest_count(math::ShRestCount(sh_degree)) {
  for (int array = 0; array < kSplatArrays; ++array) {
    (*this)[array].resize(size_t(count) * size_t(WidthOf(array, sh_rest_count)));
  }
}

SplatCloudView SplatCloud::View() const {
  SplatCloudView view;
  view.count = count();
  view.sh_rest_count = sh_rest_count;
  view.traits = traits;
  for (int array = 0; array < kSplatArrays; ++array) view[array] = (*this)[array].data();
  return view;
}

void LeaveOutUnusable(SplatCloud& cloud) {
  ReplaceInfinities(cloud.opacity_logits, kLargestLogit);
  ReplaceInfinities(cloud.log_scales, kLargestLogScale);
  const SplatCloudView view = cloud.View();
  int64_t kept = 0;
  for (int64_t row = 0; row < view.count; ++row) {
    if (!IsUsable(view, view.sh_rest_count, row)) continue;
    for (int array = 0; array < kSplatArrays; ++array) {
      MoveRow(cloud[array], WidthOf(array, cloud.sh_rest_count), row, kept);
    }
    float* quat = cloud.quats.data() + 4 * kept;
    const double factor = Normalizer(quat);
    for (int i = 0; i < 4; ++i) quat[i] = float(quat[i] * factor);
    ++kept;
  }
  cloud.left_out += view.count - kept;
  for (int array = 0; array < kSplatArrays; ++array) {
    cloud[array].resize(size_t(kept) * size_t(WidthOf(array, cloud.sh_rest_count)));
  }
}

SplatSelection::SplatSelection(const SplatCloudView& splats) : splats_(splats) {
  LimitShDegree(math::ShDegreeOf(splats.sh_rest_count));
  SPLAT_CHECK(splats.count < int64_t(std::numeric_limits<uint32_t>::max()), splats.count,
              " splats are more than can be written");
  rows_.reserve(size_t(splats.count));
  for (int64_t row = 0; row < splats.count; ++row) {
    if (IsUsable(splats, splats.sh_rest_count, row)) rows_.push_back(uint32_t(row));
  }
  left_out_ = splats.count - count();
}

void SplatSelection::LimitShDegree(int degree) {
  splats_.traits.sh_degree = std::min(splats_.traits.sh_degree, degree);
}

SplatSelection SplatSelection::InFrame(Frame frame) const {
  SplatSelection turned = *this;
  turned.frame_ = frame;
  return turned;
}

Vec3<float> SplatSelection::Mean(int64_t splat) const {
  const Vec3<float> mean = Vec3At(splats_.means, rows_[size_t(splat)]);
  return frame_ == Frame::kRdf ? mean : Vec3<float>{mean.x, -mean.y, -mean.z};
}

Vec3<float> SplatSelection::LogScale(int64_t splat) const {
  return Vec3At(splats_.log_scales, rows_[size_t(splat)]);
}

Quaternion<float> SplatSelection::Quat(int64_t splat) const {
  const float* quat = splats_.quats + 4 * int64_t(rows_[size_t(splat)]);
  const double factor = Normalizer(quat);
  const double sign = frame_ == Frame::kRdf ? 1 : -1;
  return {float(quat[0] * factor), float(quat[1] * factor), float(sign * quat[2] * factor),
          float(sign * quat[3] * factor)};
}

double SplatSelection::Opacity(int64_t splat) const {
  return math::Sigmoid(double(OpacityLogit(splat)));
}

Vec3<float> SplatSelection::ShDc(int64_t splat) const {
  return Vec3At(splats_.sh_dc, rows_[size_t(splat)]);
}

Vec3<float> SplatSelection::ShRest(int64_t splat, int coefficient) const {
  const Vec3<float> value =
      Vec3At(splats_.sh_rest, int64_t(rows_[size_t(splat)]) * splats_.sh_rest_count + coefficient);
  return (frame_ == Frame::kRdf ? 1.0f : kShSigns[coefficient]) * value;
}

void SplatSelection::CopyTo(int array, int64_t splat, float* values) const {
  const auto put = [&](const Vec3<float>& value) {
    for (const float number : {value.x, value.y, value.z}) *values++ = number;
  };
  switch (array) {
    case kMeans:
      return put(Mean(splat));
    case kLogScales:
      return put(LogScale(splat));
    case kQuats: {
      const Quaternion<float> quat = Quat(splat);
      for (const float number : {quat.w, quat.x, quat.y, quat.z}) *values++ = number;
      return;
    }
    case kOpacityLogits:
      *values = OpacityLogit(splat);
      return;
    case kShDc:
      return put(ShDc(splat));
    default:
      for (int k = 0; k < sh_rest_count(); ++k) put(ShRest(splat, k));
  }
}

void SwapRdfAndRub(SplatCloud& cloud) {
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    float* mean = cloud.means.data() + 3 * splat;
    float* quat = cloud.quats.data() + 4 * splat;
    float* rest = cloud.sh_rest.data() + int64_t(cloud.sh_rest_count) * kChannels * splat;
    for (float* value : {mean + 1, mean + 2, quat + 2, quat + 3}) *value = -*value;
    for (int i = 0; i < cloud.sh_rest_count * kChannels; ++i) rest[i] *= kShSigns[i / kChannels];
  }
}

}  // namespace splat
