#include "data/poses/photo_matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splat::data {
namespace {

using ::testing::ElementsAre;

// The photo of each name; "-" for none, "?" for one that several photos could be.
std::vector<std::string> Matched(const std::vector<std::string>& names, const std::string& folder,
                                 const std::vector<std::string>& photos) {
  const PhotoMatches matches = MatchPhotos(names, folder, photos);
  std::vector<std::string> found;
  for (const auto& photo : matches.photo) found.push_back(photo ? photos[*photo] : "-");
  for (const size_t i : matches.ambiguous) found[i] = "?";
  return found;
}

TEST(PhotoMatching, PlainNamesHaveForwardSlashesAndNoDrive) {
  EXPECT_EQ(PlainName("images\\a b.png"), "images/a b.png");
  EXPECT_EQ(PlainName("C:\\x\\a.png"), "/x/a.png");
  EXPECT_EQ(PlainName("./images//a.png"), "images/a.png");
}

TEST(PhotoMatching, ExactNamesGoBeforeOtherCaseAndOtherExtensions) {
  EXPECT_THAT(Matched({"a.JPG", "A.jpg", "a.jpg"}, "/p", {"A.jpg", "a.jpg", "a.JPG"}),
              ElementsAre("a.JPG", "A.jpg", "a.jpg"));
  EXPECT_THAT(Matched({"a.jpg", "b.JPG"}, "/p", {"a.png", "b.jpg"}), ElementsAre("a.png", "b.jpg"));
  EXPECT_THAT(Matched({"a.jpg", "b.jpg"}, "/p", {"a.jpg", "a.png"}), ElementsAre("a.jpg", "-"));
}

TEST(PhotoMatching, AStemThatSeveralPhotosHaveIsTakenForNone) {
  EXPECT_THAT(Matched({"a.tif", "b.tif"}, "/p", {"a.jpg", "a.png", "b.png"}), ElementsAre("?", "b.png"));
}

TEST(PhotoMatching, ANameWithoutExtensionMeansTheKindThatMostPhotosHave) {
  EXPECT_THAT(Matched({"a", "b"}, "/p", {"a.jpg", "a.png", "b.png"}), ElementsAre("a.png", "b.png"));
  EXPECT_THAT(Matched({"a", "b"}, "/p", {"a.jpg", "a.png", "b.JPG"}), ElementsAre("a.jpg", "b.JPG"));
  EXPECT_THAT(Matched({"a"}, "/p", {"a.png", "a.jpg"}), ElementsAre("a.jpg")) << "JPEG before PNG";
  EXPECT_THAT(Matched({"a"}, "/p", {"x/a.png", "y/a.png"}), ElementsAre("?")) << "folders are no kinds";
  EXPECT_THAT(Matched({"x/a"}, "/p", {"x/a.png", "x/a.jpg", "y/a.jpg"}), ElementsAre("x/a.jpg"));
  EXPECT_THAT(MatchPhotos({"a", "b"}, "/p", {"a.jpg", "a.png", "b.jpg"}).one_kind, ElementsAre(0u));
}

TEST(PhotoMatching, NumbersBehindADotAreNoExtension) {
  EXPECT_THAT(Matched({"frame.0001", "frame.0002"}, "/p", {"frame.0001.png", "frame.0002.png"}),
              ElementsAre("frame.0001.png", "frame.0002.png"));
  EXPECT_THAT(Matched({"train/r_0"}, "/p", {"r_0.png"}), ElementsAre("r_0.png"));
}

TEST(PhotoMatching, ComposedAndDecomposedUnicodeAreOneText) {
  const std::string composed = "f\xc3\xbcr \xc3\xa9t\xc3\xa9.jpg", decomposed = "fu\xcc\x88r e\xcc\x81te\xcc\x81.jpg";
  EXPECT_THAT(Matched({composed}, "/p", {decomposed}), ElementsAre(decomposed));
  EXPECT_THAT(Matched({decomposed}, "/p", {composed}), ElementsAre(composed));
  EXPECT_THAT(Matched({"\xff.JPG"}, "/p", {"\xff.jpg"}), ElementsAre("\xff.jpg")) << "no UTF-8";
}

TEST(PhotoMatching, FoldersDecideBetweenPhotosOfOneName) {
  const std::vector<std::string> names = {"cam1/a.jpg", "cam2/a.jpg"};
  EXPECT_THAT(Matched(names, "/p", {"cam1/a.jpg", "cam2/a.jpg"}), ElementsAre("cam1/a.jpg", "cam2/a.jpg"));
  EXPECT_THAT(Matched(names, "/p/cam2", {"a.jpg"}), ElementsAre("-", "a.jpg")) << "the folder's own name counts";
  EXPECT_THAT(Matched(names, "/p/new", {"a.jpg"}), ElementsAre("?", "?"));
  EXPECT_THAT(Matched({"a.jpg"}, "/p", {"cam1/a.jpg", "cam2/a.jpg"}), ElementsAre("?"));
  EXPECT_THAT(Matched({"C:\\x\\cam1\\a.jpg", "C:\\x\\cam2\\a.jpg"}, "/p", {"cam2/a.png", "cam1/a.png"}),
              ElementsAre("cam1/a.png", "cam2/a.png"));
}

TEST(PhotoMatching, FoldersAgreeFromTheInnermostOutwards) {
  EXPECT_THAT(Matched({"x/left/a.jpg", "y/left/a.jpg"}, "/p", {"y/left/a.jpg", "x/left/a.jpg"}),
              ElementsAre("x/left/a.jpg", "y/left/a.jpg"));
  EXPECT_THAT(Matched({"x/left/a.jpg", "x/right/a.jpg"}, "/p", {"z/right/a.jpg", "left/a.jpg"}),
              ElementsAre("left/a.jpg", "z/right/a.jpg"));
  EXPECT_THAT(Matched({"left/a.jpg", "a.jpg"}, "/p", {"left/a.jpg", "other/a.jpg"}),
              ElementsAre("left/a.jpg", "other/a.jpg"))
      << "what is left for one another";
}

// Compared in pairs, these names would take ten thousand times as many steps.
TEST(PhotoMatching, TheWorkGrowsWithTheNumberOfNames) {
  constexpr size_t kPhotos = 10000;
  constexpr size_t kFoldersOfAName = 4;  // "p", "a", the number and the end
  std::vector<std::string> names, photos;
  for (size_t i = 0; i < kPhotos; ++i) {
    names.push_back("a/" + std::to_string(i) + "/image.jpg");
    photos.push_back("a/" + std::to_string(kPhotos - 1 - i) + "/image.jpg");
  }
  PhotoMatches matches = MatchPhotos(names, "/p", photos);
  EXPECT_EQ(matches.count, kPhotos);
  for (size_t i = 0; i < kPhotos; ++i) ASSERT_EQ(matches.photo[i], kPhotos - 1 - i);
  EXPECT_LE(matches.steps, 2 * kPhotos * kFoldersOfAName);
  const std::vector<std::string> same(kPhotos, "image.jpg");
  matches = MatchPhotos(same, "/p", photos);
  EXPECT_EQ(matches.ambiguous.size(), kPhotos);
  EXPECT_LE(matches.steps, 3 * 2 * kPhotos * kFoldersOfAName) << "of three kinds of matches";
}

TEST(PhotoMatching, PercentEncodedNamesAreDecodedLast) {
  EXPECT_THAT(Matched({"my%20photo%201.jpg", "b%C3%84.jpg"}, "/p", {"B\xC3\xA4.png", "my photo 1.jpg", "x.jpg"}),
              ElementsAre("my photo 1.jpg", "B\xC3\xA4.png"));
  EXPECT_THAT(Matched({"a b.jpg"}, "/p", {"a%20b.jpg"}), ElementsAre("a%20b.jpg")) << "the files may be so named";
  EXPECT_THAT(Matched({"a%20b.jpg"}, "/p", {"a b.jpg", "a%20b.jpg"}), ElementsAre("a%20b.jpg"));
  EXPECT_THAT(Matched({"100%.jpg"}, "/p", {"100.jpg", "100%.png"}), ElementsAre("100%.png"));
  EXPECT_THAT(Matched({"cam%201/1.jpg", "cam%202/1.jpg"}, "/p", {"cam 1/1.jpg", "cam 2/1.jpg"}),
              ElementsAre("cam 1/1.jpg", "cam 2/1.jpg"))
      << "folders, too";
  EXPECT_THAT(Matched({"a%20b.jpg"}, "/p", {"a b.png", "a b.tif"}), ElementsAre("?"));
  EXPECT_EQ(MatchPhotos({"a%20b.jpg"}, "/p", {"a b.jpg"}).how[0], NameMatch::kDecoded);
}

}  // namespace
}  // namespace splat::data
