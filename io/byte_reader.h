// This reader checks bounds while it reads binary files that are held in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "io/little_endian.h"

namespace splat {

// Walks through little-endian records. Every read is checked against the end; where bytes are missing it throws
// splat::Error with the path and the entry that Enter() named last. The reader does not own the bytes.
class ByteReader {
 public:
  // `advice` ends the messages about a file that is too short.
  ByteReader(std::string_view bytes, std::string path, const char* advice = "copy it again or run COLMAP again")
      : bytes_(bytes), path_(std::move(path)), advice_(advice) {}

  // Names the entry that the following reads belong to: Enter("image", 3, 29) is "image 3 of 29".
  void Enter(const char* kind, uint64_t number, uint64_t count) {
    kind_ = kind;
    number_ = number;
    count_ = count;
  }
  // "path: image 3 of 29".
  std::string Where() const { return StrCat(path_, ": ", kind_, " ", number_, " of ", count_); }

  template <typename T>
  T Read() {
    return FromLittleEndian<T>(Take(sizeof(T)));
  }

  // Reads a count of records of at least `record_size` bytes each, and refuses it if the rest of the file has no room
  // for so many.
  uint64_t ReadCount(const char* records, size_t record_size) {
    const uint64_t count = Read<uint64_t>();
    const uint64_t room = remaining() / record_size;
    SPLAT_CHECK(count <= room, path_, ": announces ", count, " ", records, " but has room for at most ", room,
                ": it is truncated or damaged; ", advice_);
    return count;
  }

  // The next `size` bytes as they lie there.
  std::string_view ReadBytes(uint64_t size) {
    if (size > remaining()) FailTruncated();
    return {Take(size_t(size)), size_t(size)};
  }

  // Passes over `count` records of `record_size` bytes.
  void Skip(uint64_t count, size_t record_size) {
    if (count > remaining() / record_size) FailTruncated();
    position_ += size_t(count) * record_size;
  }

  // Text up to a zero byte, which is passed over.
  std::string ReadZeroTerminated() {
    const size_t end = bytes_.find('\0', position_);
    if (end == std::string_view::npos) FailTruncated();
    std::string text(bytes_.substr(position_, end - position_));
    position_ = end + 1;
    return text;
  }

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }

 private:
  const char* Take(size_t size) {
    if (size > remaining()) FailTruncated();
    const char* begin = bytes_.data() + position_;
    position_ += size;
    return begin;
  }
  [[noreturn]] void FailTruncated() const {
    const std::string end = count_ > 0 ? StrCat("ends within ", kind_, " ", number_, " of ", count_)
                                       : StrCat("has only ", bytes_.size(), " bytes");
    throw Error(StrCat(path_, ": ", end, ": it is truncated; ", advice_));
  }

  std::string_view bytes_;
  std::string path_;
  const char* advice_;
  size_t position_ = 0;
  const char* kind_ = "entry";
  uint64_t number_ = 0, count_ = 0;
};

}  // namespace splat
