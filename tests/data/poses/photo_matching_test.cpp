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

}  // namespace
}  // namespace splat::data
