#include "data/photos/camera_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/error_message.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kModels = 18;

TEST(CameraModel, NameAndIdLeadBackToTheModel) {
  for (int id = 0; id < kModels; ++id) {
    const CameraModel model = CameraModelFromId(id, "file");
    EXPECT_EQ(int(model), id);
    EXPECT_EQ(CameraModelFromName(CameraModelName(model), "file"), model);
    EXPECT_GE(CameraModelParamCount(model), CameraModelFocalCount(model));
  }
  EXPECT_EQ(CameraModelName(CameraModel::kFullOpenCv), "FULL_OPENCV");
}

TEST(CameraModel, AModelThatIsNotColmapsIsInNoneOfItsFiles) {
  EXPECT_TRUE(IsSupported(CameraModel::kBrown));
  EXPECT_THAT(ErrorMessageOf([] { CameraModelFromName("BROWN", "cameras.txt"); }), HasSubstr("'BROWN'"));
  EXPECT_THAT(ErrorMessageOf([] { CameraModelFromId(int(CameraModel::kBrown), "cameras.bin"); }), HasSubstr("0 to 17"));
}

TEST(CameraModel, UnknownOnesAreRefusedWithTheirPlace) {
  for (const int id : {-1, kModels, 1000}) {
    EXPECT_THAT(ErrorMessageOf([&] { CameraModelFromId(id, "cameras.bin: camera 3"); }),
                AllOf(HasSubstr("cameras.bin: camera 3: "), HasSubstr(std::to_string(id))));
  }
  EXPECT_THAT(ErrorMessageOf([] { CameraModelFromName("pinhole", "cameras.txt: line 4"); }),
              AllOf(HasSubstr("cameras.txt: line 4: "), HasSubstr("'pinhole'")));
}

TEST(CameraModel, TheModelsThatCanBeUndistortedAreSupported) {
  for (const CameraModel model :
       {CameraModel::kSimplePinhole, CameraModel::kPinhole, CameraModel::kSimpleRadial, CameraModel::kRadial,
        CameraModel::kOpenCv, CameraModel::kOpenCvFisheye, CameraModel::kFullOpenCv, CameraModel::kSimpleRadialFisheye,
        CameraModel::kRadialFisheye}) {
    EXPECT_TRUE(IsSupported(model)) << CameraModelName(model);
  }
  for (const CameraModel model : {CameraModel::kFov, CameraModel::kThinPrismFisheye, CameraModel::kEquirectangular}) {
    EXPECT_FALSE(IsSupported(model)) << CameraModelName(model);
  }
}

TEST(CameraModel, DistortionIsAnyNonZeroCoefficient) {
  EXPECT_FALSE(HasDistortion({CameraModel::kSimplePinhole, 64, 48, {50, 32, 24}}));
  EXPECT_FALSE(HasDistortion({CameraModel::kPinhole, 64, 48, {50, 51, 32, 24}}));
  EXPECT_FALSE(HasDistortion({CameraModel::kSimpleRadial, 64, 48, {50, 32, 24, 0}}));
  EXPECT_TRUE(HasDistortion({CameraModel::kSimpleRadial, 64, 48, {50, 32, 24, -0.01}}));
  EXPECT_FALSE(HasDistortion({CameraModel::kOpenCv, 64, 48, {50, 51, 32, 24, 0, 0, 0, 0}}));
  EXPECT_TRUE(HasDistortion({CameraModel::kOpenCv, 64, 48, {50, 51, 32, 24, 0, 0, 0, 1e-3}}));
}

TEST(CameraModel, AFisheyeIsDistortedEvenWithoutCoefficients) {
  EXPECT_TRUE(HasDistortion({CameraModel::kOpenCvFisheye, 64, 48, {50, 51, 32, 24, 0, 0, 0, 0}}));
  EXPECT_TRUE(HasDistortion({CameraModel::kSimpleRadialFisheye, 64, 48, {50, 32, 24, 0}}));
}

}  // namespace
}  // namespace splat::data
