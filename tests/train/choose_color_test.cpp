#include "train/choose_color.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using ::testing::HasSubstr;

data::ColorDifferences Differing(double exposure, double white_balance) {
  data::ColorDifferences differences;
  differences.exposure = exposure;
  differences.white_balance = white_balance;
  return differences;
}

TEST(ModeFor, TakesTheLeastThatExplainsThePhotos) {
  EXPECT_EQ(ModeFor(Differing(0.02, 0.01)), "off");
  EXPECT_EQ(ModeFor(Differing(0.1, 0.01)), "exposure");
  EXPECT_EQ(ModeFor(Differing(0.1, 0.1)), "full");
  EXPECT_EQ(ModeFor(Differing(0.01, 0.1)), "full");
  EXPECT_EQ(ModeFor({}), "off");
}

TEST(ModeByExif, TakesLightWhereMostPhotosHaveIt) {
  EXPECT_EQ(ModeByExif(data::ExposureSpread{10, 10, 0.0}), "off");
  EXPECT_EQ(ModeByExif(data::ExposureSpread{10, 10, 0.1}), "off") << "0.045 stops of the files' values";
  EXPECT_EQ(ModeByExif(data::ExposureSpread{10, 10, 0.12}), "exposure");
  EXPECT_EQ(ModeByExif(data::ExposureSpread{10, 5, 1.0}), "exposure");
  EXPECT_EQ(ModeByExif(data::ExposureSpread{10, 4, 1.0}), "off") << "of most photos nothing is known";
  EXPECT_EQ(ModeByExif(data::ExposureSpread{1, 1, 0.0}), "off");
  EXPECT_EQ(ModeByExif(data::ExposureSpread{}), "off");
}

// What the log says of a choice.
struct Choice {
  std::string mode;
  std::vector<std::string> lines;
};
Choice Choose(const data::Dataset& dataset, const std::string& mode) {
  Choice choice;
  choice.mode =
      ChosenColorMode(dataset, {mode}, [&](LogLevel, const std::string& line) { choice.lines.push_back(line); });
  return choice;
}

// Writes each photo again, channel c of photo i brighter by stops(i, c).
template <typename Stops>
void TakeAgain(const data::Dataset& dataset, const Stops& stops) {
  for (size_t i = 0; i < dataset.views.size(); ++i) {
    Image8 photo = data::ReadPhoto(dataset.views[i].path).image;
    for (size_t value = 0; value < photo.pixels.size(); ++value) {
      const double factor = std::exp2(stops(int(i), int(value % 3)));
      photo.pixels[value] = uint8_t(std::lround(std::min(255.0, 0.6 * factor * photo.pixels[value])));
    }
    data::WriteImage(dataset.views[i].path, photo);
  }
}

double Alternating(int i) {
  return i % 2 == 0 ? 0.25 : -0.25;
}

TEST(ChosenColorMode, AModeThatIsNotAutoStaysAndNothingIsMeasured) {
  const splat::testing::SyntheticSet set;
  for (const char* mode : {"off", "exposure", "full"}) {
    const Choice choice = Choose(set.dataset, mode);
    EXPECT_EQ(choice.mode, mode);
    EXPECT_TRUE(choice.lines.empty());
  }
}

TEST(ChosenColorMode, TellsPhotosOfOneExposureFromOthersAndSaysSoInOneLine) {
  splat::testing::SyntheticSet set;
  const float* means = set.truth.means.data_ptr<float>();
  for (size_t i = 0; i < set.dataset.points.positions.size(); ++i) {
    set.dataset.points.positions[i] = {means[3 * i], means[3 * i + 1], means[3 * i + 2]};
  }
  const Choice equal = Choose(set.dataset, "auto");
  TakeAgain(set.dataset, [](int i, int) { return Alternating(i); });
  const Choice exposed = Choose(set.dataset, "auto");
  TakeAgain(set.dataset, [](int i, int channel) { return Alternating(i) * (1 - channel); });
  const Choice full = Choose(set.dataset, "auto");
  EXPECT_EQ(equal.mode, "off");
  EXPECT_EQ(exposed.mode, "exposure");
  EXPECT_EQ(full.mode, "full");
  for (const Choice* choice : {&equal, &exposed, &full}) {
    ASSERT_EQ(choice->lines.size(), 1u);
    EXPECT_THAT(choice->lines[0], HasSubstr("photos differ by"));
    EXPECT_THAT(choice->lines[0], ::testing::EndsWith(choice->mode));
  }
}

