#include "io/ply.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/check.h"
#include "io/half_float.h"
#include "io/little_endian.h"
#include "io/text_scan.h"

namespace splat {
namespace {

struct TypeTraits {
  const char* name;
  const char* new_name;
  size_t size;  // bytes
  // The number there.
  float (*value)(const char* bytes, bool big_endian);
  double (*double_value)(const char* bytes, bool big_endian);

  template <typename T>
  auto ValueAs() const {
    if constexpr (std::is_same_v<T, float>) return value;
    if constexpr (std::is_same_v<T, double>) return double_value;
  }
};

template <typename T, typename To>
To Value(const char* bytes, bool big_endian) {
  return To(big_endian ? FromBigEndian<T>(bytes) : FromLittleEndian<T>(bytes));
}

// 16 bits: a sign, 5 of exponent, 10 of fraction.
template <typename To>
To HalfValue(const char* bytes, bool big_endian) {
  return To(HalfToFloat(big_endian ? FromBigEndian<uint16_t>(bytes) : FromLittleEndian<uint16_t>(bytes)));
}

template <typename T>
constexpr TypeTraits Type(const char* name, const char* new_name) {
  return {name, new_name, sizeof(T), Value<T, float>, Value<T, double>};
}

constexpr TypeTraits kTypes[] = {
    Type<int8_t>("char", "int8"),
    Type<uint8_t>("uchar", "uint8"),
    Type<int16_t>("short", "int16"),
    Type<uint16_t>("ushort", "uint16"),
    Type<int32_t>("int", "int32"),
    Type<uint32_t>("uint", "uint32"),
    Type<float>("float", "float32"),
    Type<double>("double", "float64"),
    Type<int64_t>("int64", "long"),
    Type<uint64_t>("uint64", "ulong"),
    {"half", "float16", 2, HalfValue<float>, HalfValue<double>},
};

// Null if there is no such type.
const TypeTraits* FindType(std::string_view name) {
  for (const TypeTraits& traits : kTypes) {
    if (name == traits.name || name == traits.new_name) return &traits;
  }
  return nullptr;
}

std::string_view NextRow(const PlyFile::Element& element, uint64_t row, LineScanner& scanner, const std::string& path) {
  while (const auto line = scanner.Next()) {
    const std::string_view trimmed = Trimmed(*line);
    if (!trimmed.empty()) return trimmed;
  }
  throw Error(StrCat(path, ": ends before row ", row + 1, " of ", element.count, " of '", element.name,
                     "'; it is truncated, copy it again"));
}

// Fills values [properties].
template <typename T>
void ReadAsciiRow(const PlyFile::Element& element, std::string_view line, const std::string& where, T* values) {
  for (const PlyFile::Property& property : element.properties) {
    const std::string_view word = TakeWord(line);
    const auto value = ParseRoundedNumber<double>(word);
    SPLAT_CHECK(value.has_value(), where, ": the value of '", property.name, "' is '", word.substr(0, 40),
                "', which is no number");
    *values++ = T(*value);
  }
  SPLAT_CHECK(Trimmed(line).empty(), where, ": more than ", element.properties.size(), " values");
}

}  // namespace

PlyFile::Format PlyFile::ParseFormat(std::string_view name, const std::string& where) const {
  if (name == "ascii") return Format::kAscii;
  if (name == "binary_little_endian") return Format::kLittleEndian;
  if (name == "binary_big_endian") return Format::kBigEndian;
  throw Error(StrCat(where, ": unknown format '", name, "'; save the file as binary_little_endian"));
}

void PlyFile::AddElement(std::string_view line, const std::string& where) {
  const std::string_view name = TakeWord(line);
  const std::string_view word = TakeWord(line);
  const auto count = ParseNumber<uint64_t>(word);
  SPLAT_CHECK(count.has_value(), where, ": element '", name, "' has the count '", word,
              "', which is no whole number from 0");
  elements_.push_back({std::string(name), *count, {}, {}, {}});
  names_.clear();
}

void PlyFile::AddProperty(std::string_view line, const std::string& where) {
  SPLAT_CHECK(!elements_.empty(), where, ": a property before any element");
  Element& element = elements_.back();
  const std::string_view type = TakeWord(line);
  if (type == "list") return AddList(line, where);
  const std::string_view name = TakeWord(line);
  SPLAT_CHECK(!name.empty(), where, ": a property without a name");
  SPLAT_CHECK(names_.insert(std::string(name)).second, where, ": property '", name, "' is there twice");
  const TypeTraits* traits = FindType(type);
  SPLAT_CHECK(traits != nullptr, where, ": property '", name, "' has the unknown type '", type, "'");
  element.properties.push_back({std::string(name), traits->name, traits->size});
  element.parts.push_back({traits->size, 0, nullptr});
}

void PlyFile::AddList(std::string_view line, const std::string& where) {
  const std::string_view count_type = TakeWord(line), type = TakeWord(line), name = TakeWord(line);
  const TypeTraits *counts = FindType(count_type), *entries = FindType(type);
  SPLAT_CHECK(counts != nullptr && entries != nullptr, where, ": the list '", name, "' has the unknown type '",
              counts == nullptr ? count_type : type, "'");
  Element& element = elements_.back();
  if (element.list_property.empty()) element.list_property = name.empty() ? "(no name)" : std::string(name);
  element.parts.push_back({entries->size, counts->size, counts->double_value});
}

size_t PlyFile::Element::RowSize() const {
  size_t size = 0;
  for (const Property& property : properties) size += property.size;
  return size;
}

PlyFile::PlyFile(std::string_view bytes, std::string path) : path_(std::move(path)) {
  LineScanner scanner(bytes);
  SPLAT_CHECK(bytes.substr(0, 5) != "ply\rf", path_,
              ": has line ends of CR alone, as old Macs wrote them; save it with LF or CR LF");
  SPLAT_CHECK(scanner.Next() == "ply", path_, ": is no PLY file (it does not begin with 'ply')");
  while (const auto line = scanner.Next()) {
    const std::string where = StrCat(path_, ": line ", scanner.line_number());
    std::string_view rest = *line;
    const std::string_view keyword = TakeWord(rest);
    if (keyword == "end_header") {
      SPLAT_CHECK(format_.has_value(), path_, ": its header names no format");
      body_ = scanner.rest();
      header_lines_ = scanner.line_number();
      return;
    }
    if (keyword == "format") {
      format_ = ParseFormat(TakeWord(rest), where);
    } else if (keyword == "comment") {
      comments_.emplace_back(Trimmed(rest));
    } else if (keyword == "element") {
      AddElement(rest, where);
    } else if (keyword == "property") {
      AddProperty(rest, where);
    } else {
      SPLAT_CHECK(keyword.empty() || keyword == "obj_info", where, ": '", keyword.substr(0, 40),
                  "' does not belong in a PLY header; the file is damaged");
    }
  }
  throw Error(StrCat(path_, ": its header has no end_header; the file is truncated"));
}

const PlyFile::Element* PlyFile::Find(const std::string& name) const {
  const auto found =
      std::find_if(elements_.begin(), elements_.end(), [&](const Element& element) { return element.name == name; });
  return found == elements_.end() ? nullptr : &*found;
}

std::string PlyFile::CutToWholeRows(const std::string& name) {
  const auto element = std::find_if(elements_.begin(), elements_.end(),
                                    [&](const Element& candidate) { return candidate.name == name; });
  if (element == elements_.end() || !element->list_property.empty()) return "";
  const uint64_t whole = WholeRows(*element);
  if (whole >= element->count) return "";
  std::string damage = StrCat(path_, ": announces ", element->count, " rows of '", name, "' but has ", whole,
                              "; it is truncated or damaged, copy it again");
  element->count = whole;
  return damage;
}

// The rows of an element that the file has, or more.
uint64_t PlyFile::WholeRows(const Element& wanted) const {
  std::string_view body = body_;
  uint64_t lines_before = 0;
  for (const Element& element : elements_) {
    if (&element == &wanted) break;
    lines_before += element.count;
    if (format_ == Format::kAscii) continue;
    const double size = element.list_property.empty() ? double(element.count) * double(element.RowSize())
                                                      : double(BytesOfListRows(element, body));
    if (size > double(body.size())) return 0;
    body.remove_prefix(size_t(size));
  }
  if (format_ != Format::kAscii) return wanted.RowSize() > 0 ? body.size() / wanted.RowSize() : wanted.count;
  uint64_t lines = 0;
  std::string_view last;
  LineScanner scanner(body);
  while (const auto line = scanner.Next()) {
    if (Trimmed(*line).empty()) continue;
    last = *line;
    ++lines;
  }
  size_t values = 0;  // of the last line, which is whole if it is the last one and has all of them
  while (!TakeWord(last).empty()) ++values;
  const bool is_whole = lines >= lines_before + wanted.count && values >= wanted.properties.size();
  if (lines > 0 && body.back() != '\n' && !is_whole) --lines;
  return lines < lines_before ? 0 : lines - lines_before;
}

void PlyFile::CheckHasNoList(const Element& element) const {
  SPLAT_CHECK(element.list_property.empty(), path_, ": element '", element.name, "' has the list property '",
              element.list_property, "', which is not supported; save the file without it");
}

void PlyFile::CheckFits(const Element& element, uint64_t room) const {
  SPLAT_CHECK(element.count <= room, path_, ": announces ", element.count, " rows of '", element.name,
              "' but has room for ", room, "; it is truncated or damaged, copy it again");
}

// Walks through the rows of an element with lists, each of which takes at least the byte of a length.
size_t PlyFile::BytesOfListRows(const Element& element, std::string_view body) const {
  const bool big_endian = format_ == Format::kBigEndian;
  size_t position = 0;
  for (uint64_t row = 0; row < element.count; ++row) {
    for (const RowPart& part : element.parts) {
      const size_t left = body.size() - position;
      const double entries = part.count_size == 0      ? 1
                             : part.count_size <= left ? part.count(body.data() + position, big_endian)
                                                       : -1;
      const double needed = double(part.count_size) + entries * double(part.size);
      SPLAT_CHECK(entries >= 0 && needed <= double(left), path_, ": ends within row ", row + 1, " of ", element.count,
                  " of '", element.name, "'; it is truncated or damaged, copy it again");
      position += size_t(needed);
    }
  }
  return position;
}

// What is left of a binary file behind its rows; nothing of one that is cut off.
std::string_view PlyFile::BehindBinaryRows() const {
  std::string_view body = body_;
  for (const Element& element : elements_) {
    const double size = element.list_property.empty() ? double(element.count) * double(element.RowSize())
                                                      : double(BytesOfListRows(element, body));
    if (size > double(body.size())) return {};
    body.remove_prefix(size_t(size));
  }
  return body;
}

// How many lines of a text file with anything in them lie behind its rows.
uint64_t PlyFile::LinesBehindRows() const {
  double announced = 0;
  for (const Element& element : elements_) announced += double(element.count);
  uint64_t lines = 0;
  LineScanner scanner(body_);
  while (const auto line = scanner.Next()) lines += Trimmed(*line).empty() ? 0 : 1;
  return double(lines) > announced ? lines - uint64_t(announced) : 0;
}

std::string PlyFile::WhatLiesBehind() const {
  if (elements_.empty()) return "";
  const Element& last = elements_.back();
  std::string more;
  if (format_ == Format::kAscii) {
    const uint64_t lines = LinesBehindRows();
    if (lines > 0) more = StrCat(lines, " more lines");
  } else {
    try {
      const std::string_view bytes = BehindBinaryRows();
      if (bytes.size() >= std::max<size_t>(1, last.RowSize())) more = StrCat(bytes.size(), " more bytes");
    } catch (const Error&) {  // a list is cut off
    }
  }
  if (more.empty()) return "";
  return StrCat(path_, ": has ", more, " behind the ", last.count, " rows of '", last.name,
                "' that its header announces; they are not read: correct the number in the header, or export it again");
}

std::string_view PlyFile::BinaryRows(const Element& wanted) const {
  CheckHasNoList(wanted);
  std::string_view body = body_;
  for (const Element& element : elements_) {
    if (!element.list_property.empty()) {
      body.remove_prefix(BytesOfListRows(element, body));
      continue;
    }
    const size_t row_size = element.RowSize();
    CheckFits(element, row_size > 0 ? body.size() / row_size : element.count);
    const std::string_view rows = body.substr(0, size_t(element.count) * row_size);
    if (&element == &wanted) return rows;
    body.remove_prefix(rows.size());
  }
  throw Error(StrCat(path_, ": has no element '", wanted.name, "'"));
}

std::string_view PlyFile::LittleEndianRows(const Element& element) const {
  SPLAT_CHECK(format_ == Format::kLittleEndian, path_, ": is not binary_little_endian, as a file with element '",
              element.name, "' must be; export it again");
  return BinaryRows(element);
}

template <typename T>
void PlyFile::ForEachAsciiRow(const Element& wanted, const std::function<void(const T* row)>& use) const {
  CheckHasNoList(wanted);
  LineScanner scanner(body_);
  std::vector<T> values(wanted.properties.size());
  for (const Element& element : elements_) {
    // Each value takes a digit and a blank or line end.
    CheckFits(element, (scanner.rest().size() + 1) / std::max<size_t>(1, 2 * element.properties.size()));
    for (uint64_t row = 0; row < element.count; ++row) {
      const std::string_view line = NextRow(element, row, scanner, path_);
      if (&element != &wanted) continue;
      ReadAsciiRow(element, line, StrCat(path_, ": line ", header_lines_ + scanner.line_number()), values.data());
      use(values.data());
    }
    if (&element == &wanted) return;
  }
}

template <typename T>
void PlyFile::ForEachRowAs(const Element& element, const std::function<void(const T* row)>& use) const {
  if (format_ == Format::kAscii) return ForEachAsciiRow(element, use);
  const bool big_endian = format_ == Format::kBigEndian;
  std::vector<T (*)(const char*, bool)> value_of;
  value_of.reserve(element.properties.size());
  for (const Property& property : element.properties) value_of.push_back(FindType(property.type)->ValueAs<T>());
  std::vector<T> values(element.properties.size());
  const char* bytes = BinaryRows(element).data();
  for (uint64_t row = 0; row < element.count; ++row) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = value_of[i](bytes, big_endian);
      bytes += element.properties[i].size;
    }
    use(values.data());
  }
}

void PlyFile::ForEachRow(const Element& element, const std::function<void(const float* row)>& use) const {
  ForEachRowAs<float>(element, use);
}

void PlyFile::ForEachRowInDouble(const Element& element, const std::function<void(const double* row)>& use) const {
  ForEachRowAs<double>(element, use);
}

}  // namespace splat
