#include "io/percent_encoding.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(PercentDecodedTest, GivesTheBytesAndRefusesWhatIsNoEscape) {
  EXPECT_EQ(PercentDecoded("a%20b%C3%a4.bin"), "a b\xC3\xA4.bin");
  EXPECT_EQ(PercentDecoded(""), "");
  for (const char* broken : {"%", "a%2", "100%.bin", "%g0"}) EXPECT_FALSE(PercentDecoded(broken)) << broken;
}

}  // namespace
}  // namespace splat
