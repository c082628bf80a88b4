#include "io/atomic_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
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

}  // namespace splat
