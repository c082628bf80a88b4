// The vertices of a PLY as a table, for tests that look at all of them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/check.h"
#include "io/mapped_file.h"
#include "io/ply.h"

namespace splat::testing {

struct PlyTable {
  std::vector<std::string> comments;
  std::vector<std::string> names;  // [C] of the vertex element's properties, in file order
  std::vector<float> values;       // [rows, C] row-major, converted to float
  size_t rows = 0;

  // Column of a name, or -1.
  int Column(const std::string& name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : int(found - names.begin());
  }
};

// Throws splat::Error as PlyFile does, and where there is no element vertex.
inline PlyTable ReadPly(const std::string& path) {
  const MappedFile file(path);
  const PlyFile ply(file.bytes(), path);
  const PlyFile::Element* vertex = ply.Find("vertex");
  SPLAT_CHECK(vertex != nullptr, path, ": has no element 'vertex'");
  PlyTable table;
  table.comments = ply.comments();
  for (const PlyFile::Property& property : vertex->properties) table.names.push_back(property.name);
  ply.ForEachRow(*vertex, [&](const float* row) {
    if (table.values.empty()) table.values.reserve(size_t(vertex->count) * table.names.size());
    table.values.insert(table.values.end(), row, row + table.names.size());
  });
  table.rows = size_t(vertex->count);
  return table;
}

}  // namespace splat::testing
