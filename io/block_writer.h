// This writer collects output of a few bytes at a time in blocks.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "io/little_endian.h"

namespace splat {

// A buffer before a stream, of numbers in little-endian order. The writer calls Flush() at the end.
class BlockWriter {
 public:
  explicit BlockWriter(std::ostream& out) : out_(out) { block_.reserve(kBlockBytes + 64); }
  template <typename T>
  void Put(T value) {
    AppendBytes(block_, value);
    if (block_.size() >= kBlockBytes) Flush();
  }
  void Flush() {
    out_.write(block_.data(), std::streamsize(block_.size()));
    block_.clear();
  }

 private:
  static constexpr size_t kBlockBytes = 1 << 20;
  std::ostream& out_;
  std::string block_;
};

}  // namespace splat
