#include "data/sfm/colmap_masks.h"

#include <gmock/gmock.h>

#include "tests/support/byte_writer.h"
#include "tests/support/sfm_run.h"

namespace splat::data {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A mask that keeps the columns left of `end`.
Image8 KeepsLeft(int width, int height, int end) {
  Image8 mask(width, height, 1);
  for (int y = 0; y < height; ++y) std::fill_n(mask.At(0, y), end, uint8_t(255));
  return mask;
}

class ColmapMasksTest : public RunSfmTest {
 protected:
  void AddMask(const std::string& photo, const Image8& mask) {
    const std::string path = folder_ / ("mask_" + std::to_string(options_.masks.size()) + ".png");
    WriteImage(path, mask);
    options_.masks[photo] = {path};
  }
  std::string Written(const std::string& photo) const { return Workspace() + "/colmap_masks/" + photo + ".png"; }
};

TEST_F(ColmapMasksTest, MasksAreWrittenInTheSizeOfTheirPhotos) {
  AddMask(names_[0], KeepsLeft(4, 3, 3));
  AddMask("sub dir/last.png", KeepsLeft(8, 6, 5));
  Run();
  EXPECT_THAT(fake_->Calls()[0], HasSubstr("|--ImageReader.mask_path|" + Workspace() + "/colmap_masks|"));
  const Image8 first = ReadPhoto(Written(names_[0])).image;
  EXPECT_EQ(first.width, 8);
  EXPECT_EQ(first.height, 6);
  EXPECT_EQ(first.At(4, 2)[0], 255);
  EXPECT_EQ(first.At(7, 2)[0], 0);
  EXPECT_EQ(ReadPhoto(Written("sub dir/last.png")).image.At(5, 0)[0], 0);
  EXPECT_FALSE(std::filesystem::exists(Written(names_[1]))) << "it has none";
}

TEST_F(ColmapMasksTest, MasksThatDropNothingOrAllOrCannotBeReadAreNotGiven) {
  AddMask(names_[0], KeepsLeft(8, 6, 8));
  AddMask(names_[1], KeepsLeft(8, 6, 0));
  AddMask(names_[2], KeepsLeft(6, 8, 2));
  splat::testing::WriteBytes(folder_ / "broken.png", "no image");
  options_.masks[names_[3]] = {folder_ / "broken.png"};
  Run();
  EXPECT_THAT(fake_->Calls()[0], Not(HasSubstr("mask_path")));
}

TEST_F(ColmapMasksTest, OtherMasksMakeTheFeaturesStale) {
  Run();
  AddMask(names_[0], KeepsLeft(8, 6, 5));
  Run();
  EXPECT_THAT(fake_->CalledCommands(), StartsWith("feature_extractor")) << "where there were none before";
  Run();
  EXPECT_EQ(fake_->CalledCommands(), "") << "the same masks";
  options_.masks[names_[0]].inverted = true;
  Run();
  EXPECT_THAT(fake_->CalledCommands(), StartsWith("feature_extractor"));
  WriteImage(options_.masks[names_[0]].path, KeepsLeft(80, 60, 5));
  Run();
  EXPECT_THAT(fake_->CalledCommands(), StartsWith("feature_extractor"));
  options_.masks.clear();
  Run();
  EXPECT_THAT(fake_->CalledCommands(), StartsWith("feature_extractor"));
  EXPECT_THAT(fake_->Calls()[0], Not(HasSubstr("mask_path")));
}

TEST_F(ColmapMasksTest, TheTransparencyOfAPhotoMayBeItsMask) {
  Image8 photo(8, 6, 4);
  for (size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] = i / 4 % 8 < 5 ? 255 : 0;
  WriteImage(Photos() + "/" + names_[0], photo);
  for (const std::string& name : names_) options_.masks[name] = {Photos() + "/" + name, false, true};
  Run();
  EXPECT_EQ(ReadPhoto(Written(names_[0])).image.At(4, 0)[0], 255);
  EXPECT_EQ(ReadPhoto(Written(names_[0])).image.At(5, 0)[0], 0);
  EXPECT_FALSE(std::filesystem::exists(Written(names_[1]))) << "it is opaque";
}

}  // namespace
}  // namespace splat::data
