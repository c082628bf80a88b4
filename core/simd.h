// Float is a vector of the instruction set for which the including source is compiled: as many floats side by side as
// it holds, with the vocabulary of core/lanes.h. This header is for sources that CMake compiles once for each
// instruction set (splat_simd_sources), in the namespace SPLAT_SIMD_NAMESPACE: everything that is generated for one set
// has names of its own, so that the linker never takes it for another. It is built on Google Highway.
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
};

class Float {
 public:
  Float() = default;
  HWY_INLINE Float(FloatVector lanes) : lanes_(lanes) {}
  // Puts the same number into all lanes; a double is rounded.
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

// NOLINTBEGIN(readability-identifier-naming): the names of the standard library, as `using std::exp` finds them
HWY_INLINE Float sqrt(Float a) {
  return hn::Sqrt(a.lanes());
}
HWY_INLINE Float floor(Float a) {
  return hn::Floor(a.lanes());
}
HWY_INLINE Float ceil(Float a) {
  return hn::Ceil(a.lanes());
}
// Beyond Highway's range this agrees with std::exp: infinity for large numbers, and NaN for NaN.
HWY_INLINE Float exp(Float a) {
  const FloatTag tag;
  const FloatVector power = hn::Exp(tag, hn::Min(a.lanes(), hn::Set(tag, 104.0f)));
  return hn::IfThenElse(hn::IsNaN(a.lanes()), a.lanes(), power);
}
HWY_INLINE Float log(Float a) {
  return hn::Log(FloatTag(), a.lanes());
}
HWY_INLINE Float log2(Float a) {
  return hn::Log2(FloatTag(), a.lanes());
}
// NOLINTEND(readability-identifier-naming)

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

// Four rows in each lane's group of four lanes to four columns, and back.
template <typename Vector>
HWY_INLINE void TransposeFours(Vector& a, Vector& b, Vector& c, Vector& d) {
  const FloatTag tag;
  const hn::Repartition<double, FloatTag> pairs;
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(tag, a, b));
  const auto cd_low = hn::BitCast(pairs, hn::InterleaveLower(tag, c, d));
  const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(tag, a, b));
  const auto cd_high = hn::BitCast(pairs, hn::InterleaveUpper(tag, c, d));
  a = hn::BitCast(tag, hn::InterleaveLower(pairs, ab_low, cd_low));
  b = hn::BitCast(tag, hn::InterleaveUpper(pairs, ab_low, cd_low));
  c = hn::BitCast(tag, hn::InterleaveLower(pairs, ab_high, cd_high));
  d = hn::BitCast(tag, hn::InterleaveUpper(pairs, ab_high, cd_high));
}

// These are the places of the rows of LoadRows and StoreRows. They are not an array of pointers: a compiler would
// compute those on vectors, only to take them apart again.
template <typename Number>
struct RowPlaces {
  Number* array;
  int64_t width;
  const int64_t* index;

  HWY_INLINE Number* Row(size_t lane) const { return array + width * index[lane]; }
};

// Loads the first kColumns (1, 3 or 4) numbers from `first` on of the row of `lane` into the lowest four lanes, those
// of lane + 4 into the next four, and so on.
template <int kColumns, typename Tag>
HWY_INLINE hn::Vec<Tag> LoadFours(Tag tag, const RowPlaces<const float>& rows, size_t lane, int first) {
  if constexpr (hn::MaxLanes(Tag()) > 4) {
    const hn::Half<Tag> half;
    return hn::Combine(tag, LoadFours<kColumns>(half, rows, lane + hn::MaxLanes(half), first),
                       LoadFours<kColumns>(half, rows, lane, first));
  } else {
    const float* from = rows.Row(lane) + first;
    const hn::Half<Tag> two;
    const hn::Half<hn::Half<Tag>> one;
    if constexpr (kColumns == 4) {
      return hn::LoadU(tag, from);
    } else if constexpr (kColumns == 3) {
      return hn::Combine(tag, hn::ZeroExtendVector(two, hn::LoadU(one, from + 2)), hn::LoadU(two, from));
    } else {
      return hn::ZeroExtendVector(tag, hn::ZeroExtendVector(two, hn::LoadU(one, from)));
    }
  }
}
template <int kColumns, typename Tag>
HWY_INLINE void StoreFours(Tag tag, hn::Vec<Tag> numbers, const RowPlaces<float>& rows, size_t lane, int first) {
  if constexpr (hn::MaxLanes(Tag()) > 4) {
    const hn::Half<Tag> half;
    StoreFours<kColumns>(half, hn::LowerHalf(half, numbers), rows, lane, first);
    StoreFours<kColumns>(half, hn::UpperHalf(half, numbers), rows, lane + hn::MaxLanes(half), first);
  } else {
    float* to = rows.Row(lane) + first;
    const hn::Half<Tag> two;
    const hn::Half<hn::Half<Tag>> one;
    if constexpr (kColumns == 4) {
      hn::StoreU(numbers, tag, to);
    } else if constexpr (kColumns == 3) {
      hn::StoreU(hn::LowerHalf(two, numbers), two, to);
      hn::StoreU(hn::LowerHalf(one, hn::UpperHalf(two, numbers)), one, to + 2);
    } else {
      hn::StoreU(hn::LowerHalf(one, hn::LowerHalf(two, numbers)), one, to);
    }
  }
}

