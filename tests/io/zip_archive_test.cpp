#include "io/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::splat::testing::FromHex;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::testing::HasSubstr;

std::string Archive() {
  std::ostringstream out;
  ZipWriter zip(out);
  zip.Add("meta.json", "{}");
  zip.Add("a.bin", std::string("\0\1\2", 3));
  zip.Finish();
  return out.str();
}

TEST(Zip, EntriesComeBack) {
  const std::string bytes = Archive();
  EXPECT_TRUE(ZipReader::Recognizes(bytes));
  ZipReader zip(bytes, "a.sog");
  EXPECT_EQ(zip.SizeOf("a.bin"), 3u);
  EXPECT_EQ(zip.Read("a.bin"), std::string("\0\1\2", 3));
  EXPECT_EQ(zip.Read("meta.json"), "{}");
}

TEST(Zip, IsStoredDatedAndPlain) {
  const std::string bytes = Archive();
  EXPECT_EQ(bytes, Archive());
  // Local header: signature, version, flags, method 0, time, date 1980-01-01, checksum, two sizes, lengths of name,
  // extra.
  EXPECT_EQ(bytes.substr(0, 4), FromHex("504b0304"));
  EXPECT_EQ(bytes.substr(6, 8), FromHex("0000000000002100"));
  EXPECT_EQ(bytes.substr(18, 12), FromHex("02000000020000000900"
                                          "0000"));
  EXPECT_EQ(bytes.substr(30, 11), "meta.json{}");
  // End record: the last 22 bytes, so without a comment, as PlayCanvas' reader wants it.
  EXPECT_EQ(bytes.substr(bytes.size() - 22, 4), FromHex("504b0506"));
  EXPECT_EQ(bytes.substr(bytes.size() - 2), FromHex("0000"));
}

TEST(Zip, AnotherProgramFindsItWhole) {
  TempDir folder;
  testing::WriteBytes(folder / "a.zip", Archive());
  const auto output = RunProgram({"python3", "-c",
                                  "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
                                  "print(z.testzip(), z.namelist(), z.read('a.bin'))",
                                  folder / "a.zip"});
  if (output.exit_code == 127) GTEST_SKIP() << "needs python3";
  EXPECT_EQ(output.out, "None ['meta.json', 'a.bin'] b'\\x00\\x01\\x02'\n") << output.err;
}

TEST(Zip, BeginsWhereTheStreamStands) {
  std::ostringstream out;
  out << "before";
  ZipWriter zip(out);
  zip.Add("a", "b");
  zip.Finish();
  const std::string bytes = out.str().substr(6);
  EXPECT_EQ(ZipReader(bytes, "a.sog").Read("a"), "b");
}

TEST(Zip, NamesWhatIsMissingOrDamaged) {
  std::string bytes = Archive();
  EXPECT_THAT(ErrorMessageOf([&] { ZipReader(bytes, "a.sog").Read("b.bin"); }), HasSubstr("a.sog: holds no b.bin"));
  EXPECT_THAT(ErrorMessageOf([&] { ZipReader(bytes.substr(0, 60), "a.sog"); }), HasSubstr("a.sog: is no whole zip"));
  bytes[39] = 'x';
  EXPECT_THAT(ErrorMessageOf([&] { ZipReader(bytes, "a.sog").Read("meta.json"); }), HasSubstr("meta.json within it"));
}

}  // namespace
}  // namespace splat
