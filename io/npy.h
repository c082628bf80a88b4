// This reader takes NumPy's .npy files of floating-point numbers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace splat {

struct NpyArray {
  std::vector<size_t> shape;
  std::vector<double> values;  // the last index runs fastest, whatever the file's order
};

// Reads an array of float32 or float64, little-endian, of the format's versions 1 to 3, in C's or Fortran's order.
// Throws splat::Error naming `path` for other types, no .npy, and fewer bytes than the shape needs.
NpyArray ParseNpy(std::string_view bytes, const std::string& path);

}  // namespace splat
