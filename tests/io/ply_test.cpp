#include "io/ply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"
#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/ply_table.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat {
namespace {

using splat::testing::Bytes;
using splat::testing::ErrorMessageOf;
using splat::testing::PlyTable;
using splat::testing::ReadPly;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kLittleXy =
    "ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty float x\nproperty uchar y\nend_header\n";

std::string Reversed(std::string bytes) {
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string WithCrLf(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

class Ply : public ::testing::Test {
 protected:
  PlyTable ReadOf(const std::string& bytes) const {
    WriteBytes(path_, bytes);
    return ReadPly(path_);
  }
  // The message that reading these bytes ends with: one line that names the file.
  std::string ErrorOf(const std::string& bytes) const {
    const std::string message = ErrorMessageOf([&] { ReadOf(bytes); });
    EXPECT_THAT(message, AllOf(HasSubstr(path_), Not(HasSubstr("\n"))));
    return message;
  }

  TempDir folder_;
  const std::string path_ = folder_ / "a.ply";
};

TEST_F(Ply, ReadsFloatsBitForBit) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string bytes = Bytes(1.5f) + Bytes(-0.0f) + Bytes(nan) + Bytes(1e-42f);
  const PlyTable read = ReadOf(
      "ply\nformat binary_little_endian 1.0\ncomment made by a test\ncomment SH degree: 3\nelement vertex 2\n"
      "property float x\nproperty float f_dc_0\nend_header\n" +
      bytes);
  EXPECT_THAT(read.comments, ElementsAre("made by a test", "SH degree: 3"));
  EXPECT_THAT(read.names, ElementsAre("x", "f_dc_0"));
  EXPECT_EQ(read.rows, 2u);
  ASSERT_THAT(read.values, SizeIs(4));
  EXPECT_EQ(std::memcmp(read.values.data(), bytes.data(), 16), 0);
}

TEST_F(Ply, ColumnsAreFoundByName) {
  const PlyTable table = ReadOf(kLittleXy + Bytes(1.5f) + "\x07" + Bytes(-2.5f) + "\xff");
  EXPECT_THAT(table.values, ElementsAre(1.5f, 7, -2.5f, 255));
  EXPECT_EQ(table.Column("y"), 1);
  EXPECT_EQ(table.Column("z"), -1);
}

TEST_F(Ply, ReadsEveryTypeInBothByteOrders) {
  const std::string properties =
      "element vertex 1\nproperty char a\nproperty uint8 b\nproperty int16 c\nproperty ushort d\nproperty int e\n"
      "property uint32 f\nproperty float32 g\nproperty double h\nend_header\n";
  const std::vector<std::string> fields = {Bytes(int8_t(-5)),      Bytes(uint8_t(200)),    Bytes(int16_t(-300)),
                                           Bytes(uint16_t(65000)), Bytes(int32_t(-70000)), Bytes(uint32_t(3000000000)),
                                           Bytes(0.25f),           Bytes(-1234.5)};
  std::string little = "ply\nformat binary_little_endian 1.0\n" + properties;
  std::string big = "ply\nformat binary_big_endian 1.0\n" + properties;
  for (const std::string& field : fields) {
    little += field;
    big += Reversed(field);
  }
  const auto expected = ElementsAre(-5, 200, -300, 65000, -70000, 3e9f, 0.25f, -1234.5f);
  EXPECT_THAT(ReadOf(little).values, expected);
  EXPECT_THAT(ReadOf(big).values, expected);
}

TEST_F(Ply, ReadsAscii) {
  const PlyTable table = ReadOf(
      "ply\nformat ascii 1.0\ncomment  hello there \nobj_info x\nelement vertex 3\nproperty float x\nproperty int y\n"
      "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
      "1.5 2\n -1e-3\t+4 \n\nnan inf\n3 0 1 2\n");
  EXPECT_THAT(table.comments, ElementsAre("hello there"));
  ASSERT_EQ(table.rows, 3u);
  EXPECT_EQ(table.values[2], -1e-3f);
  EXPECT_EQ(table.values[3], 4);
  EXPECT_TRUE(std::isnan(table.values[4]));
  EXPECT_TRUE(std::isinf(table.values[5]));
}

TEST_F(Ply, AcceptsHeadersWithCrLf) {
  EXPECT_THAT(ReadOf(WithCrLf(kLittleXy) + Bytes(1.5f) + "\n" + Bytes(-2.5f) + "\r").values,
              ElementsAre(1.5f, 10, -2.5f, 13));
  EXPECT_THAT(ReadOf(WithCrLf("ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nend_header\n1\n2\n")).values,
              ElementsAre(1, 2));
}

TEST_F(Ply, PassesOverElementsBeforeVertex) {
  const std::string elements =
      "element chunk 2\nproperty float a\nproperty short b\nelement vertex 1\nproperty float x\nend_header\n";
  EXPECT_THAT(ReadOf("ply\nformat binary_little_endian 1.0\n" + elements + std::string(12, 'z') + Bytes(4.5f)).values,
              ElementsAre(4.5f));
  EXPECT_THAT(ReadOf("ply\nformat ascii 1.0\n" + elements + "1 2\n3 4\n4.5\n").values, ElementsAre(4.5f));
}

TEST_F(Ply, AcceptsZeroVertices) {
  const PlyTable table = ReadOf("ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n");
  EXPECT_EQ(table.rows, 0u);
  EXPECT_THAT(table.values, IsEmpty());
}

TEST_F(Ply, RefusesEveryTruncation) {
  const std::string binary = kLittleXy + Bytes(1.5f) + "\x07" + Bytes(-2.5f) + "\xff";
  for (size_t size = 0; size < binary.size(); ++size) ErrorOf(binary.substr(0, size));
  EXPECT_THAT(ErrorOf(binary.substr(0, binary.size() - 1)), HasSubstr("has room for 1"));
  EXPECT_THAT(ErrorOf("ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nend_header\n1.25\n"),
              HasSubstr("ends before row 2 of 2 of 'vertex'"));
}

TEST_F(Ply, RefusesHostileCountsBeforeTakingMemory) {
  for (const char* count : {"1000000000000", "18446744073709551615", "4611686018427387905"}) {
    for (const char* format : {"ascii", "binary_little_endian"}) {
      EXPECT_THAT(ErrorOf(StrCat("ply\nformat ", format, " 1.0\nelement vertex ", count,
                                 "\nproperty float x\nend_header\n1 2 3 4 5 6 7")),
                  AllOf(HasSubstr(count), HasSubstr("room")));
    }
  }
  for (const char* count : {"-1", "99999999999999999999999", "2x", ""}) {
    EXPECT_THAT(ErrorOf(StrCat("ply\nformat ascii 1.0\nelement vertex ", count, "\nproperty float x\nend_header\n1\n")),
                HasSubstr("which is no whole number from 0"));
  }
}

// A file with an element before `vertex`, three vertices and faces behind them; its bytes, and where its vertices end.
struct PlyToCut {
  std::string bytes;
  size_t vertices = 0;  // place of the first
  size_t faces = 0;     // place behind the last vertex
};
PlyToCut WithNeighbours(const std::string& format, const std::string& before, const std::string& rows_before) {
  PlyToCut file;
  file.bytes = StrCat("ply\nformat ", format, " 1.0\n", before,
                      "element vertex 3\nproperty float x\nproperty short y\nelement face 2\n"
                      "property list uchar int ids\nend_header\n",
                      rows_before);
  file.vertices = file.bytes.size();
  for (int i = 0; i < 3; ++i) {
    file.bytes += format == "ascii" ? StrCat(i, ".5 ", i, "\n") : Bytes(float(i) + 0.5f) + Bytes(int16_t(i));
  }
  file.faces = file.bytes.size();
  for (int i = 0; i < 2; ++i) file.bytes += format == "ascii" ? "1 7\n" : Bytes(uint8_t(1)) + Bytes(int32_t(7));
  return file;
}

// What CutToWholeRows says of the first `size` bytes, and how many vertices it leaves, which are then read.
struct Cut {
  std::string damage;
  uint64_t rows = 0;
};
Cut AfterCut(const std::string& bytes, size_t size) {
  PlyFile file(std::string_view(bytes).substr(0, size), "a.ply");
  const std::string damage = file.CutToWholeRows("vertex");
  const PlyFile::Element& vertices = *file.Find("vertex");
  std::vector<float> firsts;
  if (vertices.count > 0) file.ForEachRow(vertices, [&](const float* row) { firsts.push_back(row[0]); });
  EXPECT_EQ(firsts.size(), vertices.count);
  for (size_t i = 0; i < firsts.size(); ++i) EXPECT_EQ(firsts[i], float(i) + 0.5f);
  return {damage, vertices.count};
}

TEST_F(Ply, CutsToTheWholeRowsOfABinaryFile) {
  constexpr size_t kRow = 6;  // bytes
  const std::pair<std::string, std::string> before[] = {
      {"", ""},
      {"element chunk 2\nproperty float a\nproperty short b\n", std::string(12, 'z')},
      {"element strip 2\nproperty uchar n\nproperty list uchar short ids\n", std::string("z\2abcdz\1ab", 10)}};
  for (const auto& [element, rows] : before) {
    const PlyToCut file = WithNeighbours("binary_little_endian", element, rows);
    for (size_t size = file.vertices; size < file.faces; ++size) {
      const size_t whole = (size - file.vertices) / kRow;
      const auto [damage, count] = AfterCut(file.bytes, size);
      EXPECT_EQ(count, whole) << element << size;
      EXPECT_EQ(damage, StrCat("a.ply: announces 3 rows of 'vertex' but has ", whole,
                               "; it is truncated or damaged, copy it again"));
    }
    for (size_t size = file.faces; size <= file.bytes.size(); ++size) {
      const Cut cut = AfterCut(file.bytes, size);
      EXPECT_EQ(cut.damage, "") << "only faces are missing";
      EXPECT_EQ(cut.rows, 3u);
    }
  }
}

TEST_F(Ply, CutsToTheWholeRowsOfText) {
  const std::pair<std::string, std::string> before[] = {{"", ""}, {"element chunk 2\nproperty float a\n", "1\n\n2\n"}};
  for (const auto& [element, rows] : before) {
    const PlyToCut file = WithNeighbours("ascii", element, rows);
    const size_t row = (file.faces - file.vertices) / 3;  // "0.5 0\n"
    for (size_t size = file.vertices; size < file.faces - 1; ++size) {
      const auto [damage, count] = AfterCut(file.bytes, size);
      EXPECT_EQ(count, (size - file.vertices) / row) << element << size;
      EXPECT_THAT(damage, HasSubstr("a.ply: announces 3 rows of 'vertex' but has "));
    }
    for (size_t size = file.faces - 1; size <= file.bytes.size(); ++size) {
      const Cut cut = AfterCut(file.bytes, size);
      EXPECT_EQ(cut.damage, "") << "the last line end is missing, or faces are";
      EXPECT_EQ(cut.rows, 3u);
    }
  }
}

TEST_F(Ply, LeavesNothingOfVerticesWhereTheElementBeforeThemIsCut) {
  const PlyToCut chunks = WithNeighbours("binary_little_endian", "element chunk 2\nproperty float a\n", "zzzzzzzz");
  EXPECT_EQ(AfterCut(chunks.bytes, chunks.vertices - 1).rows, 0u);
  const PlyToCut lines = WithNeighbours("ascii", "element chunk 2\nproperty float a\n", "1\n2\n");
  EXPECT_EQ(AfterCut(lines.bytes, lines.vertices - 4).rows, 0u);
  const PlyToCut strips = WithNeighbours("binary_little_endian", "element strip 1\nproperty list uchar int ids\n",
                                         Bytes(uint8_t(1)) + Bytes(int32_t(7)));
  EXPECT_THAT(ErrorMessageOf([&] { AfterCut(strips.bytes, strips.vertices - 1); }),
              HasSubstr("a.ply: ends within row 1 of 1 of 'strip'"));
}

TEST_F(Ply, CutsNoElementThatIsNotThereOrHasLists) {
  const PlyToCut file = WithNeighbours("binary_little_endian", "", "");
  PlyFile ply(std::string_view(file.bytes).substr(0, file.faces + 1), "a.ply");
  EXPECT_EQ(ply.CutToWholeRows("edge"), "");
  EXPECT_EQ(ply.CutToWholeRows("face"), "");
  EXPECT_EQ(ply.Find("face")->count, 2u);
}

TEST_F(Ply, RefusesListsInVertexAndCutOnesBeforeIt) {
  EXPECT_THAT(ErrorOf("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty list uchar int ids\n"
                      "end_header\n1 1 2\n"),
              AllOf(HasSubstr("'vertex'"), HasSubstr("'ids'")));
  // Those of another element are passed over, as far as they are there.
  EXPECT_THAT(ErrorOf("ply\nformat binary_little_endian 1.0\nelement face 1\nproperty list uchar int ids\n"
                      "element vertex 1\nproperty float x\nend_header\n\x09" +
                      Bytes(1) + Bytes(1.0f)),
              HasSubstr("ends within row 1 of 1 of 'face'"));
}

TEST_F(Ply, RefusesMalformedHeaders) {
  const std::string begin = "ply\nformat ascii 1.0\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "is no PLY file"},
      {"plyx\n", "is no PLY file"},
      {"ply\rformat ascii 1.0\relement vertex 1\rproperty float x\rend_header\r1\r", "line ends of CR alone"},
      {"ply\nformat utf8 1.0\nend_header\n", "line 2: unknown format 'utf8'"},
      {"ply\nelement vertex 1\nproperty float x\nend_header\n1\n", "names no format"},
      {begin + "property float x\nend_header\n", "before any element"},
      {begin + "element vertex 1\nproperty quarter x\nend_header\n1\n", "unknown type 'quarter'"},
      {begin + "element vertex 1\nproperty float\nend_header\n1\n", "without a name"},
      {begin + "element vertex 1\nproperty float x\nproperty float x\nend_header\n1 2\n", "'x' is there twice"},
      {begin + "bogus line\nend_header\n", "line 3: 'bogus'"},
      {begin + "element vertex 1\nproperty float x\n", "no end_header"},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_THAT(ErrorOf(bytes), HasSubstr(expected));
}

TEST_F(Ply, RefusesMalformedAsciiRowsByLine) {
  const std::string header =
      "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nend_header\n";
  EXPECT_THAT(ErrorOf(header + "1 2\n3 4,5\n"), HasSubstr("line 8: the value of 'y' is '4,5'"));
  EXPECT_THAT(ErrorOf(header + "1 2\n333333\n"), HasSubstr("line 8: the value of 'y' is ''"));
  EXPECT_THAT(ErrorOf(header + "1 2 3\n4 5\n"), HasSubstr("line 7: more than 2 values"));
}

TEST_F(Ply, TextNumbersBeyondTheirTypeAreInfiniteOrZero) {
  const PlyTable table = ReadOf(
      "ply\nformat ascii 1.0\nelement vertex 8\nproperty double x\nend_header\n"
      "1e39\n-1e400\n+1e99999\n1e-400\n-1E-99999\n-2.5e-45\ninf\n1.5\n");
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  EXPECT_THAT(table.values, ElementsAre(kInfinite, -kInfinite, kInfinite, 0, 0, -2.8026e-45f, kInfinite, 1.5f));
  for (const char* word : {"1e400x", "1e", "--1e400", "1e400 2", "0x1p9999"}) {
    EXPECT_NE(ErrorOf(StrCat("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n", word, "\n")),
              "")
        << word;
  }
}

// What lies behind the rows of vertices, and of edges with lists where there are any.
std::string BehindOf(const std::string& format, const std::string& body, bool edges = false) {
  const std::string header = StrCat("ply\nformat ", format, " 1.0\nelement vertex 2\nproperty float x\n",
                                    edges ? "element edge 1\nproperty list uchar uchar ends\n" : "", "end_header\n");
  return PlyFile(header + body, "a.ply").WhatLiesBehind();
}

TEST(PlyBehind, MoreRowsThanAnnouncedAreSaid) {
  EXPECT_EQ(BehindOf("ascii", "1\n2\n\n"), "");
  EXPECT_THAT(BehindOf("ascii", "1\n2\n3\n4\n"), HasSubstr("a.ply: has 2 more lines behind the 2 rows of 'vertex'"));
  EXPECT_EQ(BehindOf("ascii", "1\n2\n2 1 2\n", true), "");
  EXPECT_THAT(BehindOf("ascii", "1\n2\n2 1 2\n3\n", true), HasSubstr("1 more lines behind the 1 rows of 'edge'"));
  const std::string rows(8, '\0');
  for (const char* format : {"binary_little_endian", "binary_big_endian"}) {
    EXPECT_EQ(BehindOf(format, rows), "");
    EXPECT_EQ(BehindOf(format, rows + "\n"), "") << "less than a row";
    EXPECT_THAT(BehindOf(format, rows + rows), HasSubstr("8 more bytes behind"));
    EXPECT_EQ(BehindOf(format, rows.substr(1)), "") << "cut off";
    EXPECT_EQ(BehindOf(format, rows + "\2\7\7", true), "");
    EXPECT_EQ(BehindOf(format, rows + "\2\7", true), "") << "cut off";
    EXPECT_THAT(BehindOf(format, rows + "\2\7\7\7", true), HasSubstr("1 more bytes behind"));
  }
}

TEST(PlyOfTestData, ReadsAnInriaScene) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/kacytran/point_cloud/iteration_7000/point_cloud.ply");
  const PlyTable table = ReadPly(path);
  EXPECT_EQ(table.rows, 9080u);
  EXPECT_THAT(table.names, SizeIs(62));
  EXPECT_EQ(table.Column("rot_3"), 61);
  for (size_t row = 0; row < table.rows; ++row) {  // normals are zero in this layout
    ASSERT_EQ(table.values[row * 62 + size_t(table.Column("nx"))], 0);
  }
}

TEST(PlyOfTestData, ReadsSmallScenes) {
  SPLAT_TEST_DATA_OR_SKIP(folder, "splats");
  EXPECT_EQ(ReadPly(folder + "/epfl/pc_short.ply").rows, 100u);
  EXPECT_EQ(ReadPly(folder + "/metalsplatter/SplatIO/TestData/test-splat.3-points-from-train.ply").rows, 3u);
  const PlyTable points = ReadPly(folder + "/brush_test/test_dataset/init.ply");
  EXPECT_EQ(points.rows, 100u);
  EXPECT_EQ(points.Column("alpha"), 6);
  const PlyTable compressed = ReadPly(folder + "/plush_dog/point_cloud_29999_clean.compressed.ply");
  EXPECT_EQ(compressed.rows, 15105u);
  EXPECT_THAT(compressed.names, ElementsAre("packed_position", "packed_rotation", "packed_scale", "packed_color"));
}

TEST(PlyOfTestData, AsciiAndBinaryOfOneMeshAgree) {
  SPLAT_TEST_DATA_OR_SKIP(folder, "splats/metalsplatter/PLYIO/TestData");
  const PlyTable ascii = ReadPly(folder + "/beetle.ascii.ply");
  const PlyTable binary = ReadPly(folder + "/beetle.binary.ply");
  EXPECT_EQ(ascii.rows, 1148u);
  EXPECT_EQ(ascii.names, binary.names);
  ASSERT_EQ(ascii.values.size(), binary.values.size());
  constexpr float kPrintedDigits = 1e-5f;  // the ascii file prints seven significant digits
  for (size_t i = 0; i < ascii.values.size(); ++i) {
    ASSERT_NEAR(ascii.values[i], binary.values[i], kPrintedDigits * std::max(1.0f, std::abs(binary.values[i])));
  }
}

}  // namespace
}  // namespace splat
