// The CPU's stages around the blending on every instruction set of this machine: the same bits for any number of
// threads, binning as the maths of one splat says, gradients as near to those in double as the scalar set's, and splats
// that leave their neighbours in a vector alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "core/instruction_set.h"
#include "core/random.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/pipeline.h"
#include "tests/support/device_arena.h"
#include "tests/support/scenes.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::RandomSplats;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::TestCamera;

constexpr int kWidth = 331, kHeight = 290;  // more rows of tiles than are listed at once

std::vector<float> Floats(const std::vector<double>& values) {
  return std::vector<float>(values.begin(), values.end());
}

// Enough splats for many chunks of every stage, some hidden, some at the same depth, one over the image.
struct Scene {
  Camera camera = TestCamera(kWidth, kHeight, 2);
  int64_t count;
  int rest;
  std::vector<float> means, log_scales, quats, opacity_logits, sh_dc, sh_rest;

  ProjectOptions options;

  Scene(int64_t random_splats, int sh_degree, bool antialiased) {
    options.sh_degree = sh_degree;
    options.antialiasing = CompensatedIf(antialiased);
    SceneOptions random;
    random.splats = random_splats;
    if (antialiased) random.sigma_px_min = 0.3;
    random.sh_degree = sh_degree;
    random.sigma_px_max = 12;
    random.outside = 0.5;
    SplatArrays s = RandomSplats(random, camera);
    for (int i = 0; i < 20; ++i) AppendPlainSplat(s, camera, {10.0 * i, 140, 3});
    AppendPlainSplat(s, camera, {160, 150, 3.5, 900, 0.7});
    count = s.count;
    rest = s.sh_rest_count;
    means = Floats(s.means);
    log_scales = Floats(s.log_scales);
    quats = Floats(s.quats);
    opacity_logits = Floats(s.opacity_logits);
    sh_dc = Floats(s.sh_dc);
    sh_rest = Floats(s.sh_rest);
  }

  SplatsView<float> View() const {
    return {{means.data(), log_scales.data(), quats.data(), opacity_logits.data(), sh_dc.data(), sh_rest.data()},
            count,
            rest};
  }
};

// All results of Project and binning.
struct Binned {
  std::vector<float> records;
  std::vector<int32_t> tile_counts, slot_begin, tile_begin;
  std::vector<TileInstance> entries;
};

Binned RunForward(const Scene& scene, InstructionSet set, int threads) {
  ThreadPool pool(threads);
  KernelContext context;
  context.executor = &pool;
  context.instruction_set = set;
  const std::shared_ptr<testing::TestDevice> device = testing::HostDevice();
  testing::DeviceArena arena(*device);
  const Pipeline<float> pipeline = {CpuBackend().render, context, arena};
  PassResult<float> result = pipeline.Begin({scene.View(), scene.camera, scene.options});
  Project(context, result.project);
  pipeline.MakeLists(result);
  return {arena.Get<float>(kRecords), arena.Get<int32_t>(kTileCounts), arena.Get<int32_t>(kSlotBegin),
          arena.Get<int32_t>(kTileBegin), arena.Get<TileInstance>(kEntries)};
}

// The gradients by ProjectBackward of `slots`, and the statistics, one array after the other.
template <typename T>
std::vector<T> RunBackward(const SplatsView<T>& splats, const Scene& scene, const KernelContext& context,
                           const Binned& forward, const std::vector<float>& float_slots) {
  std::vector<T> records(forward.records.begin(), forward.records.end()), slots(float_slots.begin(), float_slots.end());
  std::vector<int32_t> tile_counts = forward.tile_counts;
  const int64_t n = scene.count, width = 14 + 3 * scene.rest;
  std::vector<T> grad(size_t((width + 4) * n), T(-7));
  T* g = grad.data();
  ProjectBackwardParams<T> params;
  params.forward = {splats, scene.camera, scene.options, {records.data(), tile_counts.data()}};
  params.slot_begin = forward.slot_begin.data();
  params.slots = slots.data();
  params.grad = {g, g + 3 * n, g + 6 * n, g + 10 * n, g + 11 * n, scene.rest > 0 ? g + 14 * n : nullptr};
  params.stats = {g + width * n, g + (width + 2) * n};
  ProjectBackward<T>(context, params);
  return grad;
}

std::vector<float> RandomSlots(const Binned& forward) {
  Random random(5);
  std::vector<float> slots(forward.entries.size() * kSlotSize);
  for (float& number : slots) number = float(random.Normal());
  return slots;
}

