#include "io/crc32.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(Crc32, IsThatOfTheStandard) {
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(Crc32(""), 0u);
}

}  // namespace
}  // namespace splat
