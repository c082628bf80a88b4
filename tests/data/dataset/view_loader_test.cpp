#include "data/dataset/view_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::PinholeView;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kWidth = 16, kHeight = 12;
constexpr int64_t kImageBytes = kWidth * kHeight * 3;

// An image of which every pixel tells the view.
Image8 Numbered(int view) {
  Image8 image(kWidth, kHeight, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = uint8_t(view * 7 + int(i % 11));
  return image;
}

Dataset NumberedDataset(const testing::TempDir& dir, int count) {
  Dataset dataset;
  for (int i = 0; i < count; ++i) {
    const std::string path = dir / (std::to_string(i) + ".png");
    WriteImage(path, Numbered(i));
    dataset.views.push_back(PinholeView(path, kWidth, kHeight));
  }
  return dataset;
}

ViewLoader::Options Small(int64_t images, int threads, int prefetch) {
  ViewLoader::Options options;
  options.cache_bytes = images * kImageBytes;
  options.threads = threads;
  options.prefetch = prefetch;
  return options;
}

struct Case {
  int64_t images;  // that fit the cache
  int threads, prefetch;
};
class ViewLoaderBudgets : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, ViewLoaderBudgets,
                         ::testing::Values(Case{0, 2, 4}, Case{1, 1, 4}, Case{3, 2, 8}, Case{10, 4, 3},
                                           Case{10, 2, 100}, Case{1000, 2, 4}, Case{5, 0, 4}, Case{5, 2, 0}));

TEST_P(ViewLoaderBudgets, EveryImageIsRightAndTheBudgetHolds) {
  const testing::TempDir dir;
  const int count = 200;
  const Dataset dataset = NumberedDataset(dir, count);
  const ViewLoader::Options options = Small(GetParam().images, GetParam().threads, GetParam().prefetch);
  ViewLoader loader(dataset, options, {});
  Random random(11);
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::vector<int> order;
    for (int i = 0; i < count; ++i) order.push_back(int(random.Below(count)));  // with repeats
    loader.Announce(order);
    for (int view : order) {
      if (view % 10 == 3) continue;                 // announced and never asked for
      const int asked = view % 10 == 5 ? 0 : view;  // or another one is asked for
      ASSERT_EQ(loader.Get(asked)->image.pixels, Numbered(asked).pixels);
      ASSERT_LE(loader.cached_bytes(), options.cache_bytes);
    }
  }
}

TEST(ViewLoaderTest, HeldImagesOutliveTheirPlaceInTheCache) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 20);
  ViewLoader loader(dataset, Small(1, 1, 2), {});
  const auto first = loader.Get(0);
  for (int i = 1; i < 20; ++i) loader.Get(i);
  EXPECT_EQ(first->image.pixels, Numbered(0).pixels);
}

TEST(ViewLoaderTest, ImagesThatFitAreDecodedOnce) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 10);
  ViewLoader loader(dataset, Small(10, 2, 4), {});
  for (int i = 0; i < 10; ++i) loader.Get(i);
  EXPECT_EQ(loader.cached_bytes(), 10 * kImageBytes);
  for (int i = 0; i < 10; ++i) std::filesystem::remove(dataset.views[size_t(i)].path);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(loader.Get(i)->image.pixels, Numbered(i).pixels);
}

TEST(ViewLoaderTest, TheOldestUseIsDroppedFirst) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 4);
  ViewLoader loader(dataset, Small(3, 0, 0), {});
  for (int view : {0, 1, 2, 0, 3}) loader.Get(view);  // 1 is the one that goes
  for (const View& view : dataset.views) std::filesystem::remove(view.path);
  for (int view : {0, 2, 3}) EXPECT_EQ(loader.Get(view)->image.pixels, Numbered(view).pixels);
  EXPECT_THAT(ErrorMessageOf([&] { loader.Get(1); }), HasSubstr("1.png: does not exist"));
}

TEST(ViewLoaderTest, AnnouncedViewsAreDecodedAheadAndNoMore) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 10);
  ViewLoader loader(dataset, Small(10, 1, 3), {});
  loader.Announce({4, 7, 1, 9, 2});
  for (int waits = 0; waits < 5000 && loader.cached_bytes() < 3 * kImageBytes; ++waits) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(loader.cached_bytes(), 3 * kImageBytes);
  for (int view : {4, 7, 1}) std::filesystem::remove(dataset.views[size_t(view)].path);
  for (int view : {4, 7, 1}) EXPECT_EQ(loader.Get(view)->image.pixels, Numbered(view).pixels);
}

