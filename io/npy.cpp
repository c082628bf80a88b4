#include "io/npy.h"

#include <optional>

#include "io/byte_reader.h"
#include "io/text_scan.h"

namespace splat {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr const char* kAdvice = "copy it again or save it again with numpy.save";

struct Header {
  std::string type;  // "<f8"
  bool fortran_order = false;
  std::vector<size_t> shape;
};

// What stands behind 'key': in the header, which is a dictionary as Python prints it; empty where the key is missing.
std::string_view ValueOf(std::string_view header, const std::string& key) {
  for (const char quote : {'\'', '"'}) {
    const size_t at = header.find(quote + key + quote);
    if (at == std::string_view::npos) continue;
    std::string_view rest = Trimmed(header.substr(at + key.size() + 2));
    if (!rest.empty() && rest.front() == ':') return Trimmed(rest.substr(1));
  }
  return {};
}

// The numbers of "(20, 17), ..."; nothing where it is no such list.
std::optional<std::vector<size_t>> ParseShape(std::string_view text) {
  const size_t end = text.find(')');
  if (text.empty() || text.front() != '(' || end == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(1, end - 1);
  std::vector<size_t> shape;
  while (!Trimmed(rest).empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const auto side = ParseNumber<size_t>(Trimmed(rest.substr(0, comma)));
    if (!side) return std::nullopt;
    shape.push_back(*side);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return shape;
}

Header ParseHeader(std::string_view text, const std::string& path) {
  Header header;
  const std::string_view type = ValueOf(text, "descr"), order = ValueOf(text, "fortran_order");
  const auto shape = ParseShape(ValueOf(text, "shape"));
  const bool ordered = order.rfind("True", 0) == 0 || order.rfind("False", 0) == 0;
  SPLAT_CHECK(type.size() > 4 && ordered && shape, path, ": its header is damaged; ", kAdvice);
  header.type = std::string(type.substr(1, 3));
  SPLAT_CHECK((header.type == "<f8" || header.type == "<f4") && type[4] == type[0], path, ": holds no floating-point ",
              "numbers of 32 or 64 bits ('<f4', '<f8'), but ", type.substr(0, type.find(", '")),
              "; save it again as float64");
  header.fortran_order = order.front() == 'T';
  header.shape = *shape;
  return header;
}

// The number of values of a shape, which must have room in so many bytes.
size_t CountOf(const Header& header, size_t value_size, size_t bytes, const std::string& path) {
  size_t count = 1;
  std::string text;
  for (const size_t side : header.shape) {
    text += StrCat(text.empty() ? "" : " x ", side);
    const bool fits = side == 0 || count <= bytes / value_size / side;
    SPLAT_CHECK(fits, path, ": has only ", bytes, " bytes of numbers for ", text, ": it is truncated; ", kAdvice);
    count *= side;
  }
  return count;
}

}  // namespace

NpyArray ParseNpy(std::string_view bytes, const std::string& path) {
  SPLAT_CHECK(bytes.substr(0, kMagic.size()) == kMagic, path, ": is no .npy file of NumPy");
  ByteReader reader(bytes, path, kAdvice);
  reader.ReadBytes(kMagic.size());
  const int version = reader.Read<uint8_t>();
  reader.Read<uint8_t>();  // of the minor version
  SPLAT_CHECK(version >= 1 && version <= 3, path, ": version ", version, " of the .npy format is not known");
  const size_t header_size = version == 1 ? reader.Read<uint16_t>() : reader.Read<uint32_t>();
  const Header header = ParseHeader(reader.ReadBytes(header_size), path);
  const bool is_double = header.type == "<f8";
  const size_t count = CountOf(header, is_double ? 8 : 4, reader.remaining(), path);
  NpyArray array;
  array.shape = header.shape;
  array.values.resize(count);
  for (size_t i = 0; i < count; ++i) {
    size_t to = i;
    if (header.fortran_order) {  // the first index runs fastest in the file
      size_t rest = i, stride = count;
      to = 0;
      for (const size_t side : header.shape) {
        stride /= side;
        to += rest % side * stride;
        rest /= side;
      }
    }
    array.values[to] = is_double ? reader.Read<double>() : double(reader.Read<float>());
  }
  return array;
}

}  // namespace splat
