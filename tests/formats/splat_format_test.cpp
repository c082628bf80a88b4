#include "formats/splat_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/splat_order.h"
#include "tests/support/byte_writer.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/test_data.h"

namespace splat::formats {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::Bytes;
using ::splat::testing::CloudErrors;
using ::splat::testing::Encoded;
using ::splat::testing::ErrorMessageOf;
using ::splat::testing::ErrorsBetween;
using ::splat::testing::GoldenCloud;
using ::splat::testing::RandomCloud;
using ::splat::testing::RowsOf;
using ::testing::HasSubstr;

SplatCloud Read(const std::string& bytes) {
  return ReadSplatFile(bytes, "a.splat", {});
}

TEST(WriteSplatFile, WritesTheRecordsOfTheFormat) {
  SplatCloud cloud(2, 0);
  cloud.means = {1, 2, 3, -1, -2, -3};
  cloud.log_scales = {0, 0, 0, 2, 2, 2};
  cloud.quats = {0, 0, 0, 1, 0.5f, -0.5f, 0.5f, -0.5f};
  cloud.opacity_logits = {0, 100};
  cloud.sh_dc = {0, 9, -9, 1, -1, 0};
  const auto e2 = float(std::exp(2.0));
  // The second covers more and comes first. 0.5 + 0.28209 is 199.4 of 255; 0.5 is 127.5 and is rounded up.
  const std::string expected = Bytes(-1.f) + Bytes(-2.f) + Bytes(-3.f) + Bytes(e2) + Bytes(e2) + Bytes(e2) +
                               "\xc7\x38\x80\xff" + "\xc0\x40\xc0\x40" +  //
                               Bytes(1.f) + Bytes(2.f) + Bytes(3.f) + Bytes(1.f) + Bytes(1.f) + Bytes(1.f) +
                               std::string("\x80\xff\x00\x80", 4) + "\x80\x80\x80\xff";
  EXPECT_EQ(Encoded("splat", cloud), expected);
}

TEST(WriteSplatFile, RoundTripStaysWithinTheSteps) {
  SplatCloud cloud = RandomCloud(1000, 3);
  for (float& value : cloud.sh_dc) value = std::clamp(value, -1.7f, 1.7f);  // colours 0..1
  SplatSelection splats = AllOf(cloud);
  const SplatCloud read = Read(Encoded("splat", splats));
  splats.LimitShDegree(0);
  SortByImportance(splats);
  SplatCloud expected = RowsOf(cloud, splats.rows());
  expected.sh_rest_count = 0;
  expected.sh_rest.clear();
  const CloudErrors errors = ErrorsBetween(read, expected);
  EXPECT_EQ(errors.mean, 0);
  EXPECT_LT(errors.log_scale, 1e-6);
  EXPECT_LT(errors.rotation_deg, 1.3);  // half a step of 1/128 in each of four components, as an angle: twice as much
  EXPECT_LT(errors.opacity, 0.5 / 255 + 1e-6);
  EXPECT_LT(errors.sh_dc, 0.5 / 255 / 0.28209479 + 1e-6);
}

TEST(WriteSplatFile, WhatWasReadIsWrittenAsItWas) {
  const auto sorted_bytes = [](const std::string& file) {
    std::vector<std::string> records;  // colours and rotations; the order of equally important ones may differ
    for (size_t i = 0; i < file.size(); i += 32) records.push_back(file.substr(i, 12) + file.substr(i + 24, 4));
    std::sort(records.begin(), records.end());
    return records;
  };
  const std::string once = Encoded("splat", RandomCloud(200, 0));
  EXPECT_EQ(sorted_bytes(Encoded("splat", Read(once))), sorted_bytes(once));
}

TEST(ReadSplatFile, ReadsTheFilesOfOtherTools) {
  SPLAT_TEST_DATA_OR_SKIP(with_space, "splats/kacytran/model (1).splat");
  EXPECT_EQ(ReadScene(with_space).count() + ReadScene(with_space).left_out, 22764);
  SPLAT_TEST_DATA_OR_SKIP(minimal, "splats/splat_transform_fixtures/minimal.splat");
  EXPECT_EQ(ReadScene(minimal).count(), 4);
}

TEST(ReadSplatFile, AgreesWithThePlyOfTheSameSplats) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/metalsplatter/SplatIO/TestData/test-splat.3-points-from-train.splat");
  SPLAT_TEST_DATA_OR_SKIP(ply_path, "splats/metalsplatter/SplatIO/TestData/test-splat.3-points-from-train.ply");
  const SplatCloud read = ReadScene(path), ply = ReadScene(ply_path);
  ASSERT_EQ(read.count(), 3);
  for (size_t i = 0; i < 3; ++i) {  // whichever order the other tool chose
    size_t twin = 0;
    while (twin < 2 && std::abs(ply.means[3 * twin] - read.means[3 * i]) > 1e-4f) ++twin;
    for (size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(read.means[3 * i + axis], ply.means[3 * twin + axis], 1e-4);
      EXPECT_NEAR(read.log_scales[3 * i + axis], ply.log_scales[3 * twin + axis], 1e-3);
    }
    double dot = 0;
    for (size_t k = 0; k < 4; ++k) dot += double(read.quats[4 * i + k]) * ply.quats[4 * twin + k];
    EXPECT_GT(std::abs(dot), 0.9995);
  }
}

TEST(ReadSplatFile, RefusesSizesThatAreNoMultipleOfARecordAndSurvivesDamage) {
  const std::string bytes = Encoded("splat", GoldenCloud());
  testing::ExpectRefusesEveryTruncation(bytes, "a.splat", Read, [](size_t size) { return size % 32 == 0; });
  testing::ExpectSurvivesDamage(bytes, "a.splat", Read);
  EXPECT_THAT(ErrorMessageOf([&] { Read(bytes + "x"); }), HasSubstr("97 bytes are no multiple of 32"));
}

}  // namespace
}  // namespace splat::formats
