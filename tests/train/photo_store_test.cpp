#include "train/photo_store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/image_io.h"
#include "io/read_file.h"
#include "tests/support/synthetic_set.h"

namespace splat::train {
namespace {

using splat::testing::SyntheticSet;

// This backend is a GPU that has its tensors in the process's memory, where copies are done at once
// (tests/gpu/gpu_test.cpp has the real one).
Backend DeviceInMemory() {
  Backend backend = CpuBackend();
  backend.is_device = true;
  return backend;
}

struct Bench {
  SyntheticSet set;
  data::ViewLoader loader{set.dataset, data::ViewLoader::Options{}, nullptr};
  std::vector<int> views = set.dataset.ViewsOf(Split::kTrain);

  int64_t PhotoBytes() const { return 72 * 56 * 3; }
  torch::Tensor Expected(int view, int downscale) {
    PhotoStore plain(set.dataset, loader, CpuBackend(), 0);
    return plain.Get(view, downscale).pixels.clone();
  }
};

TEST(PhotoStore, GivesThePhotoOfTheViewWhateverIsKeptAndFetchedBefore) {
  Bench bench;
  const int64_t budgets[] = {0, 3 * bench.PhotoBytes(), 1000 * bench.PhotoBytes()};
  for (const int64_t budget : budgets) {
    PhotoStore store(bench.set.dataset, bench.loader, DeviceInMemory(), budget);
    Random random(5);
    for (int step = 0; step < 60; ++step) {
      const int view = bench.views[random.Below(bench.views.size())], downscale = step < 30 ? 2 : 1;
      if (random.Below(3) > 0) store.Prefetch(view, downscale);
      // A prefetch that was in vain: another view, or the size of before.
      if (random.Below(4) == 0) store.Prefetch(bench.views[random.Below(bench.views.size())], 2);
      const Target photo = store.Get(view, downscale);
      ASSERT_EQ(photo.camera.width, 72 / downscale);
      ASSERT_TRUE(torch::equal(photo.pixels, bench.Expected(view, downscale))) << budget << ", step " << step;
    }
  }
}

TEST(PhotoStore, ThePhotoInUseIsNotOverwrittenByTheNextOne) {
  Bench bench;
  PhotoStore store(bench.set.dataset, bench.loader, DeviceInMemory(), 0);
  const Target photo = store.Get(bench.views[0], 1);
  store.Prefetch(bench.views[1], 1);
  store.Prefetch(bench.views[2], 1);
  EXPECT_TRUE(torch::equal(photo.pixels, bench.Expected(bench.views[0], 1)));
  EXPECT_TRUE(torch::equal(store.Get(bench.views[2], 1).pixels, bench.Expected(bench.views[2], 1)));
}

// The loader keeps nothing, so what has been fetched ahead is all that is left of a file that is gone.
TEST(PhotoStore, APrefetchedPhotoNeedsNoFileAnyMore) {
  Bench bench;
  const torch::Tensor expected = bench.Expected(bench.views[1], 1);
  data::ViewLoader::Options nothing_kept;
  nothing_kept.cache_bytes = 0;
  nothing_kept.threads = 0;
  data::ViewLoader loader(bench.set.dataset, nothing_kept, nullptr);
  PhotoStore store(bench.set.dataset, loader, DeviceInMemory(), 0);
  store.Get(bench.views[0], 1);
  store.Prefetch(bench.views[1], 1);
  std::ofstream(bench.set.dataset.views[size_t(bench.views[1])].path, std::ios::trunc) << "no photo";
  EXPECT_TRUE(torch::equal(store.Get(bench.views[1], 1).pixels, expected));
  EXPECT_THROW(store.Get(bench.views[1], 1), Error) << "it is given out once";
}

TEST(PhotoStore, GivesTheWeightsOfPixelsWithThePhoto) {
  Bench bench;
  const std::string path = bench.set.dataset.views[size_t(bench.views[1])].path;
  Image8 noise(72, 56, 3);
  Random random(3);
  for (uint8_t& value : noise.pixels) value = uint8_t(random.Below(256));
  try {
    data::WriteImage(path + ".jpg", noise);
  } catch (const Error& error) {
    if (std::string(error.what()).find("writes PNG only") == std::string::npos) throw;
    GTEST_SKIP() << error.what();  // the bundle for a machine without OpenCV
  }
  std::string bytes = ReadFile(path + ".jpg");
  std::ofstream(path, std::ios::trunc | std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  const int good = 56 - data::ReadPhoto(path).missing_rows;
  ASSERT_LT(good, 56);
  for (const Backend& backend : {CpuBackend(), DeviceInMemory()}) {
    for (const int64_t budget : {int64_t(0), 1000 * bench.PhotoBytes()}) {
      PhotoStore store(bench.set.dataset, bench.loader, backend, budget);
      for (int round = 0; round < 2; ++round) {
        EXPECT_FALSE(store.Get(bench.views[0], 1).weights.defined());
        store.Prefetch(bench.views[1], 1);
        const torch::Tensor weights = store.Get(bench.views[1], 1).weights;
        ASSERT_EQ(weights.sizes(), torch::IntArrayRef({56, 72}));
        EXPECT_TRUE((weights.narrow(0, 0, good) == 255).all().item<bool>());
        EXPECT_TRUE((weights.narrow(0, good, 56 - good) == 0).all().item<bool>());
      }
    }
  }
}

TEST(PhotoStore, KeepsWhatFitsTheBudget) {
  Bench bench;
  PhotoStore store(bench.set.dataset, bench.loader, DeviceInMemory(), 2 * bench.PhotoBytes());
  for (const int view : bench.views) store.Get(view, 1);
  EXPECT_TRUE(store.Holds(bench.views[0], 1));
  EXPECT_TRUE(store.Holds(bench.views[1], 1));
  EXPECT_FALSE(store.Holds(bench.views[2], 1));
  EXPECT_FALSE(store.Holds(bench.views[0], 2));
  store.Get(bench.views[0], 2);
  EXPECT_FALSE(store.Holds(bench.views[0], 1)) << "of one size at a time";
}

TEST(PhotoStore, ABrokenPhotoIsAnErrorWhenItIsAskedForOnly) {
  Bench bench;
  std::ofstream(bench.set.dataset.views[size_t(bench.views[1])].path, std::ios::trunc) << "no photo";
  PhotoStore store(bench.set.dataset, bench.loader, DeviceInMemory(), 0);
  store.Get(bench.views[0], 1);
  store.Prefetch(bench.views[1], 1);
  EXPECT_THROW(store.Get(bench.views[1], 1), Error);
  EXPECT_TRUE(torch::equal(store.Get(bench.views[2], 1).pixels, bench.Expected(bench.views[2], 1)));
}

}  // namespace
}  // namespace splat::train
