#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/check.h"

namespace splat {

MappedFile::MappedFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  SPLAT_CHECK(descriptor >= 0, path, ": cannot be read: ", std::strerror(errno));
  struct stat status {};
  const bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  void* mapping = nullptr;
  int map_error = 0;
  if (regular && status.st_size > 0) {
    mapping = mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapping == MAP_FAILED) map_error = errno;
  }
  close(descriptor);  // the mapping stays
  SPLAT_CHECK(regular, path, ": cannot be read: it is not a file");
  SPLAT_CHECK(map_error == 0, path, ": cannot be read: ", std::strerror(map_error));
  data_ = static_cast<const char*>(mapping);
  size_ = mapping != nullptr ? size_t(status.st_size) : 0;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

}  // namespace splat