TEST(ChosenColorMode, OfPhotosThatCannotBeComparedIsOff) {
  splat::testing::SyntheticSet set;
  set.dataset.points = {};
  const Choice choice = Choose(set.dataset, "auto");
  EXPECT_EQ(choice.mode, "off");
  ASSERT_EQ(choice.lines.size(), 1u);
  EXPECT_THAT(choice.lines[0], HasSubstr("too few points"));
  EXPECT_THAT(choice.lines[0], HasSubstr("EXIF has no exposures; off"));
}

// The dataset with the exposures that `stops(i)` says of photo i, as EXIF has them.
template <typename Stops>
data::Dataset WithExif(data::Dataset dataset, const Stops& stops) {
  for (size_t i = 0; i < dataset.views.size(); ++i) dataset.views[i].exposure_stops = stops(int(i));
  return dataset;
}

TEST(ChosenColorMode, OfPhotosThatCannotBeComparedIsByExif) {
  splat::testing::SyntheticSet set;
  set.dataset.points = {};
  const Choice differing = Choose(WithExif(set.dataset, Alternating), "auto");
  EXPECT_EQ(differing.mode, "exposure");
  ASSERT_EQ(differing.lines.size(), 1u);
  EXPECT_THAT(differing.lines[0], HasSubstr("too few points"));
  EXPECT_THAT(differing.lines[0], HasSubstr("exposures of 12 photos differ by 0.24 stops of light; exposure"));
  const Choice equal = Choose(WithExif(set.dataset, [](int) { return -7.0; }), "auto");
  EXPECT_EQ(equal.mode, "off");
  ASSERT_EQ(equal.lines.size(), 1u);
  EXPECT_THAT(equal.lines[0], HasSubstr("differ by 0.00 stops of light; off"));
  data::Dataset few = WithExif(set.dataset, Alternating);
  for (size_t i = 5; i < few.views.size(); ++i) few.views[i].exposure_stops.reset();
  const Choice unknown = Choose(few, "auto");
  EXPECT_EQ(unknown.mode, "off");
  EXPECT_THAT(unknown.lines.at(0), HasSubstr("exposures of 4 of 12 photos only; off"));
}

// The light may have changed as the exposure did, or the file's values for another reason.
TEST(ChosenColorMode, MeasuredBrightnessGoesBeforeExifWhichIsSaidBesideIt) {
  splat::testing::SyntheticSet set;
  const float* means = set.truth.means.data_ptr<float>();
  for (size_t i = 0; i < set.dataset.points.positions.size(); ++i) {
    set.dataset.points.positions[i] = {means[3 * i], means[3 * i + 1], means[3 * i + 2]};
  }
  const Choice equal = Choose(WithExif(set.dataset, [](int i) { return i % 2 == 0 ? -7.0 : -5.0; }), "auto");
  EXPECT_EQ(equal.mode, "off");
  EXPECT_THAT(equal.lines.at(0), HasSubstr("(by EXIF the exposures of 12 photos differ by 0.94 stops of light); off"));
  TakeAgain(set.dataset, [](int i, int) { return Alternating(i); });
  EXPECT_EQ(Choose(WithExif(set.dataset, [](int) { return -7.0; }), "auto").mode, "exposure");
}

TEST(ChosenColorMode, IsWhatATrainingTakes) {
  splat::testing::SyntheticSet set;
  TrainConfig config;
  config.iterations = 2;
  config.color.mode = "auto";
  int lines = 0;
  TrainCallbacks callbacks;
  callbacks.log = [&](LogLevel, const std::string& line) { lines += line.find("--color auto") == 0 ? 1 : 0; };
  TakeAgain(set.dataset, [](int i, int) { return Alternating(i); });
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, config, callbacks);
  EXPECT_EQ(result.color_mode, Choose(set.dataset, "auto").mode);
  EXPECT_NE(result.color_mode, "off");
  EXPECT_TRUE(result.photo_colors.has_value());
  EXPECT_EQ(lines, 1);
  set.dataset.points = {};
  const TrainResult off = TrainOn(CpuBackend(), set.dataset, config, {});
  EXPECT_EQ(off.color_mode, "off");
  EXPECT_FALSE(off.photo_colors.has_value());
}

}  // namespace
}  // namespace splat::train
