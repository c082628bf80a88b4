#include "io/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"

namespace splat {
namespace {

using ::testing::AllOf;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::ErrorMessageOf;
using testing::FromHex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::NpyBytes;

template <typename T>
std::string Values(std::initializer_list<double> values) {
  std::string bytes;
  for (const double value : values) bytes += Bytes(T(value));
  return bytes;
}

// What numpy.save of NumPy 2 writes for numpy.array([[1.5, -2]]), in the middle of whose header lie spaces.
TEST(Npy, ReadsWhatNumpyWrites) {
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }";
  const std::string file = FromHex("934e554d505901007600") + header + std::string(0x76 - header.size() - 1, ' ') +
                           "\n" + FromHex("000000000000f83f00000000000000c0");
  const NpyArray array = ParseNpy(file, "x.npy");
  EXPECT_THAT(array.shape, ElementsAre(1, 2));
  EXPECT_THAT(array.values, ElementsAre(1.5, -2));
}

TEST(Npy, TheLastIndexRunsFastestInAnyOrderOfTheFile) {
  const NpyArray c = ParseNpy(NpyBytes("<f4", false, "(2, 3)", Values<float>({1, 2, 3, 4, 5, 6})), "x.npy");
  EXPECT_THAT(c.values, ElementsAre(1, 2, 3, 4, 5, 6));
  const NpyArray fortran = ParseNpy(NpyBytes("<f8", true, "(2, 3)", Values<double>({1, 4, 2, 5, 3, 6})), "x.npy");
  EXPECT_THAT(fortran.values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(fortran.shape, ElementsAre(2, 3));
  const NpyArray row = ParseNpy(NpyBytes("<f8", true, "(3,)", Values<double>({7, 8, 9})), "x.npy");
  EXPECT_THAT(row.shape, ElementsAre(3));
  EXPECT_THAT(row.values, ElementsAre(7, 8, 9));
}

TEST(Npy, LaterVersionsHaveALongerCount) {
  std::string file = NpyBytes("<f8", false, "(1,)", Values<double>({7}));
  file[6] = 3;
  file.insert(10, 2, '\0');
  EXPECT_THAT(ParseNpy(file, "x.npy").values, ElementsAre(7));
}

TEST(Npy, DamagedFilesAreRefused) {
  const auto error = [](const std::string& file) {
    const std::string message = ErrorMessageOf([&] { ParseNpy(file, "x.npy"); });
    EXPECT_THAT(message, AllOf(HasSubstr("x.npy: "), Not(HasSubstr("\n"))));
    return message;
  };
  const std::string whole = NpyBytes("<f8", false, "(2, 2)", Values<double>({1, 2, 3, 4}));
  for (size_t size = 0; size < whole.size(); ++size) error(whole.substr(0, size));
  EXPECT_THAT(error(whole.substr(0, whole.size() - 1)), HasSubstr("has only 31 bytes of numbers for 2 x 2"));
  EXPECT_THAT(error("PK\3\4"), HasSubstr("is no .npy file"));
  EXPECT_THAT(error(NpyBytes("<i8", false, "(1,)", Values<double>({1}))), HasSubstr("'<i8'"));
  EXPECT_THAT(error(NpyBytes(">f8", false, "(1,)", Values<double>({1}))), HasSubstr("'>f8'"));
  EXPECT_THAT(error(NpyBytes("<f8", false, "(1, x)", "")), HasSubstr("header is damaged"));
  EXPECT_THAT(error(NpyBytes("<f8", false, "(4294967296, 4294967296, 17)", "")), HasSubstr("truncated"));
  EXPECT_THAT(error(NpyBytes("|O", false, "(1,)", "")), HasSubstr("no floating-point"));
}

}  // namespace
}  // namespace splat
