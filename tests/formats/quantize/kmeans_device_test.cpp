// k-means of parts on the emulated GPU (tests/support/cuda_emulation.h), and on the GPU if there is one: the CPU's
// bits, in any order of threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/random.h"
#include "formats/quantize/kmeans.h"
#include "tests/support/defined_kernels.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/error_message.h"
#include "tests/support/test_device.h"

namespace splat::formats {
namespace {

struct DeviceCase {
  std::string name;
  FitPartsOnGpu fit;
  std::shared_ptr<testing::TestDevice> device;
  uint64_t order_seed;
};

std::vector<DeviceCase> Devices() {
  std::vector<DeviceCase> cases;
  for (const uint64_t seed : {0, 1, 2}) {
    cases.push_back({"EmulatedOrder" + std::to_string(seed), emulated::FitPartsOnDevice, testing::HostDevice(), seed});
  }
  auto gpu = testing::CudaDevice();
  if (gpu && CudaFitParts()) cases.push_back({"Cuda", CudaFitParts(), gpu, 0});
  return cases;
}

class KmeansDevice : public ::testing::TestWithParam<DeviceCase> {
 protected:
  std::vector<FittedPart> OnDevice(const PartsParams& params, int64_t most_points = kMostPointsOnGpu) {
    testing::TestScratch scratch(*GetParam().device);
    KernelContext context;
    context.scratch = &scratch;
    return GetParam().fit(context, params, most_points);
  }

  // Returns what both have found.
  std::vector<FittedPart> ExpectCpuBits(const PartsParams& params, int64_t most_points = kMostPointsOnGpu) {
    SerialExecutor serial;
    std::vector<FittedPart> expected = FitParts(params, serial);
    const std::vector<FittedPart> actual = OnDevice(params, most_points);
    EXPECT_EQ(actual.size(), expected.size());
    for (size_t p = 0; p < std::min(actual.size(), expected.size()); ++p) {
      EXPECT_EQ(actual[p].centers, expected[p].centers) << "part " << p;
      EXPECT_EQ(actual[p].labels, expected[p].labels) << "part " << p;
    }
    return expected;
  }

