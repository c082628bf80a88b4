#include "io/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <streambuf>
#include <vector>

#include "core/check.h"
#include "io/temporary_file.h"

namespace splat {
namespace {

constexpr size_t kBufferBytes = size_t(1) << 18;

// A buffer of a stream over an open file, which may be written at any place. Remembers the first error.
class FileBuffer : public std::streambuf {
 public:
  explicit FileBuffer(int descriptor) : descriptor_(descriptor), buffer_(kBufferBytes) { Empty(); }

  int error() const { return error_; }

 protected:
  int overflow(int c) override {
    if (!Flush()) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    if (size < epptr() - pptr()) return std::streambuf::xsputn(bytes, size);
    return Flush() && Write(bytes, size_t(size)) ? size : 0;
  }
  int sync() override { return Flush() ? 0 : -1; }
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    if (!Flush()) return pos_type(off_type(-1));
    const int whence = from == std::ios_base::beg ? SEEK_SET : from == std::ios_base::cur ? SEEK_CUR : SEEK_END;
    return pos_type(lseek(descriptor_, off_t(offset), whence));
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode mode) override {
    return seekoff(off_type(position), std::ios_base::beg, mode);
  }

 private:
  void Empty() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
  bool Flush() {
    const bool written = Write(pbase(), size_t(pptr() - pbase()));
    Empty();
    return written;
  }
  bool Write(const char* bytes, size_t size) {
    while (size > 0 && error_ == 0) {
      const ssize_t written = write(descriptor_, bytes, size);
      if (written < 0 && errno != EINTR) error_ = errno;
      if (written <= 0) continue;
      bytes += written;
      size -= size_t(written);
    }
    return error_ == 0;
  }

  int descriptor_;
  int error_ = 0;
  std::vector<char> buffer_;
};

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

void WriteFileAtomicallyByName(const std::string& path, const std::function<void(const std::string&)>& write) {
  TemporaryFile file(path);
  write(file.path());
  std::error_code error;
  const auto size = std::filesystem::file_size(file.path(), error);
  SPLAT_CHECK(!error && size > 0, path, ": cannot be written: ", error ? error.message() : "nothing was written");
  file.MoveToTarget();
}

void WriteFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write) {
  TemporaryFile file(path);
  FileBuffer buffer(file.descriptor());
  std::ostream stream(&buffer);
  write(stream);
  stream.flush();
  SPLAT_CHECK(stream.good(), path,
              ": cannot be written: ", buffer.error() != 0 ? std::strerror(buffer.error()) : "the disk may be full");
  file.MoveToTarget();
}

void WriteFileAtomically(const std::string& path, std::string_view bytes) {
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << bytes; });
}

std::string ReadFile(const std::string& path) {
  const OpenFile file(path);
  SPLAT_CHECK(file.descriptor >= 0, path, ": cannot be read: ", std::strerror(errno));
  struct stat status {};
  SPLAT_CHECK(fstat(file.descriptor, &status) == 0 && S_ISREG(status.st_mode), path,
              ": cannot be read: it is not a file");
  std::string content;
  std::vector<char> bytes(kBufferBytes);
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
