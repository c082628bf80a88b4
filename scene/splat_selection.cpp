#include "scene/splat_selection.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "scene/usable_splat.h"

namespace splat {
namespace {

Vec3<float> Vec3At(const float* values, int64_t row) {
  return {values[3 * row], values[3 * row + 1], values[3 * row + 2]};
}

}  // namespace

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
  return frame_ == Frame::kRdf ? mean : TurnedBetweenFrames(mean);
}

Vec3<float> SplatSelection::LogScale(int64_t splat) const {
  return Vec3At(splats_.log_scales, rows_[size_t(splat)]);
}

Quaternion<float> SplatSelection::Quat(int64_t splat) const {
  const float* quat = splats_.quats + 4 * int64_t(rows_[size_t(splat)]);
  const double factor = UnitFactor(quat);
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
  return (frame_ == Frame::kRdf ? 1.0f : kTurnedShSigns[coefficient]) * value;
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

}  // namespace splat
