// The splats of a scene as plain arrays: what readers of scene files make and writers take. No LibTorch;
// rasterizer/torch/scene_model.h joins them with tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/quaternion.h"
#include "core/vec.h"
#include "rasterizer/math/constants.h"
#include "scene/scene_traits.h"
#include "scene/splat_arrays.h"

namespace splat {

// A view that does not own its arrays, which are [count] rows of WidthOf numbers. Values are stored as they are
// trained: scales as natural logarithms, opacities as logits, colours as coefficients of spherical harmonics in Inria's
// order, for display-referred sRGB. The scene's frame is RDF: x right, y down, z forward.
struct SplatCloudView : SplatArraysOf<const float*> {
  int64_t count = 0;
  int sh_rest_count = 0;  // K: 0, 3, 8 or 15
  SceneTraits traits;
};

// A cloud that owns its arrays.
struct SplatCloud : SplatArraysOf<std::vector<float>> {
  SplatCloud() = default;
  SplatCloud(int64_t count, int sh_degree);  // all zero

  int64_t count() const { return int64_t(opacity_logits.size()); }
  SplatCloudView View() const;

  int sh_rest_count = 0;
  SceneTraits traits;
  int64_t left_out = 0;            // splats of the file that no viewer could draw
  std::vector<std::string> notes;  // what a reader had to assume or to leave out of the file, one line each
};

// Makes what a reader has filled in usable: infinite opacity logits and log scales (exactly 0 or 1 when activated)
// become large finite ones, quaternions are normalised, and splats with a value that is still not finite or a zero
// quaternion are taken out and counted in `left_out`.
void LeaveOutUnusable(SplatCloud& cloud);

// Memory of a splat in a cloud, bytes.
constexpr uint64_t SplatBytes(int sh_rest_count) {
  return sizeof(float) * uint64_t(NumbersPerSplat(sh_rest_count));
}

enum class Frame {
  kRdf,  // x right, y down, z forward: the scene's
  kRub,  // x right, y up, z back: glTF's and OpenGL's
};

// Which splats are written, in which order, to which SH degree and in which frame. A selection owns 4 bytes a splat and
// refers to the view's arrays, so that a selection of ten million splats needs no second copy of them.
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

// Turns a cloud between the two frames in place, by 180 degrees about x; the way back is the same.
void SwapRdfAndRub(SplatCloud& cloud);

}  // namespace splat
