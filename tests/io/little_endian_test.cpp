#include "io/little_endian.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace splat {
namespace {

TEST(LittleEndian, NumbersAreAppendedWithTheirLowestByteFirst) {
  std::string bytes = "x";
  AppendBytes(bytes, uint16_t(0x0201), uint8_t(3), int32_t(-2), 1.0f);
  EXPECT_EQ(bytes, std::string("x\1\2\3\xfe\xff\xff\xff\0\0\x80\x3f", 12));
}

TEST(LittleEndian, NumbersAreReadInEitherOrderWhereverTheyLie) {
  const char bytes[] = "x\1\2\3\4";
  EXPECT_EQ(FromLittleEndian<uint32_t>(bytes + 1), 0x04030201u);
  EXPECT_EQ(FromBigEndian<uint32_t>(bytes + 1), 0x01020304u);
}

}  // namespace
}  // namespace splat