template <typename T>
bool SameBits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// The parameters are an instruction set, and whether the compensation of antialiased scenes is on.
class InstructionSetsTest : public ::testing::TestWithParam<std::tuple<InstructionSet, bool>> {
 protected:
  InstructionSet set() const { return std::get<0>(GetParam()); }
  bool antialiased() const { return std::get<1>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(On, InstructionSetsTest,
                         ::testing::Combine(::testing::ValuesIn(UsableInstructionSets()), ::testing::Bool()),
                         [](const auto& instance) {
                           return std::string(NameOf(std::get<0>(instance.param))) +
                                  (std::get<1>(instance.param) ? "Antialiased" : "");
                         });

TEST_P(InstructionSetsTest, ForwardStagesGiveTheSameBitsOnAnyNumberOfThreads) {
  const Scene scene(9001, 3, antialiased());
  const Binned one = RunForward(scene, set(), 1);
  for (const int threads : {2, 3, 8}) {
    const Binned more = RunForward(scene, set(), threads);
    EXPECT_TRUE(SameBits(more.records, one.records)) << threads;
    EXPECT_EQ(more.tile_counts, one.tile_counts) << threads;
    EXPECT_EQ(more.slot_begin, one.slot_begin) << threads;
    EXPECT_EQ(more.tile_begin, one.tile_begin) << threads;
    EXPECT_TRUE(SameBits(more.entries, one.entries)) << threads;
  }
}

// What the lists must be, by a stable sort of all instances.
TEST_P(InstructionSetsTest, BinsAsTheMathsOfOneSplatSays) {
  const Scene scene(9001, 0, antialiased());
  const Binned b = RunForward(scene, set(), 2);
  const math::TileGrid grid = math::TileGridOf(kWidth, kHeight);
  std::vector<std::tuple<int, float, int32_t, int32_t>> expected;  // tile, depth, splat, slot
  for (int64_t i = 0; i < scene.count; ++i) {
    const float* record = b.records.data() + kRecordSize * i;
    const math::TileEllipse<float> ellipse = EllipseOf(record);
    int32_t slot = b.slot_begin[size_t(i)];
    const math::TileSpan rows = math::TileRowsOf(ellipse, grid);
    for (int row = rows.begin; row < rows.end && b.tile_counts[size_t(i)] > 0; ++row) {
      const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
      for (int column = span.begin; column < span.end; ++column) {
        expected.emplace_back(row * grid.columns + column, record[kRecordDepth], int32_t(i), slot++);
      }
    }
    ASSERT_EQ(slot, b.slot_begin[size_t(i) + 1]) << "counted " << i;
  }
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(b.entries.size(), expected.size());
  EXPECT_GT(expected.size(), 10000u);
  for (size_t k = 0; k < expected.size(); ++k) {
    const auto& [tile, depth, splat, slot] = expected[k];
    ASSERT_GE(int64_t(k), b.tile_begin[size_t(tile)]);
    ASSERT_LT(int64_t(k), b.tile_begin[size_t(tile) + 1]);
    ASSERT_EQ(b.entries[k].splat, splat) << k;
    ASSERT_EQ(b.entries[k].slot, slot) << k;
  }
}

TEST_P(InstructionSetsTest, BackwardStageGivesTheSameBitsOnAnyNumberOfThreads) {
  for (const int degree : {0, 2, 3}) {
    Scene scene(9001, 3, antialiased());
    scene.options.sh_degree = degree;
    const Binned forward = RunForward(scene, set(), 2);
    const std::vector<float> slots = RandomSlots(forward);
    const auto on_threads = [&](int threads) {
      ThreadPool pool(threads);
      KernelContext context;
      context.executor = &pool;
      context.instruction_set = set();
      return RunBackward<float>(scene.View(), scene, context, forward, slots);
    };
    const std::vector<float> one = on_threads(1);
    EXPECT_EQ(std::count(one.begin(), one.end(), -7.0f), 0) << "all is written";
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(SameBits(on_threads(threads), one)) << threads;
  }
}

// Root of the mean square of the error, each number relative to its array's largest: exp and log differ by a bit or
// two, which a few splats magnify.
TEST_P(InstructionSetsTest, BackwardStageIsAsNearToDoubleAsTheScalarSet) {
  const Scene scene(3000, 3, antialiased());
  const Binned forward = RunForward(scene, InstructionSet::kScalar, 2);
  const std::vector<float> slots = RandomSlots(forward);
  const auto doubles = [](const std::vector<float>& v) { return std::vector<double>(v.begin(), v.end()); };
  const std::vector<double> means = doubles(scene.means), log_scales = doubles(scene.log_scales),
                            quats = doubles(scene.quats), logits = doubles(scene.opacity_logits),
                            dc = doubles(scene.sh_dc), rest = doubles(scene.sh_rest);
  SerialExecutor serial;
  KernelContext context;
  context.executor = &serial;
  const std::vector<double> exact = RunBackward<double>(
      {{means.data(), log_scales.data(), quats.data(), logits.data(), dc.data(), rest.data()}, scene.count, scene.rest},
      scene, context, forward, slots);
  const auto errors_of = [&](InstructionSet set) {
    context.instruction_set = set;
    const std::vector<float> grad = RunBackward<float>(scene.View(), scene, context, forward, slots);
    std::vector<double> errors;
    size_t begin = 0;
    for (const int width : {3, 3, 4, 1, 3, 3 * scene.rest, 2, 2}) {
      const size_t end = begin + size_t(width) * size_t(scene.count);
      double sum = 0, norm = 0;
      for (size_t k = begin; k < end; ++k) {
        sum += (grad[k] - exact[k]) * (grad[k] - exact[k]);
        norm += exact[k] * exact[k];
      }
      errors.push_back(std::sqrt(sum / norm));
      begin = end;
    }
    return errors;
  };
  const std::vector<double> scalar = errors_of(InstructionSet::kScalar), mine = errors_of(set());
  for (size_t group = 0; group < scalar.size(); ++group) {
    EXPECT_LT(scalar[group], 1e-4) << group;
    EXPECT_LE(mine[group], 2 * scalar[group] + 1e-7) << group;
  }
}

TEST_P(InstructionSetsTest, ProjectsAsTheScalarSetButForRounding) {
  const Scene scene(9001, 3, antialiased());
  const Binned mine = RunForward(scene, set(), 2), scalar = RunForward(scene, InstructionSet::kScalar, 2);
  int64_t differ = 0, visible = 0;
  for (size_t i = 0; i < size_t(scene.count); ++i) {
    differ += mine.tile_counts[i] != scalar.tile_counts[i] ? 1 : 0;
    if (mine.tile_counts[i] == 0 || scalar.tile_counts[i] == 0) continue;
    ++visible;
    const math::ProjectedSplat<float> a = ProjectedSplatOf(&mine.records[kRecordSize * i]),
                                      b = ProjectedSplatOf(&scalar.records[kRecordSize * i]);
    // exp and log, of which all but the mean, the colour and the depth are made, may differ by a few units.
    const float share = 4e-6f, conic = share * (b.conic.xx + b.conic.yy);
    EXPECT_EQ(a.mean.x, b.mean.x);
    EXPECT_EQ(a.mean.y, b.mean.y);
    EXPECT_EQ(a.depth, b.depth);
    EXPECT_EQ(a.color.x, b.color.x);
    EXPECT_EQ(a.color.z, b.color.z);
    EXPECT_NEAR(a.conic.xx, b.conic.xx, conic);
    EXPECT_NEAR(a.conic.xy, b.conic.xy, conic);
    EXPECT_NEAR(a.conic.yy, b.conic.yy, conic);
    EXPECT_NEAR(a.half.x, b.half.x, share * b.half.x);
    EXPECT_NEAR(a.half.y, b.half.y, share * b.half.y);
    EXPECT_NEAR(a.opacity, b.opacity, share);
  }
  EXPECT_GT(visible, 2000);
  EXPECT_LE(differ, 5) << "a tile more or less for an ellipse that touches its edge";
}

// Each kind of number in turn takes values that no training should give.
TEST_P(InstructionSetsTest, HostileNumbersHideTheirSplatAndLeaveItsNeighboursAlone) {
  const Scene good(41, 1, antialiased());
  const Binned expected = RunForward(good, set(), 1);
  size_t victim = 0;
  while (expected.tile_counts[victim] == 0) ++victim;
  std::vector<float> Scene::*const arrays[] = {&Scene::means,          &Scene::log_scales, &Scene::quats,
                                               &Scene::opacity_logits, &Scene::sh_dc,      &Scene::sh_rest};
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto array : arrays) {
    const size_t width = (good.*array).size() / size_t(good.count);
    for (size_t k = 0; k < width; ++k) {
      for (const float bad : {nan, inf, -inf, 1e38f, -1e38f, 3e9f, 200.0f, 60.0f, -200.0f, 1e-42f}) {
        Scene scene = good;
        (scene.*array)[victim * width + k] = bad;
        const Binned b = RunForward(scene, set(), 1), scalar = RunForward(scene, InstructionSet::kScalar, 1);
        for (size_t i = 0; i < size_t(scene.count); ++i) {
          if (i == victim) continue;
          ASSERT_EQ(b.tile_counts[i], expected.tile_counts[i]);
          ASSERT_EQ(
              std::memcmp(&b.records[kRecordSize * i], &expected.records[kRecordSize * i], kRecordSize * sizeof(float)),
              0);
        }
        ASSERT_EQ(b.tile_counts[victim] > 0, scalar.tile_counts[victim] > 0) << bad << " at " << k;
        ASSERT_TRUE(std::isfinite(bad) || b.tile_counts[victim] == 0) << bad << " at " << k;
        for (size_t j = 0; j < kRecordSize; ++j) {
          const float number = b.records[kRecordSize * victim + j];
          ASSERT_TRUE(std::isfinite(number)) << bad << " at " << k;
          ASSERT_TRUE(b.tile_counts[victim] > 0 || number == 0) << bad << " at " << k;
        }
      }
    }
  }
}

}  // namespace
}  // namespace splat::kernels
