// A forward-mode dual number is a value and its derivative along one direction. The templates of core and
// rasterizer/math instantiate with Dual, so a hand-written gradient can be compared with the exact derivative of the
// code it belongs to.
#pragma once

#include <cmath>

namespace splat::testing {

struct Dual {
  double value = 0;
  double derivative = 0;

  Dual() = default;
  Dual(double v) : value(v) {}  // NOLINT(google-explicit-constructor): a constant, as for a built-in scalar
  Dual(double v, double d) : value(v), derivative(d) {}

  explicit operator int() const { return int(value); }
  explicit operator double() const { return value; }
  explicit operator float() const { return float(value); }

  Dual& operator+=(const Dual& b) { return *this = {value + b.value, derivative + b.derivative}; }
  Dual& operator-=(const Dual& b) { return *this = {value - b.value, derivative - b.derivative}; }
  Dual& operator*=(const Dual& b) { return *this = {value * b.value, derivative * b.value + value * b.derivative}; }
  Dual& operator/=(const Dual& b) {
    const double quotient = value / b.value;
    return *this = {quotient, (derivative - quotient * b.derivative) / b.value};
  }
};

inline Dual operator-(const Dual& a) {
  return {-a.value, -a.derivative};
}
inline Dual operator+(Dual a, const Dual& b) {
  return a += b;
}
inline Dual operator-(Dual a, const Dual& b) {
  return a -= b;
}
inline Dual operator*(Dual a, const Dual& b) {
  return a *= b;
}
inline Dual operator/(Dual a, const Dual& b) {
  return a /= b;
}

// Comparisons look at the value only: a branch is taken as the plain scalar would take it.
inline bool operator<(const Dual& a, const Dual& b) {
  return a.value < b.value;
}
inline bool operator>(const Dual& a, const Dual& b) {
  return a.value > b.value;
}
inline bool operator<=(const Dual& a, const Dual& b) {
  return a.value <= b.value;
}
inline bool operator>=(const Dual& a, const Dual& b) {
  return a.value >= b.value;
}
inline bool operator==(const Dual& a, const Dual& b) {
  return a.value == b.value;
}
inline bool operator!=(const Dual& a, const Dual& b) {
  return a.value != b.value;
}

// Found by argument-dependent lookup where a template says `using std::exp; exp(x)`.
inline Dual exp(const Dual& a) {
  const double value = std::exp(a.value);
  return {value, value * a.derivative};
}
inline Dual log(const Dual& a) {
  return {std::log(a.value), a.derivative / a.value};
}
inline Dual sqrt(const Dual& a) {
  const double value = std::sqrt(a.value);
  return {value, a.derivative / (2 * value)};
}
inline Dual floor(const Dual& a) {
  return {std::floor(a.value), 0};
}
inline Dual ceil(const Dual& a) {
  return {std::ceil(a.value), 0};
}

}  // namespace splat::testing
