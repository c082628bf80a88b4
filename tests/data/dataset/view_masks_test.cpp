#include "data/dataset/view_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/photos/image_io.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr int kSide = 30;

// Photos of 30 x 30 px in photos/ with masks in masks/.
class ViewMasksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"photos", "masks"}) fs::create_directories(folder_ / name);
  }
  // The mask keeps the rows [first, end).
  void AddPhoto(const std::string& name, int first, int end) {
    AddPhoto(name);
    Image8 mask(kSide, kSide, 1);
    std::fill(mask.At(0, first), mask.At(0, first) + (end - first) * kSide, uint8_t(255));
    WriteImage(folder_ / "masks/" + name, mask);
    views_.back().mask.path = folder_ / "masks/" + name;
  }
  void AddPhoto(const std::string& name) {
    WriteImage(folder_ / "photos/" + name, Image8(kSide, kSide, 3));
    View view;
    view.name = name;
    view.path = folder_ / "photos/" + name;
    views_.push_back(view);
  }
  void Use() {
    log_.clear();
    SerialExecutor executor;
    UseMasks(views_, executor, [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const View& view : views_) names.push_back(view.name);
    return names;
  }

  testing::TempDir folder_;
  std::vector<View> views_;
  std::vector<std::string> log_;
};

TEST_F(ViewMasksTest, OneLineSaysWhatIsKeptAndWhichPhotosHaveNoMask) {
  AddPhoto("a.png", 0, 30);
  AddPhoto("b.png", 0, 15);
  AddPhoto("c.png");
  Use();
  EXPECT_THAT(log_, ElementsAre("Masks: 2 of 3 photos have one in " + (folder_ / "masks") +
                                "; what counts is 75.0 % of these on average; trained whole: c.png"));
}

TEST_F(ViewMasksTest, NothingIsSaidWithoutMasks) {
  AddPhoto("a.png");
  Use();
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ViewMasksTest, MasksThatLookInvertedAreAWarning) {
  AddPhoto("a.png", 0, 5);
  AddPhoto("b.png", 0, 5);
  AddPhoto("c.png", 0, 30);
  Use();
  EXPECT_THAT(log_, ElementsAre(StartsWith("Masks: 3 of 3"),
                                AllOf(HasSubstr("look inverted: 2 of 3"), HasSubstr("--invert-masks"))));
  for (View& view : views_) view.mask.inverted = true;
  views_.pop_back();
  Use();
  EXPECT_THAT(log_, ElementsAre(StartsWith("Masks: 2 of 2")));
}

TEST_F(ViewMasksTest, SingleMasksThatLookInvertedAreNamed) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 0, 28);
  AddPhoto("d.png", 28, 30);
  Use();
  EXPECT_THAT(log_,
              ElementsAre(StartsWith("Masks: 4 of 4"),
                          HasSubstr("the masks of 1 of 4 photos look inverted beside the others, which keep most: "
                                    "d.png")));
  views_.clear();
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 8, 24);  // of an object, which fills half
  AddPhoto("d.png", 0, 5);
  Use();
  EXPECT_THAT(log_, SizeIs(1));
}

TEST_F(ViewMasksTest, MasksOfAnObjectInTheMiddleDoNotLookInverted) {
  for (const char* name : {"a.png", "b.png"}) AddPhoto(name, 11, 19);
  Use();
  EXPECT_THAT(log_, SizeIs(1));
}

TEST_F(ViewMasksTest, MasksThatKeepNextToNothingAreAWarning) {
  for (const char* name : {"a.png", "b.png"}) {
    AddPhoto(name);
    WriteImage(folder_ / "photos/" + name, Image8(10 * kSide, 10 * kSide, 3));
    Image8 mask(10 * kSide, 10 * kSide, 1);
    *mask.At(5, 5) = 255;
    WriteImage(folder_ / "masks/" + name, mask);
    views_.back().mask.path = folder_ / "masks/" + name;
  }
  Use();
  EXPECT_THAT(log_, ElementsAre(StartsWith("Masks: 2 of 2"), HasSubstr("next to nothing: 11 of a million pixels")));
  EXPECT_THAT(Names(), SizeIs(2));
}

TEST_F(ViewMasksTest, AMaskThatCannotBeUsedLeavesItsPhotoWhole) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 0, 30);
  splat::testing::WriteBytes(folder_ / "masks/a.png", "no image");
  WriteImage(folder_ / "masks/b.png", Image8(kSide, 2 * kSide, 1));
  Use();
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("masks/a.png"), HasSubstr("masks/b.png: is 30x60 px, another aspect"),
                                      EndsWith("; these masks are not used, and their photos trained whole")),
                                AllOf(StartsWith("Masks: 1 of 3"), EndsWith("trained whole: a.png, b.png"))));
  EXPECT_THAT(Names(), ElementsAre("a.png", "b.png", "c.png"));
  EXPECT_EQ(views_[0].mask.path, "");
  EXPECT_NE(views_[2].mask.path, "");
}

