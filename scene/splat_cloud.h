// The splats of a scene as plain arrays: what readers of scene files make and writers take. No LibTorch; apps join it
// with SplatModel (rasterizer/torch/scene_model.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/quaternion.h"
#include "core/vec.h"
#include "rasterizer/math/constants.h"

namespace splat {

constexpr int kChannels = 3;  // red, green, blue

using Rgb = std::array<double, 3>;  // 0..1, display-referred

// Non-owning view. Values are stored as they are trained: scales as natural logarithms, opacities as logits, colours as
// coefficients of spherical harmonics in Inria's order, for display-referred sRGB. The scene's frame: x right, y down,
// z forward (RDF).
struct SplatCloudView {
  int64_t count = 0;
  int sh_rest_count = 0;                  // K: 0, 3, 8 or 15
  const float* means = nullptr;           // [count, 3] scene units
  const float* log_scales = nullptr;      // [count, 3]
  const float* quats = nullptr;           // [count, 4] (w, x, y, z), not normalised
  const float* opacity_logits = nullptr;  // [count]
  const float* sh_dc = nullptr;           // [count, 3]
  const float* sh_rest = nullptr;         // [count, K, 3] coefficient-major
  bool antialiased = false;               // trained with a 2D filter that keeps a splat's energy (mip-splatting)
  std::optional<Rgb> background;          // that the scene was trained on, if known
};

// The same, owned.
struct SplatCloud {
  SplatCloud() = default;
  SplatCloud(int64_t count, int sh_degree);  // all zero

  int64_t count() const { return int64_t(opacity_logits.size()); }
  SplatCloudView View() const;

  int sh_rest_count = 0;
  std::vector<float> means, log_scales, quats, opacity_logits, sh_dc, sh_rest;  // shapes as above
  bool antialiased = false;
  std::optional<Rgb> background;
  int64_t left_out = 0;  // splats of the file that no viewer could draw
};

// Makes what a reader has filled in usable: infinite opacity logits and log scales (exactly 0 or 1 when activated)
// become large finite ones, quaternions are normalised, and splats with a value that is still not finite or a zero
// quaternion are taken out and counted in `left_out`.
void LeaveOutUnusable(SplatCloud& cloud);

// Memory of a splat in a cloud, bytes.
constexpr uint64_t SplatBytes(int sh_rest_count) {
  return sizeof(float) * uint64_t(3 + 3 + 4 + 1 + kChannels * (1 + sh_rest_count));
}

enum class Frame {
  kRdf,  // x right, y down, z forward: the scene's
  kRub,  // x right, y up, z back: glTF's and OpenGL's
};

// Which splats are written, in which order, to which SH degree and in which frame. Owns 4 bytes a splat and refers to
// the view's arrays, so that a selection of ten million splats needs no second copy of them.
class SplatSelection {
 public:
  // All splats that a viewer could draw: finite, and with a quaternion that has a direction. At most 2^32 - 1.
  explicit SplatSelection(const SplatCloudView& splats);

  int64_t count() const { return int64_t(rows_.size()); }
  int64_t left_out() const { return left_out_; }  // by the constructor
  int sh_degree() const { return sh_degree_; }
  int sh_rest_count() const { return math::ShRestCount(sh_degree_); }
  bool antialiased() const { return splats_.antialiased; }
  const std::optional<Rgb>& background() const { return splats_.background; }
  const std::vector<uint32_t>& rows() const { return rows_; }  // of the view

  void SetRows(std::vector<uint32_t> rows) { rows_ = std::move(rows); }  // of those it had
  void LimitShDegree(int degree);                                        // higher ones are cut off
  SplatSelection InFrame(Frame frame) const;

  // Of splat 0 ... count() - 1 of the selection, in its frame.
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
  int sh_degree_ = 0;
  Frame frame_ = Frame::kRdf;
};

// Turns a cloud between the two frames in place, by 180 degrees about x; the way back is the same.
void SwapRdfAndRub(SplatCloud& cloud);

}  // namespace splat
