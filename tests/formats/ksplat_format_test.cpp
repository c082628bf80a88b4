#include "formats/ksplat_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/byte_writer.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/test_data.h"

namespace splat::formats {
namespace {

using ::splat::testing::Bytes;
using ::splat::testing::ErrorMessageOf;
using ::testing::HasSubstr;

SplatCloud Read(const std::string& bytes) {
  return ReadKsplat(bytes, "a.ksplat", {});
}

std::string Header(uint16_t level, uint32_t sections, uint32_t splats) {
  std::string bytes = std::string("\x00\x01\x00\x00", 4) + Bytes(sections) + Bytes(sections) + Bytes(splats) +
                      Bytes(splats) + Bytes(level) + std::string(14, '\0') + Bytes(-2.f) + Bytes(2.f);
  bytes.resize(4096, '\0');
  return bytes;
}

std::string SectionHeader(uint32_t splats, uint32_t buckets, uint32_t full, uint32_t partial, uint16_t degree) {
  std::string bytes = Bytes(splats) + Bytes(splats) + Bytes(uint32_t(2)) + Bytes(buckets) + Bytes(5.f) +
                      Bytes(uint16_t(12)) + Bytes(uint16_t(0)) + Bytes(uint32_t(32767)) + Bytes(uint32_t(0)) +
                      Bytes(full) + Bytes(partial) + Bytes(degree);
  bytes.resize(1024, '\0');
  return bytes;
}

constexpr uint16_t kHalfOne = 0x3c00, kHalfMinusTwo = 0xc000, kHalfHalf = 0x3800, kHalfZero = 0, kHalfTiny = 0x0001;

// Two full buckets would hold two splats each: one of them is full, the other has one splat.
std::string QuantizedFile(uint16_t level) {
  std::string bytes = Header(level, 1, 3) + SectionHeader(3, 2, 1, 1, 1) + Bytes(uint32_t(1));
  for (const float center : {10.f, 20.f, 30.f, -10.f, -20.f, -30.f}) bytes += Bytes(center);
  for (uint16_t splat = 0; splat < 3; ++splat) {
    bytes += Bytes(uint16_t(32767 + 32767 * (splat - 1))) + Bytes(uint16_t(32767)) + Bytes(uint16_t(0));
    bytes += Bytes(kHalfOne) + Bytes(kHalfHalf) + Bytes(kHalfTiny);
    bytes += Bytes(kHalfZero) + Bytes(kHalfMinusTwo) + Bytes(kHalfZero) + Bytes(kHalfZero);
    bytes += std::string("\xff\x00\x80\xff", 4);
    for (int i = 0; i < 9; ++i) {
      bytes += level == 1 ? Bytes(i == 4 ? kHalfMinusTwo : kHalfZero) : std::string(1, i == 4 ? '\x00' : '\xff');
    }
  }
  return bytes;
}

TEST(ReadKsplat, ReadsLevelZeroWithDegreeTwo) {
  std::string bytes = Header(0, 1, 1) + SectionHeader(1, 0, 0, 0, 2);
  for (const float value : {1.f, 2.f, 3.f, 1.f, 0.5f, 0.25f, 0.6f, 0.f, 0.8f, 0.f}) bytes += Bytes(value);
  bytes += std::string("\xff\x00\x80\x80", 4);
  for (int i = 0; i < 24; ++i) bytes += Bytes(float(i));
  const SplatCloud cloud = Read(bytes);
  ASSERT_EQ(cloud.count(), 1);
  EXPECT_THAT(cloud.means, ::testing::ElementsAre(1, 2, 3));
  EXPECT_NEAR(cloud.log_scales[1], std::log(0.5), 1e-6);
  EXPECT_FLOAT_EQ(cloud.quats[2], 0.8f);
  EXPECT_NEAR(cloud.sh_dc[0], 0.5 / 0.28209479177387814, 1e-6);
  EXPECT_NEAR(cloud.opacity_logits[0], std::log(128.0 / 127), 1e-6);
  // Degree 1: red 0, 1, 2, then green 3 ...; degree 2 begins at 9 with red 9 ... 13.
  EXPECT_EQ(cloud.sh_rest[0], 0);
  EXPECT_EQ(cloud.sh_rest[1], 3);
  EXPECT_EQ(cloud.sh_rest[3], 1);
  EXPECT_EQ(cloud.sh_rest[9], 9);
  EXPECT_EQ(cloud.sh_rest[10], 14);
  EXPECT_EQ(cloud.sh_rest[23], 23);
}

TEST(ReadKsplat, ReadsPositionsWithinBuckets) {
  for (const uint16_t level : {1, 2}) {
    const SplatCloud cloud = Read(QuantizedFile(level));
    ASSERT_EQ(cloud.count(), 3);
    EXPECT_THAT(cloud.means, ::testing::ElementsAre(7.5, 20, 27.5, 10, 20, 27.5, -7.5, -20, -32.5));
    EXPECT_NEAR(cloud.log_scales[2], std::log(std::ldexp(1.0, -24)), 1e-6);
    EXPECT_EQ(std::abs(cloud.quats[1]), 1);
    EXPECT_EQ(cloud.sh_rest[3 * 1 + 1], -2);  // the fifth value: green, second coefficient
    EXPECT_NEAR(cloud.sh_rest[0], level == 1 ? 0 : 2, 1e-6);
  }
}

TEST(ReadKsplat, ReadsTheFileOfAnotherTool) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/splat_transform_fixtures/minimal.ksplat");
  SPLAT_TEST_DATA_OR_SKIP(twin, "splats/splat_transform_fixtures/minimal.splat");
  const SplatCloud cloud = ReadScene(path), splat = ReadScene(twin);
  ASSERT_EQ(cloud.count(), 4);
  EXPECT_EQ(cloud.means, splat.means);
  EXPECT_LT(testing::ErrorsBetween(cloud, splat).log_scale, 1e-6);
}

TEST(ReadKsplat, RefusesTruncationsDamageAndHostileCounts) {
  const std::string file = QuantizedFile(1);
  // Within the headers one size is as good as another: every 64th.
  for (size_t size = 0; size < file.size(); size += size < 5120 ? 64 : 1) {
    testing::ExpectOneLine(ErrorMessageOf([&] { Read(file.substr(0, size)); }), "a.ksplat");
  }
  for (const uint16_t level : {1, 2}) {
    const std::string whole = QuantizedFile(level);
    testing::ExpectSurvivesDamage(whole, "a.ksplat", Read, 3000);
    // And only where there is something to damage.
    testing::ExpectSurvivesDamage(whole.substr(0, 48) + whole.substr(4096, 44) + whole.substr(5120), "a.ksplat",
                                  [&](const std::string& bytes) {
                                    std::string spread = whole;
                                    spread.replace(0, 48, bytes, 0, 48);
                                    spread.replace(4096, 44, bytes, 48, 44);
                                    spread.replace(5120, std::string::npos, bytes, 92, std::string::npos);
                                    return Read(spread);
                                  });
  }
  const auto with = [&](size_t position, uint32_t value) {
    std::string changed = file;
    changed.replace(position, 4, Bytes(value));
    return ErrorMessageOf([&] { Read(changed); });
  };
  EXPECT_THAT(with(0, 0x0200), HasSubstr("version 0.2"));
  EXPECT_THAT(with(4, 4'000'000'000u), HasSubstr("announces 4000000000 sections"));
  EXPECT_THAT(with(4096 + 4, 4'000'000'000u), HasSubstr("section 1 of 1"));
  EXPECT_THAT(with(4096 + 12, 4'000'000'000u), HasSubstr("section 1 of 1"));
  EXPECT_THAT(with(5120, 0), HasSubstr("buckets hold 2 splats instead of 3"));
}

}  // namespace
}  // namespace splat::formats
