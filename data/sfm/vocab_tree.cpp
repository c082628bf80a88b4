#include "data/sfm/vocab_tree.h"

#include <cstdint>
#include <filesystem>
#include <utility>

#include "core/check.h"
#include "io/atomic_file.h"
#include "io/byte_reader.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kDescriptorSize = 128;  // bytes of a word, those of a SIFT descriptor
constexpr size_t kHeaderSize = 16;         // bytes of the two numbers before FLANN's words
constexpr size_t kFewestBytes = 1024;      // less than any tree of use
constexpr int32_t kFaissFileVersion = 1;   // the first number of files since COLMAP 3.12
constexpr std::pair<int, int> kFirstFaiss = {3, 12};

// Major and minor number; 0 and 0 where the text tells none.
std::pair<int, int> NumbersOf(std::string_view version) {
  const size_t dot = version.find('.');
  if (dot == std::string_view::npos) return {0, 0};
  const std::string_view rest = version.substr(dot + 1);
  const auto major = ParseNumber<int>(version.substr(0, dot));
  const auto minor = ParseNumber<int>(rest.substr(0, rest.find_first_not_of("0123456789")));
  return major && minor ? std::pair(*major, *minor) : std::pair(0, 0);
}

}  // namespace

void CheckVocabTree(const std::string& path, const std::string& colmap_version) {
  if (path.find("://") != std::string::npos) return;
  std::error_code error;
  SPLAT_CHECK(fs::is_regular_file(path, error), "--vocab-tree ", path, ": is no file that exists");
  const uint64_t size = fs::file_size(path, error);
  const std::string begin = BeginningOf(path, kHeaderSize);
  SPLAT_CHECK(!error && begin.size() == kHeaderSize && size >= kFewestBytes, "--vocab-tree ", path, ": has only ", size,
              " bytes, so it is no vocabulary tree; download it again from COLMAP's web page");
  const uint64_t words = FromLittleEndian<uint64_t>(begin.data());
  const uint64_t width = FromLittleEndian<uint64_t>(begin.data() + 8);
  const bool is_flann = width == kDescriptorSize && words > 0 && words <= (size - kHeaderSize - 1) / kDescriptorSize;
  const bool is_faiss = !is_flann && FromLittleEndian<int32_t>(begin.data()) == kFaissFileVersion;
  SPLAT_CHECK(is_flann || is_faiss, "--vocab-tree ", path,
              ": is no vocabulary tree of COLMAP, or is cut off; download it again from COLMAP's web page");
  const std::pair<int, int> version = NumbersOf(colmap_version);
  if (version == std::pair(0, 0)) return;
  SPLAT_CHECK(is_faiss == (version >= kFirstFaiss), "--vocab-tree ", path, ": is a vocabulary tree for COLMAP ",
              is_faiss ? "3.12 and later" : "before 3.12", ", and this is COLMAP ", colmap_version,
              "; COLMAP's web page has one for it");
}

}  // namespace splat::data
