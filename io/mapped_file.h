// A mapped file gives the bytes of a file without a copy of them in memory.
#pragma once

#include <string>
#include <string_view>

namespace splat {

// Maps a regular file for reading. The system brings its pages in as they are read and may drop them again, so that a
// file as large as the memory can be walked through. As with every mapping, another program must not shorten the file
// meanwhile.
class MappedFile {
 public:
  // Throws splat::Error naming the path and the reason.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }  // valid as long as this object

 private:
  const char* data_ = nullptr;  // null if the file is empty
  size_t size_ = 0;
};

}  // namespace splat
