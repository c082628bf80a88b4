// Binary and ASCII PLY as named columns of the vertex element; no knowledge of splats.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

struct PlyTable {
  std::vector<std::string> comments;
  std::vector<std::string> names;  // [C] of the vertex element's properties, in file order
  std::vector<float> values;       // [rows, C] row-major, converted to float
  size_t rows = 0;

  // Column of a name, or -1.
  int Column(const std::string& name) const;
};

// Reads format binary_little_endian, binary_big_endian or ascii; elements after vertex are ignored, those before it are
// passed over, list properties in either are refused. The element count is checked against the file's size before
// memory is taken. CR LF headers are accepted; zero vertices and values that are not finite are, too. Throws
// splat::Error naming file and entry.
PlyTable ReadPly(const std::string& path);

// Writes binary_little_endian float properties through a temporary name and a rename: see docs/formats.md. Throws
// splat::Error (also when the disk is full, or if names, values and rows of the table do not fit together).
void WritePly(const std::string& path, const PlyTable& table);

}  // namespace splat::data
