// What the training set of a run has that others do not need.
#include <gtest/gtest.h>

#include "data/poses/colmap_reader.h"
#include "pipeline/stages.h"
#include "tests/support/ball_photos.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::pipeline {
namespace {

class PreparedPhotos : public ::testing::Test {
 protected:
  PreparedPhotos() {
    testing::WriteBallPhotos(folder_ / "balls");
    options_.images = folder_ / "balls";
    scene_ = data::ReadColmapModel(folder_ / "balls/sparse/0", folder_ / "balls/images");
    for (data::PosedPhoto& photo : scene_.photos) photo.observations = {{3, 32, 24}, {5, 30, 20}};
  }
  // How many observations each view keeps.
  std::vector<size_t> Kept() {
    const data::PhotoFolder photos = data::OpenPhotoFolder(options_.images);
    const train::Backend backend = train::CpuBackend();
    OutputFolder output(folder_ / "out", false);
    Reporter reporter(client_);
    RunSummary summary;
    std::vector<size_t> kept;
    for (const data::View& view : PreparePhotos({options_, photos, backend, output, reporter, summary}, scene_).views) {
      kept.push_back(view.observations.size());
    }
    return kept;
  }

  testing::TempDir folder_;
  RunOptions options_;
  Client client_;
  data::SceneDescription scene_;
};

TEST_F(PreparedPhotos, KeepWhereTheySeePointsIfPosesOrLensesAreRefinedByThem) {
  const std::vector<size_t> all(8, 2), none(8, 0);
  options_.config.poses.refine = "off";
  EXPECT_EQ(Kept(), none) << "poses stay as they are";
  for (const char* refine : {"on", "auto"}) {
    options_.config.poses.refine = refine;
    EXPECT_EQ(Kept(), all) << refine;
  }
  options_.config.poses.refine = "off";
  options_.config.poses.focal = "on";
  EXPECT_EQ(Kept(), all) << "the focal length alone";
  options_.config.poses.focal = "off";
  options_.config.poses.distortion = "on";
  EXPECT_EQ(Kept(), all) << "the distortion alone";
  options_.config.poses.track_weight = 0;
  EXPECT_EQ(Kept(), none) << "points have no weight";
}

}  // namespace
}  // namespace splat::pipeline
