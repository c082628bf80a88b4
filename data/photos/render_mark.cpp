#include "data/photos/render_mark.h"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "io/crc32.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBehindHeader = 33;  // bytes of a PNG: its signature and its first chunk, IHDR
constexpr std::string_view kText("Software\0splat-train render", 27);

std::string BigEndian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(char(value >> unsigned(shift)));
  return bytes;
}

// The chunk tEXt of a PNG with the mark.
std::string MarkChunk() {
  const std::string body = "tEXt" + std::string(kText);
  return BigEndian(uint32_t(kText.size())) + body + BigEndian(Crc32(body));
}

}  // namespace

void WriteRender(const std::string& path, const Image8& image) {
  CheckNoOtherFile(path);
  std::string bytes = EncodeImage(path, image);
  SPLAT_CHECK(bytes.size() > kBehindHeader && bytes.compare(1, 3, "PNG") == 0, path, ": renders are written as .png");
  WriteFileAtomically(path, bytes.insert(kBehindHeader, MarkChunk()));
}

bool IsRender(const std::string& path) {
  const std::string chunk = MarkChunk();
  std::ifstream file(path, std::ios::binary);
  std::string begin(kBehindHeader + chunk.size(), '\0');
  if (!file.read(begin.data(), std::streamsize(begin.size()))) return false;
  return begin.compare(1, 3, "PNG") == 0 && begin.compare(kBehindHeader, chunk.size(), chunk) == 0;
}

void CheckNoOtherFile(const std::string& path) {
  std::error_code ignored;
  SPLAT_CHECK(!fs::exists(fs::symlink_status(path, ignored)) || IsRender(path), path,
              ": exists already and is no render of ours; choose another folder for the images");
}

void RemoveRenders(const std::string& folder) {
  std::error_code ignored;
  if (!fs::is_directory(fs::symlink_status(folder, ignored))) return;
  std::vector<fs::path> renders;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (fs::is_regular_file(entry.symlink_status(ignored)) && IsRender(entry.path().string())) {
      renders.push_back(entry.path());
    }
  }
  for (const fs::path& render : renders) fs::remove(render, ignored);
  if (fs::is_empty(folder, ignored)) fs::remove(folder, ignored);
}

}  // namespace splat::data
