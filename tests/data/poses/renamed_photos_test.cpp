#include "data/poses/renamed_photos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Names = std::vector<std::string>;

// "first1last", ..., each number with at least `digits` digits; in the order of the bytes, as photos are listed.
Names Numbered(const std::string& before, int first, int last, size_t digits, const std::string& behind = ".jpg") {
  Names names;
  for (int i = first; i <= last; ++i) {
    const std::string number = std::to_string(i);
    names.push_back(before + std::string(digits > number.size() ? digits - number.size() : 0, '0') + number + behind);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, std::string> Paired(const Names& names, const Names& photos) {
  std::map<std::string, std::string> pairs;
  const auto renamed = PairRenamedPhotos(names, photos);
  for (size_t i = 0; renamed && i < names.size(); ++i) {
    if (renamed->photo[i]) pairs[names[i]] = photos[*renamed->photo[i]];
  }
  return pairs;
}

TEST(RenamedPhotos, GoByTheNumberOfTheirSeries) {
  for (const Names& photos :
       {Numbered("", 1, 24, 0), Numbered("frame_", 1, 24, 0), Numbered("a2_", 1, 24, 3, "_x.png")}) {
    const auto pairs = Paired(Numbered("", 1, 24, 4), photos);
    ASSERT_EQ(pairs.size(), 24) << photos[0];
    EXPECT_THAT(pairs.at("0002.jpg"), testing::HasSubstr("2")) << photos[0];
    EXPECT_THAT(pairs.at("0010.jpg"), testing::HasSubstr("10")) << photos[0];
  }
  EXPECT_EQ(Paired(Numbered("", 1, 24, 4), Numbered("", 1, 24, 0)).at("0002.jpg"), "2.jpg");
}

TEST(RenamedPhotos, AreLeftOutWhereTheOthersShareTheirNames) {
  Names photos = Numbered("cam1_photo_", 1, 23, 4);
  photos.insert(photos.begin(), "cam1_aaa.jpg");
  auto pairs = Paired(Numbered("photo_", 1, 24, 4), photos);
  EXPECT_EQ(pairs.size(), 23);
  EXPECT_EQ(pairs["photo_0001.jpg"], "cam1_photo_0001.jpg");
  photos = Numbered("photo_", 2, 24, 4, "_edit.jpg");
  photos.insert(photos.begin(), "cover.jpg");
  pairs = Paired(Numbered("photo_", 1, 24, 4), photos);
  EXPECT_EQ(pairs.size(), 23);
  EXPECT_EQ(pairs["photo_0002.jpg"], "photo_0002_edit.jpg");
  EXPECT_THAT(Paired({"bath.jpg", "hall.jpg", "roof.jpg"}, {"aa.jpg", "bath_edit.jpg", "hall_edit.jpg"}),
              ElementsAre(Pair("bath.jpg", "bath_edit.jpg"), Pair("hall.jpg", "hall_edit.jpg")));
  EXPECT_THAT(Paired({"new-bath.jpg", "new-hall.jpg", "new-roof.jpg"}, {"aa.jpg", "bath.png", "hall.png"}),
              ElementsAre(Pair("new-bath.jpg", "bath.png"), Pair("new-hall.jpg", "hall.png")));
}

TEST(RenamedPhotos, OfTwoCamerasKeepTheirCamera) {
  EXPECT_THAT(Paired({"left_1.jpg", "left_2.jpg", "left_3.jpg", "right_1.jpg", "right_2.jpg"},
                     {"aleft_1.jpg", "aleft_2.jpg", "aleft_3.jpg", "aright_1.jpg", "aright_2.jpg"}),
              ElementsAre(Pair("left_1.jpg", "aleft_1.jpg"), Pair("left_2.jpg", "aleft_2.jpg"),
                          Pair("left_3.jpg", "aleft_3.jpg"), Pair("right_1.jpg", "aright_1.jpg"),
                          Pair("right_2.jpg", "aright_2.jpg")));
}

TEST(RenamedPhotos, ThatWereNumberedAnewGoInNaturalOrder) {
  auto pairs = Paired(Numbered("IMG_", 96, 119, 0), Numbered("image", 0, 23, 3));
  EXPECT_EQ(pairs["IMG_96.jpg"], "image000.jpg");
  EXPECT_EQ(pairs["IMG_119.jpg"], "image023.jpg");
  pairs = Paired(Numbered("photo_", 1, 24, 4), Numbered("image", 0, 23, 3));
  EXPECT_EQ(pairs["photo_0001.jpg"], "image000.jpg") << "not image001.jpg";
  pairs = Paired(Numbered("", 1, 24, 0), Numbered("", 0, 23, 3));
  EXPECT_EQ(pairs["10.jpg"], "009.jpg");
  EXPECT_THAT(Paired({"a9b.jpg", "a10.jpg"}, {"x.jpg", "y.jpg"}),
              ElementsAre(Pair("a10.jpg", "y.jpg"), Pair("a9b.jpg", "x.jpg")));
}

TEST(RenamedPhotos, AreOthersWhereTheOrderIsInDoubt) {
  Names with_foreign = Numbered("image", 0, 22, 3);
  with_foreign.insert(with_foreign.begin(), "cover.jpg");
  EXPECT_FALSE(PairRenamedPhotos(Numbered("IMG_", 96, 119, 0), with_foreign));
  EXPECT_FALSE(PairRenamedPhotos(Numbered("IMG_", 1, 24, 0), with_foreign));
  EXPECT_FALSE(PairRenamedPhotos(Numbered("IMG_", 1, 24, 0), Numbered("x", 2, 25, 0))) << "shifted, or one missing";
  EXPECT_FALSE(PairRenamedPhotos({"bath.jpg", "hall.jpg", "roof.jpg", "yard.jpg", "zoo.jpg"},
                                 {"bath_e.jpg", "hall_e.jpg", "k.jpg", "l.jpg", "m.jpg"}));
  EXPECT_FALSE(PairRenamedPhotos({"a.jpg"}, {"x.jpg", "y.jpg"}));
}

}  // namespace
}  // namespace splat::data
