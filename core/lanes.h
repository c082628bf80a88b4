// This header is the vocabulary of templates that run on one number or on several side by side. T is float or double,
// or a vector of floats of some instruction set (core/simd.h), for which the same names exist; a formula that keeps to
// them, to arithmetic and to comparisons joined by & and | exists once for all.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/host_device.h"

// This attribute is for functions inside a loop whose operands are to stay in registers.
#if defined(__GNUC__)
#define SPLAT_ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define SPLAT_ALWAYS_INLINE inline
#endif

namespace splat {

// What T consists of: the number itself, or the lanes of a vector.
template <typename T>
struct LanesOf {
  using Scalar = T;
  static constexpr int kCount = 1;
};
template <typename T>
using ScalarOf = typename LanesOf<T>::Scalar;

// What a comparison gives.
template <typename T>
using MaskOf = decltype(std::declval<T>() < std::declval<T>());

// condition ? yes : no, lane by lane; both are evaluated.
template <typename T>
SPLAT_HD inline T Select(bool condition, T yes, T no) {
  return condition ? yes : no;
}

// condition ? yes : 0.
template <typename T>
SPLAT_HD inline T SelectOrZero(bool condition, T yes) {
  return condition ? yes : T(0);
}

// The smaller one; b where either is not a number.
template <typename T>
SPLAT_HD inline T Minimum(T a, T b) {
  return a < b ? a : b;
}

// The larger one; b where either is not a number.
template <typename T>
SPLAT_HD inline T Maximum(T a, T b) {
  return a > b ? a : b;
}

SPLAT_HD inline bool AnyLane(bool condition) {
  return condition;
}

// These functions move a T from and to consecutive scalars in memory, which are aligned to the vector's size for
// vectors.
template <typename T>
SPLAT_HD inline T LoadLanes(const ScalarOf<T>* from) {
  return *from;
}
template <typename T>
SPLAT_HD inline void StoreLanes(const T& value, ScalarOf<T>* to) {
  *to = value;
}

// These functions move a row of consecutive scalars for each lane, in an array of rows of `width`: number k of row
// index[lane] comes from or goes to column[k], 0 <= k < columns.
template <typename T>
SPLAT_HD inline void LoadRows(const ScalarOf<T>* array, int64_t width, const int64_t* index, int columns, T* column) {
  for (int k = 0; k < columns; ++k) column[k] = array[width * index[0] + k];
}
template <typename T>
SPLAT_HD inline void StoreRows(const T* column, int columns, ScalarOf<T>* array, int64_t width, const int64_t* index) {
  for (int k = 0; k < columns; ++k) array[width * index[0] + k] = column[k];
}

// 0, 1, 2 ... in the lanes.
template <typename T>
SPLAT_HD inline T LaneIndices() {
  return T(0);
}

// Writes the sums over the lanes of four values to consecutive scalars, which are aligned to 16 bytes for vectors of
// floats.
template <typename T>
SPLAT_HD inline void StoreLaneSums(const T& a, const T& b, const T& c, const T& d, T* to) {
  to[0] = a;
  to[1] = b;
  to[2] = c;
  to[3] = d;
}

// 2^n from kPowerOf2Shift + n for a whole number -127 < n < 128, whose bits lie where an exponent is read from.
constexpr float kPowerOf2Shift = 12582912.0f + 127.0f;  // 1.5 * 2^23, from where a float has no fraction, and the bias
SPLAT_HD inline float PowerOf2OfShifted(float shifted) {
  uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits <<= 23;
  float power;
  std::memcpy(&power, &bits, sizeof(power));
  return power;
}

}  // namespace splat
