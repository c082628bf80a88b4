// Float: as many floats side by side as a vector of the instruction set holds for which the including source is
// compiled, with the vocabulary of core/lanes.h. For sources that CMake compiles once for each instruction set
// (splat_simd_sources), in the namespace SPLAT_SIMD_NAMESPACE: everything that is generated for one set has names of
// its own, so that the linker never takes it for another. On top of Google Highway.
#pragma once

// Vectors whose size is known when compiling only.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SCALAR)
#define HWY_COMPILE_ONLY_STATIC
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <type_traits>

#include "core/lanes.h"
#include "core/multiply_add.h"

#if !defined(SPLAT_SIMD_NAMESPACE)
#error "core/simd.h is for sources that splat_simd_sources compiles"
#endif

namespace splat {
namespace simd::SPLAT_SIMD_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<FloatTag>;
using FloatMask = hn::Mask<FloatTag>;

struct Mask {
  FloatMask lanes;

  friend HWY_INLINE Mask operator&(Mask a, Mask b) { return {hn::And(a.lanes, b.lanes)}; }
  friend HWY_INLINE Mask operator|(Mask a, Mask b) { return {hn::Or(a.lanes, b.lanes)}; }
  friend HWY_INLINE Mask operator!(Mask a) { return {hn::Not(a.lanes)}; }
};

class Float {
 public:
  Float() = default;
  HWY_INLINE Float(FloatVector lanes) : lanes_(lanes) {}
  // The same number in all lanes; a double is rounded.
  template <typename S, typename = std::enable_if_t<std::is_arithmetic_v<S>>>
  HWY_INLINE explicit Float(S number) : lanes_(hn::Set(FloatTag(), static_cast<float>(number))) {}

  HWY_INLINE FloatVector lanes() const { return lanes_; }

  friend HWY_INLINE Float operator+(Float a, Float b) { return hn::Add(a.lanes_, b.lanes_); }
  friend HWY_INLINE Float operator-(Float a, Float b) { return hn::Sub(a.lanes_, b.lanes_); }
  friend HWY_INLINE Float operator*(Float a, Float b) { return hn::Mul(a.lanes_, b.lanes_); }
  friend HWY_INLINE Float operator/(Float a, Float b) { return hn::Div(a.lanes_, b.lanes_); }
  friend HWY_INLINE Float operator-(Float a) { return hn::Neg(a.lanes_); }
  HWY_INLINE Float& operator+=(Float b) { return *this = *this + b; }
  HWY_INLINE Float& operator-=(Float b) { return *this = *this - b; }

  friend HWY_INLINE Mask operator<(Float a, Float b) { return {hn::Lt(a.lanes_, b.lanes_)}; }
  friend HWY_INLINE Mask operator<=(Float a, Float b) { return {hn::Le(a.lanes_, b.lanes_)}; }
  friend HWY_INLINE Mask operator>(Float a, Float b) { return {hn::Gt(a.lanes_, b.lanes_)}; }
  friend HWY_INLINE Mask operator>=(Float a, Float b) { return {hn::Ge(a.lanes_, b.lanes_)}; }

 private:
  FloatVector lanes_;
};

HWY_INLINE Float Select(Mask condition, Float yes, Float no) {
  return hn::IfThenElse(condition.lanes, yes.lanes(), no.lanes());
}
HWY_INLINE Float SelectOrZero(Mask condition, Float yes) {
  return hn::IfThenElseZero(condition.lanes, yes.lanes());
}
HWY_INLINE Float Minimum(Float a, Float b) {
  return hn::Min(a.lanes(), b.lanes());
}
HWY_INLINE Float Maximum(Float a, Float b) {
  return hn::Max(a.lanes(), b.lanes());
}
HWY_INLINE bool AnyLane(Mask condition) {
  return !hn::AllFalse(FloatTag(), condition.lanes);
}

// One rounding where the instruction set has the operation, two where not.
HWY_INLINE Float MultiplyAdd(Float a, Float b, Float c) {
  return hn::MulAdd(a.lanes(), b.lanes(), c.lanes());
}

HWY_INLINE Float NegativeMultiplyAdd(Float a, Float b, Float c) {
  return hn::NegMulAdd(a.lanes(), b.lanes(), c.lanes());
}

HWY_INLINE Float sqrt(Float a) {
  return hn::Sqrt(a.lanes());
}
HWY_INLINE Float floor(Float a) {
  return hn::Floor(a.lanes());
}
HWY_INLINE Float ceil(Float a) {
  return hn::Ceil(a.lanes());
}
HWY_INLINE Float exp(Float a) {
  return hn::Exp(FloatTag(), a.lanes());
}
HWY_INLINE Float log(Float a) {
  return hn::Log(FloatTag(), a.lanes());
}
HWY_INLINE Float log2(Float a) {
  return hn::Log2(FloatTag(), a.lanes());
}

HWY_INLINE Float PowerOf2OfShifted(Float shifted) {
  const hn::RebindToUnsigned<FloatTag> bits;
  return hn::BitCast(FloatTag(), hn::ShiftLeft<23>(hn::BitCast(bits, shifted.lanes())));
}

// The sums over the lanes of four vectors, as a vector of four. Lanes are folded in halves.
template <typename Tag, typename Vector>
HWY_INLINE hn::Vec<hn::Full128<float>> SumsOfLanes(Tag tag, Vector a, Vector b, Vector c, Vector d) {
  if constexpr (hn::MaxLanes(Tag()) > 4) {
    const hn::Half<Tag> half;
    const auto fold = [&](Vector v) HWY_ATTR { return hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)); };
    return SumsOfLanes(half, fold(a), fold(b), fold(c), fold(d));
  } else {
    const Vector ab = hn::Add(hn::InterleaveLower(tag, a, b), hn::InterleaveUpper(tag, a, b));
    const Vector cd = hn::Add(hn::InterleaveLower(tag, c, d), hn::InterleaveUpper(tag, c, d));
    return hn::Add(hn::ConcatLowerLower(tag, cd, ab), hn::ConcatUpperUpper(tag, cd, ab));
  }
}

HWY_INLINE void StoreLaneSums(Float a, Float b, Float c, Float d, float* to) {
  hn::Store(SumsOfLanes(FloatTag(), a.lanes(), b.lanes(), c.lanes(), d.lanes()), hn::Full128<float>(), to);
}

}  // namespace simd::SPLAT_SIMD_NAMESPACE

template <>
struct LanesOf<simd::SPLAT_SIMD_NAMESPACE::Float> {
  using Scalar = float;
  static constexpr int kCount = int(simd::SPLAT_SIMD_NAMESPACE::hn::MaxLanes(simd::SPLAT_SIMD_NAMESPACE::FloatTag()));
};

template <>
HWY_INLINE simd::SPLAT_SIMD_NAMESPACE::Float LoadLanes<simd::SPLAT_SIMD_NAMESPACE::Float>(const float* from) {
  using namespace simd::SPLAT_SIMD_NAMESPACE;
  return hn::Load(FloatTag(), from);
}
template <>
HWY_INLINE void StoreLanes(const simd::SPLAT_SIMD_NAMESPACE::Float& value, float* to) {
  using namespace simd::SPLAT_SIMD_NAMESPACE;
  hn::Store(value.lanes(), FloatTag(), to);
}
template <>
HWY_INLINE simd::SPLAT_SIMD_NAMESPACE::Float LaneIndices<simd::SPLAT_SIMD_NAMESPACE::Float>() {
  using namespace simd::SPLAT_SIMD_NAMESPACE;
  return hn::Iota(FloatTag(), 0.0f);
}

}  // namespace splat
