// This header reads binary and ASCII PLY: elements, their properties, and their rows one by one. It knows nothing of
// splats.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace splat {

// The header of a PLY in memory, and its rows one by one. The formats are binary_little_endian, binary_big_endian and
// ascii, with CR LF headers too. The object does not own the bytes.
class PlyFile {
 public:
  struct Property {
    std::string name;
    std::string type;  // as PLY's first version calls it: char, uchar, short, ushort, int, uint, float, double;
                       // beside them int64, uint64 and half, which some tools write
    size_t size = 0;   // bytes
  };
  // A property of an element with lists, as far as passing over it needs.
  struct RowPart {
    size_t size = 0;                                                // bytes of the number, or of an entry of the list
    size_t count_size = 0;                                          // bytes of the list's length; 0: no list
    double (*count)(const char* bytes, bool big_endian) = nullptr;  // reads that length
  };
  struct Element {
    std::string name;
    uint64_t count = 0;                // rows, as announced
    std::vector<Property> properties;  // without those that are lists
    std::string list_property;         // name of the first list; such rows have no fixed size
    std::vector<RowPart> parts;        // where there are lists: the whole row in its order
    size_t RowSize() const;            // bytes, in the binary formats
  };

  // Parses the header. `path` is for messages. Throws splat::Error naming file and line.
  PlyFile(std::string_view bytes, std::string path);

  const std::vector<std::string>& comments() const { return comments_; }
  // The element of that name, or null.
  const Element* Find(const std::string& name) const;

  // Cuts an element without lists to its whole rows if the file is cut off, and returns what is wrong, naming the file.
  // Returns an empty text if nothing is wrong.
  std::string CutToWholeRows(const std::string& name);

  // Says, naming the file, how much lies behind the rows of the last element that the header announces, which nothing
  // reads. Returns an empty text where that is less than a row, and for files that are cut off.
  std::string WhatLiesBehind() const;

  // Calls use(row) for each row of `element` (one of this file's) in order; `row` has its properties converted to
  // float, in file order. Elements before it are passed over, those with lists as well. The count is checked against
  // the bytes that are left before the first call. Throws splat::Error naming file and entry; list properties are
  // refused.
  void ForEachRow(const Element& element, const std::function<void(const float* row)>& use) const;
  // Calls `use` as ForEachRow does, with doubles, for positions in frames that floats do not hold: coordinates of a
  // map, for example.
  void ForEachRowInDouble(const Element& element, const std::function<void(const double* row)>& use) const;

  // Returns the rows of `element` as they lie in the file, [count * RowSize()] bytes. Only binary_little_endian files
  // have them; others throw splat::Error.
  std::string_view LittleEndianRows(const Element& element) const;

 private:
  enum class Format { kAscii, kLittleEndian, kBigEndian };

  Format ParseFormat(std::string_view name, const std::string& where) const;
  void AddElement(std::string_view line, const std::string& where);
  void AddProperty(std::string_view line, const std::string& where);
  void AddList(std::string_view line, const std::string& where);
  void CheckFits(const Element& element, uint64_t room) const;
  void CheckHasNoList(const Element& element) const;
  uint64_t WholeRows(const Element& wanted) const;
  size_t BytesOfListRows(const Element& element, std::string_view body) const;
  std::string_view BehindBinaryRows() const;
  uint64_t LinesBehindRows() const;
  std::string_view BinaryRows(const Element& element) const;
  template <typename T>
  void ForEachRowAs(const Element& element, const std::function<void(const T* row)>& use) const;
  template <typename T>
  void ForEachAsciiRow(const Element& element, const std::function<void(const T* row)>& use) const;

  std::string path_;
  std::vector<std::string> comments_;
  std::vector<Element> elements_;
  std::unordered_set<std::string> names_;  // of the last element's properties, while the header is parsed
  std::optional<Format> format_;
  std::string_view body_;  // behind the header
  int header_lines_ = 0;
};

}  // namespace splat
