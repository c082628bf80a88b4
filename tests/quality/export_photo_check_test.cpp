// Files that are whole, coarse, cut and wrong, and what is said of each.
#include "quality/export_photo_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/quaternion.h"
#include "formats/exporter.h"
#include "io/atomic_file.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/splat_transform.h"
#include "tests/support/model_tensors.h"
#include "tests/support/synthetic_set.h"

namespace splat::quality {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExportPhotoCheckTest : public ::testing::Test {
 protected:
  // The file of a model in a format.
  std::string Written(const SplatModel& model, const std::string& format) {
    const formats::Exporter& exporter = formats::ExporterNamed(format);
    const std::string path = set_.folder / ("scene" + exporter.extension);
    const HostModel host(model);
    formats::WriteScene(path, exporter, SplatSelection(host.View()));
    return path;
  }
  FileCheck CheckOf(const std::string& format, const std::string& path) {
    data::ViewLoader loader(set_.dataset, data::ViewLoader::Options{}, nullptr);
    return ExportPhotoCheck(set_.truth, set_.dataset, loader).Check(format, {path}, set_.truth.count());
  }

  testing::SyntheticSet set_;
};

TEST_F(ExportPhotoCheckTest, AWholePlyLosesNothing) {
  const FileCheck check = CheckOf("ply", Written(set_.truth, "ply"));
  EXPECT_EQ(check.error, "");
  EXPECT_EQ(check.splats, set_.truth.count());
  EXPECT_EQ(check.bytes, std::filesystem::file_size(check.path));
  EXPECT_GT(check.agreement_db, 60);  // quaternions are normalised on the way
  EXPECT_NEAR(check.loss_db, 0, 0.05);
  EXPECT_GT(check.psnr, 60);  // the photos are the scene's own images
}

// View-dependent colour, shapes and the near plane go along with the splats.
TEST_F(ExportPhotoCheckTest, AFileInAnotherFrameShowsTheSame) {
  set_.truth = testing::RandomModel(120, 3, 21);
  set_.truth.means.select(1, 2).sub_(4);
  const Mat3<double> turn = RotationMatrix(Quaternion<double>{0.3, -0.5, 0.7, 0.2});
  for (const double unit : {1e-4, 1.0, 1e4}) {
    set_.dataset.files.is_scenes = false;
    set_.dataset.files.files_from_scene = {unit, turn, {3 * unit, -2 * unit, unit}};
    const SplatSelection splats(HostModel(set_.truth).View());
    const SplatModel moved = ModelOf(Transformed(AffineOf(set_.dataset.files.files_from_scene), splats));
    const FileCheck check = CheckOf("ply", Written(moved, "ply"));
    EXPECT_EQ(check.error, "") << unit;
    EXPECT_GT(check.agreement_db, 60) << unit;  // a few values are rounded the other way
  }
}

TEST_F(ExportPhotoCheckTest, FilesBesideItCountInItsSize) {
  const std::string path = Written(set_.truth, "ply"), beside = set_.folder / "beside.bin";
  WriteFileAtomically(beside, [](std::ostream& out) { out << "12345"; });
  data::ViewLoader loader(set_.dataset, data::ViewLoader::Options{}, nullptr);
  const ExportPhotoCheck check(set_.truth, set_.dataset, loader);
  EXPECT_EQ(check.Check("ply", {beside, path}, set_.truth.count()).bytes, std::filesystem::file_size(path) + 5);
}

TEST_F(ExportPhotoCheckTest, ACoarseFormatLosesSomething) {
  const FileCheck check = CheckOf("compressed.ply", Written(set_.truth, "compressed.ply"));
  EXPECT_EQ(check.error, "");
  EXPECT_GT(check.loss_db, 0.5);
  EXPECT_GT(check.agreement_db, 30);
  EXPECT_LT(check.agreement_db, 60);
}

TEST_F(ExportPhotoCheckTest, AMirroredSceneIsBroken) {
  SplatModel mirrored = ToDevice(set_.truth, torch::kCPU);
  mirrored.means = mirrored.means * torch::tensor({-1.0f, 1.0f, 1.0f});
  const FileCheck check = CheckOf("ply", Written(mirrored, "ply"));
  EXPECT_THAT(check.error, AllOf(HasSubstr("scene.ply"), HasSubstr("shows another scene")));
  EXPECT_LT(check.agreement_db, kLeastAgreement_db);
}

TEST_F(ExportPhotoCheckTest, AFileWithFewerSplatsIsBroken) {
  const SplatModel half = SelectRows(set_.truth, torch::arange(60));
  EXPECT_THAT(CheckOf("ply", Written(half, "ply")).error, HasSubstr("holds 60 splats of 120"));
}

TEST_F(ExportPhotoCheckTest, ACutAndAMissingFileAreBroken) {
  const std::string path = Written(set_.truth, "spz");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(CheckOf("spz", path).error, HasSubstr("scene.spz"));
  std::filesystem::remove(path);
  EXPECT_THAT(CheckOf("spz", path).error, HasSubstr("scene.spz"));
}

TEST(ViewsToCheck, AreHeldOutOnesIfThereAreAnyAndAtMostEight) {
  data::Dataset dataset;
  dataset.views.resize(40);
  EXPECT_THAT(ViewsToCheck(dataset), ElementsAre(0, 5, 10, 15, 20, 25, 30, 35));
  dataset.views[7].split = dataset.views[31].split = Split::kTest;
  EXPECT_THAT(ViewsToCheck(dataset), ElementsAre(7, 31));
}

TEST(TableOfChecks, HasALineForEachFile) {
  FileCheck whole, broken;
  whole.format = "spz";
  whole.bytes = 2'340'000;
  whole.psnr = 31.815;
  whole.loss_db = -0.001;
  whole.agreement_db = 44.04;
  broken.format = "compressed.ply";
  broken.error = "out/scene.compressed.ply: is cut short";
  const std::vector<std::string> lines = TableOf({whole, broken}, 6);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("6 views"));
  EXPECT_EQ(lines[2], "             spz      2.3 MB    31.82 dB    0.00 dB             44.0 dB");
  EXPECT_EQ(lines[3], "  compressed.ply  out/scene.compressed.ply: is cut short");
}

}  // namespace
}  // namespace splat::quality