 private:
  emulation::ScopedOrder order_{{GetParam().order_seed}};
};

std::vector<float> RandomPoints(int64_t count, int dimensions, uint64_t seed) {
  Random random(seed);
  std::vector<float> points(size_t(count) * size_t(dimensions));
  for (float& value : points) value = float(0.2 * random.Normal());
  return points;
}

std::vector<uint32_t> AllOf(int64_t count) {
  std::vector<uint32_t> members(static_cast<size_t>(count));
  std::iota(members.begin(), members.end(), 0u);
  return members;
}

// Point i belongs to part i % parts: no part's members lie side by side.
std::vector<Part> DealtParts(int64_t count, const std::vector<int64_t>& clusters) {
  std::vector<Part> parts(clusters.size());
  for (size_t p = 0; p < parts.size(); ++p) parts[p].clusters = clusters[p];
  for (int64_t i = 0; i < count; ++i) parts[size_t(i) % parts.size()].members.push_back(uint32_t(i));
  return parts;
}

TEST_P(KmeansDevice, GivesTheCpusBits) {
  for (const int dimensions : {9, 24, 45}) {
    SCOPED_TRACE(dimensions);
    const std::vector<float> points = RandomPoints(700, dimensions, uint64_t(dimensions));  // not whole warps
    const std::vector<Part> parts = {{AllOf(700), 37}};
    EXPECT_EQ(ExpectCpuBits({points, dimensions, parts, 5})[0].centers.size(), size_t(37 * dimensions));
  }
}

TEST_P(KmeansDevice, TakesManyPartsOfDifferentSizes) {
  const std::vector<float> points = RandomPoints(1500, 24, 2);
  std::vector<int64_t> clusters;
  for (int64_t p = 0; p < 40; ++p) clusters.push_back(1 + p % 9);
  std::vector<Part> parts = DealtParts(1500, clusters);
  parts[7] = {AllOf(600), 2};
  ExpectCpuBits({points, 24, parts, 0xffff'ffff'ffff'fff0ull});
}

TEST_P(KmeansDevice, TakesAsManyAtOnceAsThereIsRoomFor) {
  const std::vector<float> points = RandomPoints(400, 9, 3);
  std::vector<Part> parts = DealtParts(400, {3, 5, 1, 8, 2, 13, 4});
  parts[4] = {AllOf(300), 6};  // more than may be there at once
  for (const int64_t most_points : {1, 57, 58, 115, 171}) ExpectCpuBits({points, 9, parts, 3}, most_points);
}

TEST_P(KmeansDevice, EndsWhereEveryPointIsACentre) {
  std::vector<float> points = RandomPoints(60, 45, 4);
  points.insert(points.end(), points.begin(), points.begin() + 40 * 45);
  const std::vector<Part> parts = {{AllOf(100), 100}, {AllOf(60), 60}, {{17}, 1}, {{3, 63, 3}, 3}};
  const std::vector<FittedPart> found = ExpectCpuBits({points, 45, parts, 1});
  EXPECT_EQ(found[0].centers.size(), 60u * 45);
  EXPECT_EQ(found[1].centers.size(), 60u * 45);
  EXPECT_EQ(found[3].centers.size(), 1u * 45);
}

// Points of whole numbers: many lie as far from one centre as from another.
TEST_P(KmeansDevice, GivesEqualDistancesToTheFirstCentre) {
  std::vector<float> points = RandomPoints(500, 9, 6);
  for (float& value : points) value = std::round(2 * value);
  const std::vector<Part> parts = {{AllOf(500), 90}, {AllOf(500), 300}};
  ExpectCpuBits({points, 9, parts, 8});
}

// Then the sum of distances is infinite as well.
TEST_P(KmeansDevice, TakesPointsWhoseSquaresAreInfinite) {
  std::vector<float> points = RandomPoints(200, 9, 7);
  for (size_t i = 0; i < 20 * 9; ++i) points[i] *= 1e20f;
  const std::vector<Part> parts = {{AllOf(200), 12}};
  ExpectCpuBits({points, 9, parts, 9});
}

TEST_P(KmeansDevice, TakesNoParts) {
  const std::vector<float> points = RandomPoints(3, 9, 7);
  const std::vector<Part> none;
  EXPECT_TRUE(OnDevice({points, 9, none, 1}).empty());
}

TEST_P(KmeansDevice, RefusesOtherDimensions) {
  const std::vector<float> points = RandomPoints(3, 10, 7);
  const std::vector<Part> parts = {{AllOf(3), 2}};
  EXPECT_THAT(testing::ErrorMessageOf([&] { OnDevice({points, 10, parts, 1}); }), ::testing::HasSubstr("not 10"));
}

TEST_P(KmeansDevice, ServesClusterPoints) {
  const std::vector<float> points = RandomPoints(3000, 9, 8);
  SerialExecutor serial;
  size_t parts = 0;
  const auto fit = [&](const PartsParams& params) {
    parts = params.parts.size();
    return OnDevice(params);
  };
  const Clusters expected = ClusterPoints(points, 9, 400, 1, serial);
  const Clusters actual = ClusterPoints(points, 9, 400, 1, serial, fit);
  EXPECT_GT(parts, 1u);
  EXPECT_EQ(actual.count, expected.count);
  EXPECT_EQ(actual.centers, expected.centers);
  EXPECT_EQ(actual.labels, expected.labels);
}

INSTANTIATE_TEST_SUITE_P(On, KmeansDevice, ::testing::ValuesIn(Devices()),
                         [](const auto& instance) { return instance.param.name; });

// No kernel is only compiled: each has been executed in this very program.
TEST(KmeansKernels, AreAllExecuted) {
  const std::vector<float> points = RandomPoints(10, 9, 1);
  const std::vector<Part> parts = {{AllOf(10), 3}};
  const auto device = testing::HostDevice();
  testing::TestScratch scratch(*device);
  KernelContext context;
  context.scratch = &scratch;
  emulated::FitPartsOnDevice(context, {points, 9, parts, 1}, kMostPointsOnGpu);
  const std::set<std::string> defined = testing::DefinedKernels("formats");
  EXPECT_FALSE(defined.empty());
  EXPECT_EQ(emulation::LaunchedKernels(), defined);
}

}  // namespace
}  // namespace splat::formats
