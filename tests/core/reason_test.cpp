#include "core/reason.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace splat {
namespace {

TEST(ReasonTest, KeepsNamesWithLineEndsAndDropsStackTraces) {
  EXPECT_EQ(ReasonOf(Error("a\nb.ply: is damaged")), "a\nb.ply: is damaged");
  EXPECT_EQ(ReasonOf(std::runtime_error("no kernel\nframe #0")), "no kernel");
  EXPECT_EQ(ReasonOf(std::bad_alloc()), "out of memory");
}

}  // namespace
}  // namespace splat
