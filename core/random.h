// These random numbers are explicit and portable: the same seed gives the same numbers with every standard library.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/constants.h"
#include "core/host_device.h"

namespace splat {

template <typename T>
struct NormalPair {
  T first, second;
};
// Two independent standard normal numbers from two uniform ones in [0, 1) (Box and Muller 1958).
template <typename T>
SPLAT_HD inline NormalPair<T> BoxMuller(T u, T v) {
  const T radius = std::sqrt(T(-2) * std::log(T(1) - u)), angle = T(2 * kPi) * v;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush, trivially saved and restored. The state
// moves on by a constant, so that threads can jump to their own part of one sequence.
class Random {
 public:
  static constexpr int kDrawsPerNormal = 2;  // of Bits()

  SPLAT_HD explicit Random(uint64_t seed) : state_(seed) {}

  SPLAT_HD uint64_t Bits() {
    uint64_t z = (state_ += kStride);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1).
  SPLAT_HD double Uniform() { return double(Bits() >> 11) * 0x1p-53; }
  SPLAT_HD float UniformFloat() { return float(Bits() >> 40) * 0x1p-24f; }
  SPLAT_HD double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  // Uniform integer in [0, bound), bound > 0.
  SPLAT_HD uint64_t Below(uint64_t bound) { return Bits() % bound; }
  // Standard normal; the second value of the pair is dropped so that the state stays one number.
  SPLAT_HD double Normal() {
    const double u = Uniform(), v = Uniform();
    return BoxMuller(u, v).first;
  }

  // These functions skip so many draws of Bits() at once.
  SPLAT_HD void Skip(uint64_t draws) { state_ += draws * kStride; }
  SPLAT_HD Random Skipped(uint64_t draws) const { return Random(state_ + draws * kStride); }

  SPLAT_HD uint64_t state() const { return state_; }

 private:
  static constexpr uint64_t kStride = 0x9e3779b97f4a7c15ull;

  uint64_t state_;
};

}  // namespace splat
