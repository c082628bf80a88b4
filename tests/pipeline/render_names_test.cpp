#include "pipeline/render_names.h"

#include <gtest/gtest.h>

namespace splat::pipeline {
namespace {

TEST(RenderNamesTest, GivesNoNameTwice) {
  RenderNames names;
  EXPECT_EQ(names.NameFor("left/a.jpg"), "left_a");
  EXPECT_EQ(names.NameFor("left_a.png"), "left_a_2");
  EXPECT_EQ(names.NameFor("../x.y.jpg"), "x.y");
}

}  // namespace
}  // namespace splat::pipeline
