#include "data/dataset/turned_photos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/textured_wall.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TurnedPhotos : public ::testing::Test {
 protected:
  // How many views are turned.
  size_t Turn() {
    SerialExecutor executor;
    log_.clear();
    TurnPhotosToPoints("the source", wall_.points, wall_.views, executor,
                       [this](LogLevel, const std::string& line) { log_.push_back(line); });
    size_t turned = 0;
    for (const View& view : wall_.views) turned += view.rotate_to_model ? 1 : 0;
    return turned;
  }

  testing::TexturedWall wall_;
  std::vector<std::string> log_;
};

TEST_F(TurnedPhotos, PosesOfTheUprightImageTurnThem) {
  wall_.StoreUpsideDown(1);
  wall_.StoreUpsideDown(4);
  EXPECT_EQ(Turn(), 2u);
  EXPECT_TRUE(wall_.views[1].rotate_to_model && wall_.views[4].rotate_to_model);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("2 photos, as view_1.png")));
}

TEST_F(TurnedPhotos, PosesOfTheStoredPixelsLeaveThem) {
  for (View& view : wall_.views) view.exif_orientation = 3;
  EXPECT_EQ(Turn(), 0u);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(TurnedPhotos, WithoutColorsTheyAreLeft) {
  for (size_t i = 0; i < wall_.views.size(); ++i) wall_.StoreUpsideDown(i);
  for (Vec3<uint8_t>& color : wall_.points.colors) color = {128, 128, 128};
  EXPECT_EQ(Turn(), 0u);
  wall_.points = {};
  EXPECT_EQ(Turn(), 0u);
}

}  // namespace
}  // namespace splat::data
