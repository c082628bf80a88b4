#include "io/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "core/check.h"

namespace splat {
namespace {

constexpr size_t kPieceBytes = size_t(1) << 18;

// An open file that is closed at the end of the scope.
struct OpenFile {
  explicit OpenFile(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (descriptor >= 0) close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  const int descriptor;
};

}  // namespace

std::string ReadFile(const std::string& path) {
  const OpenFile file(path);
  SPLAT_CHECK(file.descriptor >= 0, path, ": cannot be read: ", std::strerror(errno));
  struct stat status {};
  SPLAT_CHECK(fstat(file.descriptor, &status) == 0 && S_ISREG(status.st_mode), path,
              ": cannot be read: it is not a file");
  std::string content;
  std::vector<char> bytes(kPieceBytes);
  ssize_t size = 0;
  while ((size = read(file.descriptor, bytes.data(), bytes.size())) != 0) {
    SPLAT_CHECK(size > 0 || errno == EINTR, path, ": cannot be read: ", std::strerror(errno));
    if (size > 0) content.append(bytes.data(), size_t(size));
  }
  return content;
}

std::string BeginningOf(const std::string& path, size_t most) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return "";
  std::ifstream stream(path, std::ios::binary);
  std::string begin(most, '\0');
  stream.read(begin.data(), std::streamsize(most));
  begin.resize(size_t(stream.gcount()));
  return begin;
}

}  // namespace splat
