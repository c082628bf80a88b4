#include "io/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/check.h"

namespace splat {

namespace fs = std::filesystem;

void WriteFileAtomicallyByName(const std::string& path, const std::function<void(const std::string&)>& write) {
  const fs::path target(path);
  const fs::path parent = target.parent_path();
  SPLAT_CHECK(parent.empty() || fs::is_directory(parent), path, ": the folder does not exist");
  const fs::path temporary = parent / ("." + target.stem().string() + ".tmp" + target.extension().string());
  std::error_code ignored;
  try {
    write(temporary.string());
    fs::rename(temporary, target);
  } catch (const fs::filesystem_error& error) {
    fs::remove(temporary, ignored);
    throw Error(StrCat(path, ": cannot be written: ", error.code().message()));
  } catch (...) {
    fs::remove(temporary, ignored);
    throw;
  }
}

void WriteFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write) {
  WriteFileAtomicallyByName(path, [&](const std::string& temporary) {
    errno = 0;
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    SPLAT_CHECK(stream.good(), path, ": cannot be written: ", std::strerror(errno));
    write(stream);
    stream.flush();
    const bool flushed = stream.good();
    stream.close();
    SPLAT_CHECK(flushed && !stream.fail(), path,
                ": cannot be written: ", errno != 0 ? std::strerror(errno) : "the disk may be full");
  });
}

std::string ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  SPLAT_CHECK(stream.good() && !fs::is_directory(path), path,
              ": cannot be read: ", errno != 0 ? std::strerror(errno) : "not a file");
  std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  SPLAT_CHECK(!stream.bad(), path, ": cannot be read");
  return content;
}

}  // namespace splat
