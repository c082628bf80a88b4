// The project stage on every backend: agreement with the maths of one splat, and what it writes for splats it hides.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/check.h"
#include "rasterizer/math/project_splat.h"
#include "tests/support/backends.h"

namespace splat::kernels {
namespace {

using testing::ProjectedArrays;
using testing::RandomSplats;
using testing::RenderInput;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::TestCamera;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

class ProjectTest : public testing::BackendTest {};
SPLAT_INSTANTIATE_ON_BACKENDS(ProjectTest);

RenderInput RandomInput(int64_t splats, int sh_degree, uint64_t seed, double sigma_px_min = 1) {
  RenderInput input;
  input.camera = TestCamera(150, 100, seed);
  SceneOptions options;
  options.seed = seed;
  options.splats = splats;
  options.sh_degree = sh_degree;
  options.outside = 0.4;
  options.sigma_px_min = sigma_px_min;
  input.splats = RandomSplats(options, input.camera);
  input.options.sh_degree = sh_degree;
  return input;
}

math::ProjectedSplat<double> ReferenceOf(const RenderInput& input, int64_t i) {
  const SplatArrays& s = input.splats;
  const math::StoredSplat<double> splat{{s.means[3 * i], s.means[3 * i + 1], s.means[3 * i + 2]},
                                        {s.log_scales[3 * i], s.log_scales[3 * i + 1], s.log_scales[3 * i + 2]},
                                        {s.quats[4 * i], s.quats[4 * i + 1], s.quats[4 * i + 2], s.quats[4 * i + 3]},
                                        s.opacity_logits[i],
                                        &s.sh_dc[3 * i],
                                        s.sh_rest.data() + 3 * i * s.sh_rest_count};
  return math::ProjectSplat(
      math::MakePinholeCamera<double>(input.camera),
      {input.options.near, input.options.far, input.options.sh_degree, input.options.antialiasing}, splat);
}

// All entries of a hidden splat are 0; NaN (poison left in place) fails as well.
void ExpectHidden(const ProjectedArrays& p, int64_t i) {
  EXPECT_EQ(p.tile_counts[i], 0) << i;
  for (int k = 0; k < 2; ++k) EXPECT_EQ(p.means_px[2 * i + k], 0) << i;
  for (int k = 0; k < 2; ++k) EXPECT_EQ(p.half_extents_px[2 * i + k], 0) << i;
  for (int k = 0; k < 3; ++k) EXPECT_EQ(p.conics[3 * i + k], 0) << i;
  for (int k = 0; k < 3; ++k) EXPECT_EQ(p.colors[3 * i + k], 0) << i;
  EXPECT_EQ(p.opacities[i], 0) << i;
  EXPECT_EQ(p.depths[i], 0) << i;
}

TEST_P(ProjectTest, AgreesWithTheMathsOfOneSplatInDouble) {
  // Pixels: a few hundred; float carries some 1e-7 of the camera-frame point through z, and a conic some 1e-4.
  const double tolerance = 200 * backend().Epsilon();
  for (int degree = 0; degree <= 3; ++degree) {
    RenderInput input = RandomInput(1500, degree, 10 + degree);
    input.options.antialiasing = CompensatedIf(degree % 2 == 1);
    const ProjectedArrays p = backend().Project(input);
    int visible = 0, hidden = 0;
    for (int64_t i = 0; i < input.splats.count; ++i) {
      const auto r = ReferenceOf(input, i);
      if (p.tile_counts[i] == 0) {
        ExpectHidden(p, i);
        ++hidden;
        continue;
      }
      ++visible;
      ASSERT_TRUE(r.visible);
      EXPECT_NEAR(p.means_px[2 * i], r.mean.x, 200 * tolerance);
      EXPECT_NEAR(p.means_px[2 * i + 1], r.mean.y, 200 * tolerance);
      EXPECT_NEAR(p.depths[i], r.depth, 10 * tolerance);
      EXPECT_NEAR(p.opacities[i], r.opacity, tolerance);
      EXPECT_NEAR(p.half_extents_px[2 * i], r.half.x, 5 * tolerance * r.half.x);
      EXPECT_NEAR(p.half_extents_px[2 * i + 1], r.half.y, 5 * tolerance * r.half.y);
      const double conic = r.conic.xx + r.conic.yy;
      EXPECT_NEAR(p.conics[3 * i], r.conic.xx, 5 * tolerance * conic);
      EXPECT_NEAR(p.conics[3 * i + 1], r.conic.xy, 5 * tolerance * conic);
      EXPECT_NEAR(p.conics[3 * i + 2], r.conic.yy, 5 * tolerance * conic);
      EXPECT_NEAR(p.colors[3 * i], r.color.x, tolerance);
      EXPECT_NEAR(p.colors[3 * i + 1], r.color.y, tolerance);
      EXPECT_NEAR(p.colors[3 * i + 2], r.color.z, tolerance);
    }
    EXPECT_GT(visible, 500);
    EXPECT_GT(hidden, 100) << "the scene reaches beyond the image";
  }
}

TEST_P(ProjectTest, UsesTheActiveDegreeOfAModelThatStoresMore) {
  RenderInput input = RandomInput(200, 3, 3);
  input.options.sh_degree = 1;
  const ProjectedArrays p = backend().Project(input);
  for (int64_t i = 0; i < 200; ++i) {
    if (p.tile_counts[i] == 0) continue;
    EXPECT_NEAR(p.colors[3 * i], ReferenceOf(input, i).color.x, 200 * backend().Epsilon());
  }
}

// At every active degree, for a GPU has a kernel for each.
TEST_P(ProjectTest, CompensatesTheOpacitiesOfAnAntialiasedScene) {
  const double tolerance = 200 * backend().Epsilon();
  for (int degree = 0; degree <= 3; ++degree) {
    RenderInput input = RandomInput(400, 3, 20 + degree, 0.2);
    for (size_t i = 0; i < 50; ++i) input.splats.opacity_logits[i] = math::Logit(0.005);
    input.options.sh_degree = degree;
    const ProjectedArrays plain = backend().Project(input);
    input.options.antialiasing = Antialiasing::kCompensated;
    const ProjectedArrays p = backend().Project(input);
    int weaker = 0, gone = 0;
    for (int64_t i = 0; i < input.splats.count; ++i) {
      if (plain.tile_counts[i] > 0 && p.tile_counts[i] == 0) ++gone;
      if (p.tile_counts[i] == 0) continue;
      const auto r = ReferenceOf(input, i);
      EXPECT_NEAR(p.opacities[i], r.opacity, tolerance);
      EXPECT_NEAR(p.half_extents_px[2 * i], r.half.x, 5 * tolerance * r.half.x);
      EXPECT_LE(p.tile_counts[i], plain.tile_counts[i]);
      EXPECT_LE(p.opacities[i], plain.opacities[i]);
      weaker += p.opacities[i] < 0.9 * plain.opacities[i] ? 1 : 0;
    }
    EXPECT_GT(weaker, 30);
    EXPECT_GT(gone, 0) << "the compensated opacity is below 1/255, or reaches no tile";
  }
}

TEST_P(ProjectTest, RefusesADegreeThatTheModelDoesNotStore) {
  RenderInput input = RandomInput(5, 1, 3);
  input.options.sh_degree = 2;
  EXPECT_THROW(backend().Project(input), Error);
  input.options.sh_degree = -1;
  EXPECT_THROW(backend().Project(input), Error);
}

TEST_P(ProjectTest, HidesTenThousandSplatsBehindTheCamera) {
  RenderInput input = RandomInput(10000, 0, 4);
  auto& pose = input.camera.camera_from_world;  // turned about its vertical axis
  for (int k = 0; k < 3; ++k) {
    pose.rotation.m[0][k] *= -1;
    pose.rotation.m[2][k] *= -1;
  }
  pose.translation.x *= -1;
  pose.translation.z *= -1;
  const ProjectedArrays p = backend().Project(input);
  for (int64_t i = 0; i < input.splats.count; ++i) ExpectHidden(p, i);
}

TEST_P(ProjectTest, HidesSplatsWithEntriesThatAreNotFinite) {
  const RenderInput good = RandomInput(1, 3, 5);
  ASSERT_GT(backend().Project(good).tile_counts[0], 0) << "the test needs a visible splat";
  std::vector<double> flat = good.splats.Flat();
  for (size_t i = 0; i < flat.size(); ++i) {
    for (const double bad : {kNan, kInf, -kInf}) {
      RenderInput input = good;
      const double kept = flat[i];
      flat[i] = bad;
      input.splats.SetFlat(flat);
      flat[i] = kept;
      ExpectHidden(backend().Project(input), 0);
    }
  }
}

TEST_P(ProjectTest, TakesAnEmptyModel) {
  RenderInput input = RandomInput(0, 0, 6);
  EXPECT_TRUE(backend().Project(input).tile_counts.empty());
}

}  // namespace
}  // namespace splat::kernels
