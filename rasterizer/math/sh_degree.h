// This header says which degrees the spherical harmonics of a splat's colour may have, and how many coefficients each
// degree has.
#pragma once

namespace splat::math {

// The largest degree that is stored, trained and drawn; the smallest is 0.
constexpr int kMaxShDegree = 3;

// Returns the number of coefficients per colour channel of all degrees from 1 to `degree`.
constexpr int ShRestCount(int degree) {
  return (degree + 1) * (degree + 1) - 1;
}

// The most coefficients per channel beyond the first that a splat has.
constexpr int kMaxShRest = ShRestCount(kMaxShDegree);

// Returns the largest degree all of whose coefficients fit into this number.
constexpr int ShDegreeOf(int rest_count) {
  int degree = 0;
  while (degree < kMaxShDegree && ShRestCount(degree + 1) <= rest_count) ++degree;
  return degree;
}

}  // namespace splat::math
