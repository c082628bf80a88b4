#include "data/poses/llff_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "data/poses/colmap_reader.h"
#include "io/npy.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using splat::testing::Bytes;
using splat::testing::ErrorMessageOf;
using splat::testing::NpyBytes;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class LlffReader : public ::testing::Test {
 protected:
  SceneDescription Read(const std::string& shape) const {
    std::string bytes;
    for (const double value : row_) bytes += Bytes(value);
    WriteBytes(path_, NpyBytes("<f8", false, shape, bytes));
    return ReadLlff(path_);
  }
  std::string ErrorOf(const std::string& shape = "(1, 17)") const {
    std::string message = ErrorMessageOf([&] { Read(shape); });
    EXPECT_THAT(message, AllOf(HasSubstr(path_), Not(HasSubstr("\n"))));
    return message;
  }
  TempDir folder_;
  std::string path_ = folder_ / "poses_bounds.npy";
  // A camera at (1, 2, 3) that looks along +x with the world's +z above: down is -z, right is -y, back is -x.
  std::vector<double> row_ = {0, 0, -1, 1, 30, 0, -1, 0, 2, 40, -1, 0, 0, 3, 50, 0.5, 9};
};

TEST_F(LlffReader, TheAxesAreDownRightAndBackwards) {
  const SceneDescription scene = Read("(1, 17)");
  ASSERT_THAT(scene.photos, SizeIs(1));
  EXPECT_TRUE(scene.in_order);
  const PosedPhoto& photo = scene.photos[0];
  EXPECT_EQ(photo.name, "pose_000");
  EXPECT_EQ(photo.intrinsics.width, 40);
  EXPECT_EQ(photo.intrinsics.height, 30);
  EXPECT_THAT(photo.intrinsics.params, ElementsAre(50, 20, 15));
  // Ahead by 5, to the right by 0.2 (-y) and down by 0.3 (-z).
  const Vec3<double> in_camera = photo.camera_from_world * Vec3<double>{1 + 5, 2 - 0.2, 3 - 0.3};
  EXPECT_NEAR(in_camera.x, 0.2, 1e-12);
  EXPECT_NEAR(in_camera.y, 0.3, 1e-12);
  EXPECT_NEAR(in_camera.z, 5, 1e-12);
}

TEST_F(LlffReader, ARowThatIsNoPoseLeavesTheOthers) {
  std::vector<double> second = row_;
  second[14] = 0;
  row_.insert(row_.end(), second.begin(), second.end());
  const SceneDescription scene = Read("(2, 17)");
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].problem, "");
  EXPECT_THAT(scene.photos[1].problem, HasSubstr("row 2: the focal length is 0"));
}

TEST_F(LlffReader, RowsThatAreNoPosesAreRefused) {
  EXPECT_THAT(ErrorOf("(17,)"), HasSubstr("holds 17; LLFF's poses are N x 17"));
  EXPECT_THAT(ErrorOf("(1, 15)"), HasSubstr("holds 1 x 15"));
  EXPECT_THAT(ErrorOf("(0, 17)"), HasSubstr("holds 0 x 17"));
  EXPECT_THAT(ErrorOf("(2, 17)"), HasSubstr("truncated"));
  const std::vector<double> good = row_;
  const auto with = [&](size_t at, double value) {
    row_ = good;
    row_[at] = value;
    return ErrorOf();
  };
  EXPECT_THAT(with(0, NAN), HasSubstr("row 1: its matrix holds nan"));
  EXPECT_THAT(with(14, -3), HasSubstr("row 1: the focal length is -3"));
  EXPECT_THAT(with(9, 40.5), HasSubstr("the photo size 40.5 x 30 is impossible"));
  EXPECT_THAT(with(2, 1), HasSubstr("row 1: its matrix is no rotation"));
  EXPECT_THAT(with(2, 0), HasSubstr("row 1: its matrix is no rotation"));
}

// The model's points are COLMAP's own; the rows were made from the same reconstruction.
TEST(LlffOfTestData, FernsPosesAreThoseOfItsModel) {
  SPLAT_TEST_DATA_OR_SKIP(fern, "fern");
  const SceneDescription rows = ReadLlff(fern + "/poses_bounds.npy");
  const SceneDescription model = ReadColmapModel(fern + "/sparse/0", "");
  ASSERT_EQ(rows.photos.size(), model.photos.size());
  const NpyArray array = ParseNpy(ReadFile(fern + "/poses_bounds.npy"), "");
  for (size_t i = 0; i < rows.photos.size(); ++i) {
    const Rigid3 of_row = rows.photos[i].camera_from_world, of_model = model.photos[i].camera_from_world;
    std::vector<double> depths;
    for (const Vec3<double>& point : model.points.positions) {
      EXPECT_NEAR(Norm(of_row * point - of_model * point), 0, 1e-4 * Norm(point)) << i;
      depths.push_back((of_row * point).z);
    }
    EXPECT_NEAR(rows.photos[i].intrinsics.params[0], model.photos[i].intrinsics.params[0], 1e-3);
    EXPECT_EQ(rows.photos[i].intrinsics.width, model.photos[i].intrinsics.width);
    // LLFF's bounds are quantiles of the depths of the points that a photo shows: most lie between.
    const double near = array.values[17 * i + 15], far = array.values[17 * i + 16];
    const auto between = std::count_if(depths.begin(), depths.end(), [&](double z) { return z > near && z < far; });
    EXPECT_GT(double(between), 0.95 * double(depths.size())) << i;
  }
}

}  // namespace
}  // namespace splat::data
