#include "io/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "io/read_file.h"
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

TEST(Zip, NamesWithBackslashesOrADotInFrontAreThoseOfAnyArchive) {
  std::ostringstream out;
  ZipWriter zip(out);
  for (const char* name : {"scene\\meta.json", "./files/a.bin", "././b.bin", "/c.bin", "d..e/.f"}) zip.Add(name, name);
  zip.Finish();
  const std::string bytes = out.str();
  ZipReader reader(bytes, "a.sog");
  EXPECT_EQ(reader.Names(), (std::vector<std::string>{"scene/meta.json", "files/a.bin", "b.bin", "c.bin", "d..e/.f"}));
  EXPECT_EQ(reader.Read("scene/meta.json"), "scene\\meta.json");
  EXPECT_EQ(reader.Read("./files/a.bin"), "./files/a.bin");
  EXPECT_EQ(reader.Read("b.bin"), "././b.bin");
}

// Writes archives of every kind with one entry, a.bin, of 5000 bytes "ab".
const char* const kOtherArchives = R"(
import io, struct, sys, zipfile
class Pipe(io.RawIOBase):  # that cannot seek, so that sizes stand behind the data
    def __init__(self): self.bytes = b''
    def writable(self): return True
    def write(self, data): self.bytes += bytes(data); return len(data)
def archive(out, method, zip64=False):
    with zipfile.ZipFile(out, 'w', method) as z:
        with z.open('a.bin', 'w', force_zip64=zip64) as entry: entry.write(b'ab' * 2500)
        z.comment = b'PK said the archive'
    return out.bytes if isinstance(out, Pipe) else out.getvalue()
def save(name, data): open(sys.argv[1] + '/' + name, 'wb').write(data)
save('stored', archive(io.BytesIO(), 0))
save('deflated', archive(io.BytesIO(), 8))
save('stored_in_a_pipe', archive(Pipe(), 0))
save('deflated_in_a_pipe', archive(Pipe(), 8))
save('zip64', archive(io.BytesIO(), 8, True))
save('zip64_in_a_pipe', archive(Pipe(), 8, True))
save('method_14', archive(io.BytesIO(), 14))
secret = bytearray(archive(io.BytesIO(), 0))
for mark, place in ((b'PK\1\2', 8), (b'PK\3\4', 6)): secret[secret.index(mark) + place] |= 1
save('secret', bytes(secret))
)";

TEST(Zip, ReadsWhatOtherProgramsPack) {
  TempDir folder;
  const auto output = RunProgram({"python3", "-c", kOtherArchives, folder.path()});
  if (output.exit_code == 127) GTEST_SKIP() << "needs python3";
  ASSERT_EQ(output.exit_code, 0) << output.err;
  std::string right;
  for (int i = 0; i < 2500; ++i) right += "ab";
  for (const char* name :
       {"stored", "deflated", "stored_in_a_pipe", "deflated_in_a_pipe", "zip64", "zip64_in_a_pipe"}) {
    const std::string bytes = ReadFile(folder / name);
    ZipReader zip(bytes, "a.sog");
    EXPECT_EQ(zip.Names(), std::vector<std::string>{"a.bin"}) << name;
    EXPECT_EQ(zip.SizeOf("a.bin"), right.size()) << name;
    EXPECT_EQ(zip.Read("a.bin"), right) << name;
  }
  const auto refusal = [&](const char* name) {
    const std::string bytes = ReadFile(folder / name);
    return ErrorMessageOf([&] { ZipReader(bytes, "a.sog").Read("a.bin"); });
  };
  EXPECT_THAT(refusal("method_14"), HasSubstr("a.sog: a.bin within it is compressed by method 14"));
  EXPECT_THAT(refusal("secret"), HasSubstr("a.sog: a.bin within it has a password"));
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