TEST_F(ViewMasksTest, APhotoOfWhichNothingIsKeptIsLeftOut) {
  AddPhoto("a.png", 0, 0);
  AddPhoto("b.png", 0, 30);
  Use();
  EXPECT_THAT(Names(), ElementsAre("b.png"));
  EXPECT_EQ(log_.back(), (folder_ / "masks") + ": the masks of 1 of 2 photos keep nothing (left out): a.png");
  AddPhoto("c.png", 0, 0);
  views_.erase(views_.begin());
  EXPECT_THAT(ErrorMessageOf([&] { Use(); }), AllOf(HasSubstr("keep nothing of any of the 1 photos"),
                                                    HasSubstr("--invert-masks"), HasSubstr("--masks off")));
}

TEST_F(ViewMasksTest, ManyMasksThatKeepNothingAreOneLine) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png", "f.png"}) AddPhoto(name, 0, 0);
  AddPhoto("g.png", 0, 30);
  Use();
  EXPECT_THAT(Names(), ElementsAre("g.png"));
  EXPECT_THAT(log_.back(), EndsWith("6 of 7 photos keep nothing (left out): a.png, b.png, c.png, d.png, e.png, ... "
                                    "(6 in all)"));
  EXPECT_THAT(log_, SizeIs(3)) << "with what the masks keep, and that they look inverted";
}

TEST_F(ViewMasksTest, PhotosThatAreAllTransparentAreRefused) {
  for (const char* name : {"a.png", "b.png"}) {
    AddPhoto(name);
    WriteImage(views_.back().path, Image8(kSide, kSide, 4));
  }
  EXPECT_THAT(ErrorMessageOf([&] { CheckTransparency(views_); }),
              AllOf(HasSubstr("all 2 photos are transparent everywhere"), HasSubstr("show the background alone")));
  const auto set_alpha = [&](AlphaUse alpha) {
    for (View& view : views_) view.alpha = alpha;
  };
  set_alpha(AlphaUse::kIgnore);
  EXPECT_NO_THROW(CheckTransparency(views_));
  set_alpha(AlphaUse::kMask);
  EXPECT_THAT(ErrorMessageOf([&] { CheckTransparency(views_); }), HasSubstr("--alpha mask drops them"));
  Image8 faint(kSide, kSide, 4);
  faint.pixels[3] = 100;
  WriteImage(views_[1].path, faint);
  EXPECT_THAT(ErrorMessageOf([&] { CheckTransparency(views_); }), HasSubstr("--alpha mask drops them"));
  set_alpha(AlphaUse::kBackground);
  EXPECT_NO_THROW(CheckTransparency(views_));
  WriteImage(views_[1].path, Image8(kSide, kSide, 3));
  set_alpha(AlphaUse::kMask);
  EXPECT_NO_THROW(CheckTransparency(views_)) << "opaque";
}

class AttachMasksTest : public ::testing::Test {
 protected:
  AttachMasksTest() {
    for (const char* name : {"images/a.png", "images/b.png", "masks/a.png", "own/b.png"}) {
      fs::create_directories(fs::path(folder_ / name).parent_path());
      WriteImage(folder_ / name, Image8(kSide, kSide, 3));
    }
    for (const char* name : {"a.png", "b.png"}) {
      PosedPhoto photo;
      photo.name = name;
      photo.path = folder_ / (std::string("images/") + name);
      scene_.photos.push_back(photo);
    }
    scene_.source = "transforms.json";
  }
  void Attach(const std::string& masks) {
    options_.masks = masks;
    const PhotoFolder photos = OpenPhotoFolder(folder_ / "images");
    AttachMasks(photos, FindMasks(photos, masks), options_, scene_);
  }
  testing::TempDir folder_;
  SceneDescription scene_;
  DatasetOptions options_;
};

TEST_F(AttachMasksTest, TheMaskThatThePosesNameGoesBeforeTheOneOfTheName) {
  scene_.photos[1].mask.path = folder_ / "own/b.png";
  options_.invert_masks = true;
  Attach("auto");
  EXPECT_EQ(scene_.photos[0].mask.path, folder_ / "masks/a.png");
  EXPECT_EQ(scene_.photos[1].mask.path, folder_ / "own/b.png");
  EXPECT_TRUE(scene_.photos[1].mask.inverted);
  EXPECT_THAT(scene_.warnings, IsEmpty());
}

TEST_F(AttachMasksTest, NamedMasksThatAreNotThereAreAWarning) {
  scene_.photos[0].mask.path = folder_ / "lost/a.png";
  scene_.photos[1].mask.path = folder_ / "own/b.png";
  Attach("auto");
  EXPECT_EQ(scene_.photos[0].mask.path, folder_ / "masks/a.png");
  EXPECT_THAT(scene_.warnings, ElementsAre(HasSubstr("1 of the 2 masks that it names do not exist")));
}

TEST_F(AttachMasksTest, OffAndAFolderLeaveWhatThePosesName) {
  scene_.photos[1].mask.path = folder_ / "own/b.png";
  Attach(folder_ / "masks");
  EXPECT_EQ(scene_.photos[0].mask.path, folder_ / "masks/a.png");
  EXPECT_EQ(scene_.photos[1].mask.path, "");
  Attach("off");
  EXPECT_EQ(scene_.photos[0].mask.path, "");
}

}  // namespace
}  // namespace splat::data
