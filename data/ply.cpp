#include "data/ply.h"

#include <algorithm>
#include <optional>

#include "core/atomic_file.h"
#include "core/check.h"
#include "data/byte_reader.h"
#include "data/text_scan.h"

namespace splat::data {
namespace {

enum class Format { kAscii, kLittleEndian, kBigEndian };
enum class Type { kInt8, kUint8, kInt16, kUint16, kInt32, kUint32, kFloat32, kFloat64 };

struct TypeTraits {
  Type type;
  const char* name;
  const char* old_name;
  size_t size;  // bytes
};

constexpr TypeTraits kTypes[] = {
    {Type::kInt8, "char", "int8", 1},        {Type::kUint8, "uchar", "uint8", 1},
    {Type::kInt16, "short", "int16", 2},     {Type::kUint16, "ushort", "uint16", 2},
    {Type::kInt32, "int", "int32", 4},       {Type::kUint32, "uint", "uint32", 4},
    {Type::kFloat32, "float", "float32", 4}, {Type::kFloat64, "double", "float64", 8},
};

struct Property {
  std::string name;
  Type type;
  size_t size;  // bytes
};

struct Element {
  std::string name;
  uint64_t count;
  std::vector<Property> properties;
  std::string list_property;  // name of the first one, which has no fixed size

