// A selection says which splats of a scene are written, in which order, to which SH degree and in which frame.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/quaternion.h"
#include "core/vec.h"
#include "scene/axis_conventions.h"
#include "scene/splat_cloud.h"

namespace splat {

// A selection owns 4 bytes a splat and refers to the view's arrays, so that a selection of ten million splats needs no
// second copy of them.
class SplatSelection {
 public:
  // Selects all splats that a viewer could draw: they are finite and have a quaternion with a direction. There may be
  // at most 2^32 - 1.
  explicit SplatSelection(const SplatCloudView& splats);

  int64_t count() const { return int64_t(rows_.size()); }
  int64_t left_out() const { return left_out_; }                // by the constructor
  const SceneTraits& traits() const { return splats_.traits; }  // sh_degree: at most what is stored
  int sh_degree() const { return splats_.traits.sh_degree; }
  int sh_rest_count() const { return math::ShRestCount(sh_degree()); }
  const std::vector<uint32_t>& rows() const { return rows_; }  // of the view

  void SetRows(std::vector<uint32_t> rows) { rows_ = std::move(rows); }  // of those it had
  void LimitShDegree(int degree);                                        // higher ones are cut off
  SplatSelection InFrame(Frame frame) const;

  // These functions return the values of splat 0 ... count() - 1 of the selection, in its frame. CopyTo writes
  // WidthOf(array, sh_rest_count()) numbers.
  void CopyTo(int array, int64_t splat, float* values) const;
  Vec3<float> Mean(int64_t splat) const;
  Vec3<float> LogScale(int64_t splat) const;
  Quaternion<float> Quat(int64_t splat) const;  // unit
  float OpacityLogit(int64_t splat) const { return splats_.opacity_logits[rows_[size_t(splat)]]; }
  double Opacity(int64_t splat) const;  // 0..1
  Vec3<float> ShDc(int64_t splat) const;
  Vec3<float> ShRest(int64_t splat, int coefficient) const;  // of the three channels

 private:
  SplatCloudView splats_;
  std::vector<uint32_t> rows_;
  int64_t left_out_ = 0;
  Frame frame_ = Frame::kRdf;
};

// The mean of a splat of the selection, in its frame.
inline Vec3<double> MeanOf(const SplatSelection& splats, int64_t splat) {
  const Vec3<float> mean = splats.Mean(splat);
  return {mean.x, mean.y, mean.z};
}

}  // namespace splat