TEST(ViewLoaderTest, DecodingErrorsAreRethrownEachTimeAndHarmNothingElse) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 6);
  WriteFileAtomically(dataset.views[2].path, [](std::ostream& out) { out << "not a photo, only named like one"; });
  for (int threads : {0, 2}) {
    ViewLoader loader(dataset, Small(3, threads, 4), {});
    loader.Announce({0, 1, 2, 3, 2, 4, 5});
    for (int view : {0, 1, 2, 3, 2, 4, 5}) {
      if (view == 2) {
        EXPECT_THAT(ErrorMessageOf([&] { loader.Get(2); }), HasSubstr("2.png: is not an image that can be read"));
      } else {
        EXPECT_EQ(loader.Get(view)->image.pixels, Numbered(view).pixels);
      }
    }
    EXPECT_LE(loader.cached_bytes(), 3 * kImageBytes);
  }
}

// Images of what has changed are loaded anew, others stay, and what is being decoded is waited for.
TEST(ViewLoaderTest, LoadsViewsAnewThatHaveChanged) {
  const testing::TempDir dir;
  for (const int threads : {0, 2}) {
    Dataset dataset = NumberedDataset(dir, 8);
    ViewLoader loader(dataset, Small(8, threads, 8), {});
    loader.Announce({0, 1, 2, 3, 4, 5, 6, 7});
    for (const int view : {0, 1, 2}) loader.Get(view);
    loader.Change({1, 2, 5}, [&] {
      for (const int view : {1, 2, 5}) dataset.views[size_t(view)].path = dataset.views[7].path;
    });
    std::filesystem::remove(dataset.views[0].path);  // it is still held
    EXPECT_LE(loader.cached_bytes(), 8 * kImageBytes);
    for (const int view : {0, 3}) EXPECT_EQ(loader.Get(view)->image.pixels, Numbered(view).pixels) << view;
    for (const int view : {1, 2, 5}) EXPECT_EQ(loader.Get(view)->image.pixels, Numbered(7).pixels) << view;
  }
}

TEST(ViewLoaderTest, ViewsOutOfRangeAreRefused) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 2);
  ViewLoader loader(dataset, {}, {});
  EXPECT_THROW(loader.Get(2), Error);
  EXPECT_THROW(loader.Get(-1), Error);
  EXPECT_THROW(loader.Announce({0, 5}), Error);
}

TEST(ViewLoaderTest, MayBeDestroyedWhileItDecodes) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 50);
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) order.push_back(i);
  for (int repeat = 0; repeat < 50; ++repeat) {
    ViewLoader loader(dataset, Small(50, 3, 50), {});
    loader.Announce(order);
    if (repeat % 2 == 0) loader.Get(repeat);
  }
}

TEST(ViewLoaderTest, SeveralCallersGetTheRightImages) {
  const testing::TempDir dir;
  const Dataset dataset = NumberedDataset(dir, 30);
  ViewLoader loader(dataset, Small(4, 2, 3), {});
  std::vector<int> wrong(3, 0);
  std::vector<std::thread> callers;
  for (size_t caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&, caller] {
      Random random(caller);
      for (int i = 0; i < 200; ++i) {
        const int view = int(random.Below(30));
        if (i % 20 == 0) loader.Announce({view, (view + 1) % 30, (view + 2) % 30});
        wrong[caller] += loader.Get(view)->image.pixels != Numbered(view).pixels;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0));
}

TEST(ViewLoaderTest, TruncatedJpegIsUsedAndWarnedOfOnce) {
  const testing::TempDir dir;
  Image8 noise(64, 64, 3);
  Random random(2);
  for (uint8_t& value : noise.pixels) value = uint8_t(random.Below(256));
  const std::string path = dir / "a.jpg";
  WriteImage(path, noise);
  const std::string bytes = ReadFile(path);
  WriteFileAtomically(path, [&](std::ostream& out) { out << bytes.substr(0, bytes.size() / 2); });
  Dataset dataset;
  dataset.views = {PinholeView(path, 64, 64)};
  std::vector<std::string> lines;
  ViewLoader loader(dataset, Small(0, 1, 1), [&](LogLevel, const std::string& line) { lines.push_back(line); });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loader.Get(0)->image.height, 64);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("a.jpg: the file ends early")));
}

}  // namespace
}  // namespace splat::data