template <int kColumns>
HWY_INLINE void LoadColumns(const RowPlaces<const float>& rows, int first, Float* column) {
  const FloatTag tag;
  FloatVector a = LoadFours<kColumns>(tag, rows, 0, first), b = LoadFours<kColumns>(tag, rows, 1, first),
              c = LoadFours<kColumns>(tag, rows, 2, first), d = LoadFours<kColumns>(tag, rows, 3, first);
  TransposeFours(a, b, c, d);
  column[0] = a;
  if constexpr (kColumns > 1) {
    column[1] = b;
    column[2] = c;
  }
  if constexpr (kColumns > 3) column[3] = d;
}
template <int kColumns>
HWY_INLINE void StoreColumns(const Float* column, int first, const RowPlaces<float>& rows) {
  const FloatTag tag;
  FloatVector a = column[0].lanes(), b = a, c = a, d = a;
  if constexpr (kColumns > 1) {
    b = column[1].lanes();
    c = column[2].lanes();
  }
  if constexpr (kColumns > 3) d = column[3].lanes();
  TransposeFours(a, b, c, d);
  StoreFours<kColumns>(tag, a, rows, 0, first);
  StoreFours<kColumns>(tag, b, rows, 1, first);
  StoreFours<kColumns>(tag, c, rows, 2, first);
  StoreFours<kColumns>(tag, d, rows, 3, first);
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

// Columns are taken by fours; what is left over by one or three, or again with the last four of a longer row.
template <>
HWY_INLINE void LoadRows<simd::SPLAT_SIMD_NAMESPACE::Float>(const float* array, int64_t width, const int64_t* index,
                                                            int columns, simd::SPLAT_SIMD_NAMESPACE::Float* column) {
  using namespace simd::SPLAT_SIMD_NAMESPACE;
  const RowPlaces<const float> rows = {array, width, index};
  int k = 0;
  for (; k + 4 <= columns; k += 4) LoadColumns<4>(rows, k, column + k);
  if (k == columns) return;
  if (columns > 4) return LoadColumns<4>(rows, columns - 4, column + columns - 4);
  if (columns == 3) return LoadColumns<3>(rows, 0, column);
  for (; k < columns; ++k) LoadColumns<1>(rows, k, column + k);
}
template <>
HWY_INLINE void StoreRows<simd::SPLAT_SIMD_NAMESPACE::Float>(const simd::SPLAT_SIMD_NAMESPACE::Float* column,
                                                             int columns, float* array, int64_t width,
                                                             const int64_t* index) {
  using namespace simd::SPLAT_SIMD_NAMESPACE;
  const RowPlaces<float> rows = {array, width, index};
  int k = 0;
  for (; k + 4 <= columns; k += 4) StoreColumns<4>(column + k, k, rows);
  if (k == columns) return;
  if (columns > 4) return StoreColumns<4>(column + columns - 4, columns - 4, rows);
  if (columns == 3) return StoreColumns<3>(column, 0, rows);
  for (; k < columns; ++k) StoreColumns<1>(column + k, k, rows);
}

}  // namespace splat
