// Our decoder against a table of image files of every format, depth, layout and orientation, which Pillow and plain
// Python write (make_image_corpus.py): it agrees with what was stored or with Pillow, or refuses the file by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

struct Entry {
  std::string name;
  int width = 0, height = 0, channels = 0, orientation = 1, tolerance = 0;
  std::string kind;  // stored, pillow; refused, foreign: a format that is none of photos
};

std::vector<Entry> ReadTable(const std::string& path) {
  std::vector<Entry> entries;
  std::ifstream lines(path);
  Entry entry;
  while (lines >> entry.name >> entry.width >> entry.height >> entry.channels >> entry.orientation >> entry.tolerance >>
         entry.kind) {
    entries.push_back(entry);
  }
  return entries;
}

// The largest difference of a sample. Colours under a small alpha, which cannot be told exactly once they are
// multiplied by it, count as they show.
double WorstDifference(const Image8& image, const std::string& right, bool as_shown) {
  double worst = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    const double weight = as_shown && i % 4 != 3 ? image.pixels[i / 4 * 4 + 3] / 255.0 : 1.0;
    worst = std::max(worst, weight * std::abs(int(image.pixels[i]) - int(uint8_t(right[i]))));
  }
  return worst;
}

class ImageCorpusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string script = std::string(SPLAT_SOURCE_DIR) + "/tests/data/photos/make_image_corpus.py";
    for (const char* python : {"/usr/bin/python3", "python3"}) {
      if (std::system((std::string(python) + " -c 'import PIL, numpy' 2>/dev/null").c_str()) != 0) continue;
      ASSERT_EQ(std::system((std::string(python) + " -W ignore '" + script + "' '" + dir_.path() + "'").c_str()), 0);
      entries_ = ReadTable(dir_ / "corpus.tsv");
      return;
    }
    GTEST_SKIP() << "no Python with Pillow and numpy (scripts/setup.sh --with-python)";
  }

  testing::TempDir dir_;
  std::vector<Entry> entries_;
};

TEST_F(ImageCorpusTest, EveryFileIsReadRightOrRefusedByName) {
  constexpr std::ptrdiff_t kEntries = 316;      // of make_image_corpus.py, but for formats that not each Pillow writes
  constexpr double kMultipliedTolerance = 1.5;  // two roundings to 8 bits
  ASSERT_EQ(std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.kind != "foreign"; }),
            kEntries);
  for (const Entry& entry : entries_) {
    SCOPED_TRACE(entry.name);
    const std::string path = dir_ / entry.name;
    std::string refusal;
    DecodedPhoto photo;
    PhotoInfo info;
    try {
      info = ReadPhotoInfo(path);
      photo = ReadPhoto(path);
    } catch (const Error& error) {
      refusal = error.what();
    }
    if (entry.kind == "refused" || entry.kind == "foreign") {
      EXPECT_EQ(refusal.rfind(path + ": ", 0), 0U) << "not refused, or not by name: " << refusal;
      EXPECT_EQ(refusal.find('\n'), std::string::npos);
      continue;
    }
    EXPECT_EQ(refusal, "");
    if (!refusal.empty()) continue;
    EXPECT_EQ(info.exif_orientation, entry.orientation);
    EXPECT_EQ(info.width, entry.width);
    EXPECT_EQ(info.height, entry.height);
    EXPECT_EQ(photo.image.channels, entry.channels);
    const std::string right = ReadFile(path + ".raw");
    if (photo.image.pixels.size() != right.size()) {
      ADD_FAILURE() << "another size";
      continue;
    }
    const bool as_shown = entry.tolerance < 0;
    EXPECT_LE(WorstDifference(photo.image, right, as_shown), as_shown ? kMultipliedTolerance : entry.tolerance);
  }
}

// So that such photos are left out before a training begins, in one line.
TEST_F(ImageCorpusTest, WhatIsRefusedIsToldFromTheHeader) {
  for (const Entry& entry : entries_) {
    if (entry.kind != "refused" || entry.name == "tiff_ends_early.tif") continue;
    EXPECT_THROW(ReadPhotoInfo(dir_ / entry.name), Error) << entry.name;
  }
  EXPECT_THAT(testing::ErrorMessageOf([&] { ReadPhotoInfo(dir_ / "tiff_32.tif"); }),
              ::testing::HasSubstr("is a TIFF of 32-bit unsigned samples; unsigned 1 to 16 bits can be read"));
}

// The list of what is refused; docs/photos.md has it in words.
TEST_F(ImageCorpusTest, WhatIsRefusedStandsInAList) {
  std::set<std::string> refused;
  for (const Entry& entry : entries_) {
    if (entry.kind == "refused") refused.insert(entry.name);
  }
  const std::set<std::string> expected = {"jpeg_12bit.jpg",        "jpeg_cmyk_without_adobe.jpg",
                                          "tiff_32.tif",           "tiff_bayer.tif",
                                          "tiff_cielab.tif",       "tiff_cielab16.tif",
                                          "tiff_cielab_alpha.tif", "tiff_cielab_lightness.tif",
                                          "tiff_cmyk16.tif",       "tiff_cmyk_alpha.tif",
                                          "tiff_ends_early.tif",   "tiff_float.tif",
                                          "tiff_four_inks.tif",    "tiff_half.tif",
                                          "tiff_icclab.tif",       "tiff_icclab16.tif",
                                          "tiff_itulab.tif",       "tiff_itulab16.tif",
                                          "tiff_linear_raw.tif",   "tiff_logl.tif",
                                          "tiff_logluv.tif",       "tiff_mask.tif",
                                          "tiff_palette16.tif",    "tiff_palette_alpha.tif",
                                          "tiff_rgb2.tif",         "tiff_rgb4.tif",
                                          "tiff_signed.tif",       "tiff_signed16.tif",
                                          "webp_animated.webp"};
  EXPECT_EQ(refused, expected);
}

}  // namespace
}  // namespace splat::data
