#include "data/sfm/vocab_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class VocabTree : public ::testing::Test {
 protected:
  std::string ErrorOf(const std::string& bytes, const std::string& version = "3.8") const {
    testing::WriteBytes(folder_ / "tree.bin", bytes);
    return testing::ErrorMessageOf([&] { CheckVocabTree(folder_ / "tree.bin", version); });
  }
  // As COLMAP writes it before 3.12.
  static std::string Flann(uint64_t words) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += char(words >> (8 * i));
    return bytes + '\x80' + std::string(7, '\0') + std::string(100 * 128 + 50, '\7');
  }
  static std::string Faiss() { return '\1' + std::string(3, '\0') + std::string(5000, '\7'); }

  testing::TempDir folder_;
};

TEST_F(VocabTree, ThoseOfTheVersionPass) {
  EXPECT_EQ(ErrorOf(Flann(100)), "");
  EXPECT_EQ(ErrorOf(Faiss(), "3.12.0"), "");
  EXPECT_EQ(ErrorOf(Faiss(), "4.0"), "");
  for (const std::string& bytes : {Flann(100), Faiss()}) EXPECT_EQ(ErrorOf(bytes, ""), "") << "of no known version";
  CheckVocabTree("https://example.org/tree.bin;tree.bin;0", "3.12");
}

TEST_F(VocabTree, OthersAreNamed) {
  EXPECT_THAT(testing::ErrorMessageOf([&] { CheckVocabTree(folder_ / "none", "3.8"); }), HasSubstr("none: is no file"));
  EXPECT_THAT(ErrorOf(""), AllOf(HasSubstr("tree.bin: has only 0 bytes"), HasSubstr("download it again")));
  EXPECT_THAT(ErrorOf(Flann(101)), HasSubstr("is no vocabulary tree of COLMAP, or is cut off"));
  EXPECT_THAT(ErrorOf(Flann(uint64_t(1) << 62)), HasSubstr("is no vocabulary tree of COLMAP, or is cut off"));
  EXPECT_THAT(ErrorOf(std::string(5000, '{')), HasSubstr("is no vocabulary tree of COLMAP, or is cut off"));
}

TEST_F(VocabTree, OneOfAnotherVersionIsNamed) {
  EXPECT_THAT(ErrorOf(Faiss()), HasSubstr("is a vocabulary tree for COLMAP 3.12 and later, and this is COLMAP 3.8"));
  EXPECT_THAT(ErrorOf(Flann(100), "3.13"), HasSubstr("for COLMAP before 3.12, and this is COLMAP 3.13"));
}

}  // namespace
}  // namespace splat::data