  size_t RowSize() const {
    size_t size = 0;
    for (const Property& property : properties) size += property.size;
    return size;
  }
};

struct Header {
  std::optional<Format> format;
  std::vector<std::string> comments;
  std::vector<Element> elements;
};

Format ParseFormat(std::string_view name, const std::string& where) {
  if (name == "ascii") return Format::kAscii;
  if (name == "binary_little_endian") return Format::kLittleEndian;
  if (name == "binary_big_endian") return Format::kBigEndian;
  throw Error(StrCat(where, ": unknown format '", name, "'; save the file as binary_little_endian"));
}

Property ParseProperty(std::string_view type_name, std::string_view name, const std::string& where) {
  for (const TypeTraits& traits : kTypes) {
    if (type_name == traits.name || type_name == traits.old_name) return {std::string(name), traits.type, traits.size};
  }
  throw Error(StrCat(where, ": property '", name, "' has the unknown type '", type_name, "'"));
}

void AddProperty(std::string_view line, const std::string& where, Header& header) {
  SPLAT_CHECK(!header.elements.empty(), where, ": a property before any element");
  Element& element = header.elements.back();
  const std::string_view type = TakeWord(line);
  if (type == "list") {
    TakeWord(line);
    TakeWord(line);
    if (element.list_property.empty()) element.list_property = std::string(TakeWord(line));
    return;
  }
  const std::string_view name = TakeWord(line);
  SPLAT_CHECK(!name.empty(), where, ": a property without a name");
  for (const Property& other : element.properties) {
    SPLAT_CHECK(other.name != name, where, ": property '", name, "' is there twice");
  }
  element.properties.push_back(ParseProperty(type, name, where));
}

void AddElement(std::string_view line, const std::string& where, Header& header) {
  const std::string_view name = TakeWord(line);
  const std::string_view word = TakeWord(line);
  const auto count = ParseNumber<uint64_t>(word);
  SPLAT_CHECK(count.has_value(), where, ": element '", name, "' has the count '", word, "', which is no number");
  header.elements.push_back({std::string(name), *count, {}, {}});
}

// Leaves `scanner` behind end_header.
Header ReadHeader(LineScanner& scanner, const std::string& path) {
  SPLAT_CHECK(scanner.Next() == "ply", path, ": is no PLY file (it does not begin with 'ply')");
  Header header;
  while (const auto line = scanner.Next()) {
    const std::string where = StrCat(path, ": line ", scanner.line_number());
    std::string_view rest = *line;
    const std::string_view keyword = TakeWord(rest);
    if (keyword == "end_header") {
      SPLAT_CHECK(header.format.has_value(), path, ": its header names no format");
      return header;
    }
    if (keyword == "format") {
      header.format = ParseFormat(TakeWord(rest), where);
    } else if (keyword == "comment") {
      header.comments.emplace_back(Trimmed(rest));
    } else if (keyword == "element") {
      AddElement(rest, where, header);
    } else if (keyword == "property") {
      AddProperty(rest, where, header);
    } else {
      SPLAT_CHECK(keyword.empty() || keyword == "obj_info", where, ": '", keyword.substr(0, 40),
                  "' does not belong in a PLY header; the file is damaged");
    }
  }
  throw Error(StrCat(path, ": its header has no end_header; the file is truncated"));
}

template <typename T>
float Convert(const char* bytes, bool big_endian) {
  return float(big_endian ? FromBigEndian<T>(bytes) : FromLittleEndian<T>(bytes));
}

float ReadValue(const char* bytes, Type type, bool big_endian) {
  switch (type) {
    case Type::kInt8:
      return Convert<int8_t>(bytes, big_endian);
    case Type::kUint8:
      return Convert<uint8_t>(bytes, big_endian);
    case Type::kInt16:
      return Convert<int16_t>(bytes, big_endian);
    case Type::kUint16:
      return Convert<uint16_t>(bytes, big_endian);
    case Type::kInt32:
      return Convert<int32_t>(bytes, big_endian);
    case Type::kUint32:
      return Convert<uint32_t>(bytes, big_endian);
    case Type::kFloat32:
      return Convert<float>(bytes, big_endian);
    case Type::kFloat64:
      return Convert<double>(bytes, big_endian);
  }
  return 0;
}

void CheckFits(const Element& element, uint64_t room, const std::string& path) {
  SPLAT_CHECK(element.list_property.empty(), path, ": element '", element.name, "' has the list property '",
              element.list_property, "', which is not supported; save the file without it");
  SPLAT_CHECK(element.count <= room, path, ": announces ", element.count, " rows of '", element.name,
              "' but has room for ", room, "; it is truncated or damaged, copy it again");
}

// Takes the bytes of `element` off `body`.
std::string_view TakeBinaryRows(const Element& element, std::string_view& body, const std::string& path) {
  const size_t row_size = element.RowSize();
  CheckFits(element, row_size > 0 ? body.size() / row_size : element.count, path);
  const std::string_view rows = body.substr(0, size_t(element.count) * row_size);
  body.remove_prefix(rows.size());
  return rows;
}

void ReadBinaryRows(const Element& vertex, std::string_view rows, bool big_endian, std::vector<float>& values) {
  values.reserve(size_t(vertex.count) * vertex.properties.size());
  const char* bytes = rows.data();
  for (uint64_t row = 0; row < vertex.count; ++row) {
    for (const Property& property : vertex.properties) {
      values.push_back(ReadValue(bytes, property.type, big_endian));
      bytes += property.size;
    }
  }
}

std::string_view NextRow(const Element& element, uint64_t row, LineScanner& scanner, const std::string& path) {
  while (const auto line = scanner.Next()) {
    const std::string_view trimmed = Trimmed(*line);
    if (!trimmed.empty()) return trimmed;
  }
  throw Error(StrCat(path, ": ends before row ", row + 1, " of ", element.count, " of '", element.name,
                     "'; it is truncated, copy it again"));
}

void ReadAsciiRow(const Element& vertex, std::string_view line, const std::string& where, std::vector<float>& values) {
  for (const Property& property : vertex.properties) {
    const std::string_view word = TakeWord(line);
    const auto value = ParseNumber<double>(word);
    SPLAT_CHECK(value.has_value(), where, ": the value of '", property.name, "' is '", word.substr(0, 40),
                "', which is no number");
    values.push_back(float(*value));
  }
  SPLAT_CHECK(Trimmed(line).empty(), where, ": more than ", vertex.properties.size(), " values");
}

void ReadAsciiRows(const Element& vertex, LineScanner& scanner, const std::string& path, std::vector<float>& values) {
  values.reserve(size_t(vertex.count) * vertex.properties.size());
  for (uint64_t row = 0; row < vertex.count; ++row) {
    const std::string_view line = NextRow(vertex, row, scanner, path);
    ReadAsciiRow(vertex, line, StrCat(path, ": line ", scanner.line_number()), values);
  }
}

// Reads the rows of the element `vertex` of `header`, passing over those before it.
std::vector<float> ReadBody(const Header& header, const Element& vertex, LineScanner& scanner,
                            const std::string& path) {
  std::vector<float> values;
  std::string_view body = scanner.rest();
  for (const Element& element : header.elements) {
    const bool is_vertex = &element == &vertex;
    if (*header.format == Format::kAscii) {
      // Each value takes a digit and a blank or line end.
      const size_t row_size = std::max<size_t>(1, 2 * element.properties.size());
      CheckFits(element, (scanner.rest().size() + 1) / row_size, path);
      for (uint64_t row = 0; row < element.count && !is_vertex; ++row) NextRow(element, row, scanner, path);
      if (is_vertex) ReadAsciiRows(vertex, scanner, path, values);
    } else {
      const std::string_view rows = TakeBinaryRows(element, body, path);
      if (is_vertex) ReadBinaryRows(vertex, rows, *header.format == Format::kBigEndian, values);
    }
    if (is_vertex) break;
  }
  return values;
}

void CheckTable(const std::string& path, const PlyTable& table) {
  SPLAT_CHECK(table.values.size() == table.rows * table.names.size(), path, ": a table of ", table.rows, " rows and ",
              table.names.size(), " columns cannot hold ", table.values.size(), " values");
  for (const std::string& name : table.names) {
    SPLAT_CHECK(!name.empty() && name.find_first_of(" \t\r\n") == std::string::npos, path, ": the property name '",
                name, "' is empty or holds blanks");
  }
  for (const std::string& comment : table.comments) {
    SPLAT_CHECK(comment.find_first_of("\r\n") == std::string::npos, path, ": a comment holds a line end");
  }
}

}  // namespace

int PlyTable::Column(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : int(found - names.begin());
}

PlyTable ReadPly(const std::string& path) {
  const std::string bytes = ReadFile(path);
  LineScanner scanner(bytes);
  const Header header = ReadHeader(scanner, path);
  const auto vertex = std::find_if(header.elements.begin(), header.elements.end(),
                                   [](const Element& element) { return element.name == "vertex"; });
  SPLAT_CHECK(vertex != header.elements.end(), path, ": has no element 'vertex'");
  SPLAT_CHECK(!vertex->properties.empty() || !vertex->list_property.empty(), path,
              ": its element 'vertex' has no properties");
  PlyTable table;
  table.comments = header.comments;
  for (const Property& property : vertex->properties) table.names.push_back(property.name);
  table.values = ReadBody(header, *vertex, scanner, path);
  table.rows = size_t(vertex->count);
  return table;
}

void WritePly(const std::string& path, const PlyTable& table) {
  CheckTable(path, table);
  WriteFileAtomically(path, [&](std::ostream& out) {
    out << "ply\nformat binary_little_endian 1.0\n";
    for (const std::string& comment : table.comments) out << "comment " << comment << '\n';
    out << "element vertex " << table.rows << '\n';
    for (const std::string& name : table.names) out << "property float " << name << '\n';
    out << "end_header\n";
    static_assert(sizeof(float) == 4, "PLY's float has 32 bits");
    out.write(reinterpret_cast<const char*>(table.values.data()), std::streamsize(table.values.size() * sizeof(float)));
  });
}

}  // namespace splat::data
