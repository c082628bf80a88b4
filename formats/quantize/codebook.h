// A codebook is 256 numbers that stand for many: scalar quantisation with the least squared error that a few steps
// find.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace splat::formats {

// Levels for a set of values. They are placed by the density that is best for many levels (the cube root of the values'
// own: Panter and Dite 1951), and then moved to the means of what they stand for (Lloyd 1957), which depends on no
// random number. They ascend. Where there are fewer than 256 different values each is repeated, and its label lies in
// the middle of its run: a reader that gets labels off by one or two still finds it.
class Codebook {
 public:
  explicit Codebook(std::vector<float> values);  // finite; none gives zeros

  const std::array<float, 256>& levels() const { return levels_; }
  uint8_t Label(float value) const;  // of the nearest level

 private:
  std::array<float, 256> levels_ = {};
  std::vector<float> bounds_;    // between neighbouring different levels, ascending
  std::vector<uint8_t> labels_;  // of the different levels
};

}  // namespace splat::formats
