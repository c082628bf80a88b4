#include "formats/spz_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "io/compression.h"
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
using ::splat::testing::FromHex;
using ::splat::testing::GoldenCloud;
using ::splat::testing::RandomCloud;
using ::testing::HasSubstr;

constexpr SpzFrame kRaw = SpzFrame::kRaw, kRub = SpzFrame::kRub;

std::string Written(const SplatCloud& cloud, int version, SpzFrame frame = kRaw) {
  ExportOptions options;
  options.spz_version = version;
  options.spz_frame = frame;
  return Encoded("spz", cloud, options);
}

SplatCloud Read(const std::string& bytes) {
  return ReadSpz(bytes, "a.spz", {});
}

std::string Unpacked(const std::string& file, size_t size) {
  GzipReader gzip(file, "a.spz");
  std::string bytes = gzip.Read(size);
  gzip.ExpectEnd();
  return bytes;
}

std::string Gzipped(const std::string& bytes) {
  std::ostringstream out;
  GzipWriter gzip(out);
  gzip.Write(bytes);
  gzip.Finish();
  return out.str();
}

// What lies in the streams of the golden cloud, version 3, with and without the turn into RUB.
const char* const kStart = "4e4753500300000003000000010e0000";
const char* const kPositions = "00a0ff00100000800000200000c0ff0030000040000080000040ff";
const char* const kMiddle = "8f1efa9363af598089b9be46605038786c90a898a0";  // opacities, colours, scales
const char* const kRotations = "69a79d3669a58d8448e88f64";
const char* const kSh = "9060c078e0a88840f8808870a050c030d81848b89868c838e80880";

TEST(WriteSpz, WritesTheBytesOfAnIndependentWriter) {
  const std::string expected = FromHex(std::string(kStart) + kPositions + kMiddle + kRotations + kSh);
  EXPECT_EQ(Unpacked(Written(GoldenCloud(), 3), expected.size()), expected);
}

TEST(WriteSpz, Version2HasRotationsOfThreeBytes) {
  std::string expected = FromHex(std::string(kStart) + kPositions + kMiddle + "40bfbf8c40d973d926" + kSh);
  expected[4] = 2;
  EXPECT_EQ(Unpacked(Written(GoldenCloud(), 2), expected.size()), expected);
}

TEST(WriteSpz, TheFrameRubTurnsPositionsRotationsAndSh) {
  SplatCloud cloud = GoldenCloud();
  cloud.traits.antialiasing = Antialiasing::kCompensated;
  const std::string expected = FromHex(
      "4e4753500300000003000000010e010000a0ff00f0ff0080ff00200000400000d0ff0040000080ff00c0008f1efa9363af59"
      "8089b9be46605038786c90a898a069a7951669a78da448ea8f4470a0408820588840f880789060b04030d818b848689838c8e80880");
  EXPECT_EQ(Unpacked(Written(cloud, 3, kRub), expected.size()), expected);
}

TEST(WriteSpz, Version4IsAPlainHeaderATableAndZstdStreams) {
  const std::string file = Written(GoldenCloud(), 4);
  EXPECT_EQ(file.substr(0, 32), FromHex("4e4753500400000003000000010e000620000000000000000000000000000000"));
  size_t begin = 32 + 6 * 16;
  const std::string streams = FromHex(std::string(kPositions) + kMiddle + kRotations + kSh);
  std::string unpacked;
  for (size_t stream = 0; stream < 6; ++stream) {
    uint64_t sizes[2];
    std::memcpy(sizes, file.data() + 32 + 16 * stream, 16);
    unpacked += UnpackZstd(std::string_view(file).substr(begin, sizes[0]), sizes[1], "a.spz");
    begin += sizes[0];
  }
  EXPECT_EQ(begin, file.size());
  EXPECT_EQ(unpacked, streams);
}

TEST(WriteSpz, GivesSmallScenesMoreBitsAndLargeOnesFewer) {
  SplatCloud cloud = GoldenCloud();
  cloud.log_scales.assign(9, 5);  // wide enough for any of the steps
  const auto bits_at = [&](float largest) {
    cloud.means[0] = -largest;
    const SplatCloud read = Read(Written(cloud, 3));
    EXPECT_NEAR(read.means[0], -largest, largest / 65536 + 1e-4) << largest;
    return int(Unpacked(Written(cloud, 3), 16 + 3 * (9 + 1 + 3 + 3 + 4 + 9))[13]);
  };
  cloud.means.assign(9, 0);
  EXPECT_EQ(bits_at(0.01f), 20);
  EXPECT_EQ(bits_at(1), 16);
  EXPECT_EQ(bits_at(100), 12);
  EXPECT_EQ(bits_at(2000), 12);
  EXPECT_EQ(bits_at(2047.9f), 11);
  EXPECT_EQ(bits_at(5000), 10);
  EXPECT_EQ(bits_at(8.3e6f), 0);
  cloud.means[0] = 8.5e6f;
  EXPECT_THAT(ErrorMessageOf([&] { Written(cloud, 3); }), HasSubstr("cannot hold a position"));
}

// Not a wrong file: sizes end at e^-10 and 378 units, positions have steps of a millionth at the finest.
TEST(WriteSpz, RefusesAUnitInWhichMostSplatsAreTooSmallOrTooLarge) {
  for (const double unit : {1e-4, 1e4}) {
    SplatCloud cloud = RandomCloud(100, 0);
    for (float& value : cloud.means) value *= float(unit);
    for (float& value : cloud.log_scales) value += float(std::log(unit));
    EXPECT_THAT(ErrorMessageOf([&] { Encoded("spz", cloud); }), HasSubstr("SPZ cannot hold"));
  }
}

// Splats that are clamped to the largest size leave holes.
TEST(WriteSpz, RefusesAUnitInWhichMoreThanATwentiethIsTooLarge) {
  SplatCloud cloud = RandomCloud(100, 0);
  std::fill(cloud.log_scales.begin(), cloud.log_scales.end(), -3.0f);
  for (size_t i = 0; i < 5; ++i) cloud.log_scales[3 * i + i % 3] = 6;
  EXPECT_EQ(Read(Encoded("spz", cloud)).count(), 100);
  cloud.log_scales[15] = 6;
  EXPECT_THAT(ErrorMessageOf([&] { Encoded("spz", cloud); }),
              HasSubstr("SPZ cannot hold this scene: 0 of 100 splats are smaller and 6 larger than its sizes"));
}

TEST(WriteSpz, RefusesWhatItCannotWrite) {
  EXPECT_THAT(ErrorMessageOf([] { Written(SplatCloud(0, 0), 3); }), HasSubstr("no splat"));
  EXPECT_THAT(ErrorMessageOf([] { Written(GoldenCloud(), 1); }), HasSubstr("use 2, 3 or 4"));
}

class SpzRoundTrip : public ::testing::TestWithParam<std::tuple<int, int, SpzFrame>> {};

TEST_P(SpzRoundTrip, StaysWithinTheSteps) {
  const auto [version, degree, frame] = GetParam();
  SplatCloud cloud = RandomCloud(20000, degree);  // more than one block
  cloud.traits.antialiasing = CompensatedIf(degree == 2);
  for (float& value : cloud.sh_rest) value = std::clamp(value, -0.99f, 0.85f);  // 4 bits end at 0.875
  for (float& value : cloud.sh_dc) value = std::clamp(value, -3.3f, 3.3f);
  const SplatCloud read = ReadSpz(Written(cloud, version, frame), "a.spz", {frame});
  const CloudErrors errors = ErrorsBetween(read, cloud);
  EXPECT_LT(errors.mean, 0.5 / 16384 + 1e-6);  // 14 bits: positions reach 3
  EXPECT_LT(errors.log_scale, 0.5 / 16 + 1e-6);
  EXPECT_LT(errors.rotation_deg,
            version == 2 ? 14 : 0.35);  // version 2: w = sqrt(1 - |xyz|^2) is uncertain where it is small
  EXPECT_LT(errors.opacity, 0.5 / 255 + 1e-6);
  EXPECT_LT(errors.sh_dc, 0.5 / (0.15 * 255) + 1e-5);
  EXPECT_LT(errors.sh_rest, 0.5 / 8 + 0.005);
  EXPECT_EQ(read.traits.antialiasing, cloud.traits.antialiasing);
}

INSTANTIATE_TEST_SUITE_P(All, SpzRoundTrip,
                         ::testing::Combine(::testing::Values(2, 3, 4), ::testing::Values(0, 1, 2, 3),
                                            ::testing::Values(kRaw, kRub)));

TEST(ReadSpz, TheExtensionNamesTheFrame) {
  const SplatCloud cloud = RandomCloud(10, 1);
  std::string file = Written(cloud, 4, kRub);
  file[14] |= 2;
  const auto with_frame = [&](uint32_t frame) {
    std::string extended = file;
    const std::string record = Bytes<uint32_t>(7) + Bytes<uint32_t>(3) + "abc" + Bytes<uint32_t>(0xADBE0003) +
                               Bytes<uint32_t>(4) + Bytes(frame);
    extended.insert(32, record);
    extended.replace(16, 4, Bytes(uint32_t(32 + record.size())));
    return extended;
  };
  EXPECT_LT(ErrorsBetween(Read(with_frame(4)), cloud).mean, 1e-3);
  EXPECT_GT(ErrorsBetween(Read(with_frame(6)), cloud).mean, 1);
  EXPECT_THAT(ErrorMessageOf([&] { Read(with_frame(1)); }), HasSubstr("coordinate system 1"));
}

TEST(ReadSpz, ReadsTheFilesOfOtherTools) {
  for (const char* name : {"minimal-v2.spz", "minimal-v3.spz", "minimal-v4.spz", "minimal-raw.spz"}) {
    SPLAT_TEST_DATA_OR_SKIP(path, std::string("splats/splat_transform_fixtures/") + name);
    EXPECT_EQ(ReadScene(path).count(), 4) << name;
  }
}

// This file is in RUB, as the specification has it, and does not say so.
TEST(ReadSpz, AgreesWithTheCompressedPlyOfTheSameSceneInItsFrame) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/playcanvas/biker.spz");
  SPLAT_TEST_DATA_OR_SKIP(ply_path, "splats/playcanvas/biker.compressed.ply");
  const SplatCloud read = ReadScene(path, {kRub}), ply = ReadScene(ply_path);
  ASSERT_EQ(read.count(), 152746);
  ASSERT_EQ(ply.count(), read.count());
  const auto mean_of = [](const std::vector<float>& values, size_t column) {
    double sum = 0;
    for (size_t i = column; i < values.size(); i += 3) sum += values[i];
    return sum / double(values.size() / 3);
  };
  for (size_t column = 0; column < 3; ++column) {
    EXPECT_NEAR(mean_of(read.means, column), mean_of(ply.means, column), 1e-5);
    EXPECT_NEAR(mean_of(read.log_scales, column), mean_of(ply.log_scales, column), 1e-3);
    EXPECT_NEAR(mean_of(read.sh_dc, column), mean_of(ply.sh_dc, column), 1e-3);
  }
  EXPECT_GT(mean_of(ReadScene(path).means, 1), 1.5);  // upside down without being told
}

TEST(ReadSpz, AgreesWithThePlyOfTheSameSplats) {
  SPLAT_TEST_DATA_OR_SKIP(path, "splats/metalsplatter/SplatIO/TestData/test-splat.3-points-from-train.spz");
  SPLAT_TEST_DATA_OR_SKIP(ply_path, "splats/metalsplatter/SplatIO/TestData/test-splat.3-points-from-train.ply");
  const SplatCloud read = ReadScene(path, {kRub}), ply = ReadScene(ply_path);
  ASSERT_EQ(read.count(), 3);
  const CloudErrors errors = ErrorsBetween(read, ply);
  EXPECT_LT(errors.mean, 1e-3);
  EXPECT_LT(errors.log_scale, 0.5 / 16 + 1e-4);
  EXPECT_LT(errors.rotation_deg, 14);  // version 2
  EXPECT_LT(errors.opacity, 0.5 / 255 + 1e-4);
  EXPECT_LT(errors.sh_dc, 0.5 / (0.15 * 255) + 1e-4);
  EXPECT_LT(errors.sh_rest, 0.5 / 8 + 0.005);
}

TEST(ReadSpz, RefusesTruncationsDamageAndBombs) {
  for (const int version : {2, 3, 4}) {
    const std::string file = Written(GoldenCloud(), version);
    testing::ExpectRefusesEveryTruncation(file, "a.spz", Read);
    testing::ExpectSurvivesDamage(file, "a.spz", Read);
  }
  std::string plain = Unpacked(Written(GoldenCloud(), 3), 16 + 3 * 29);
  EXPECT_EQ(Read(plain).count(), 3);
  testing::ExpectRefusesEveryTruncation(plain, "a.spz", Read);
  testing::ExpectSurvivesDamage(plain, "a.spz", Read);
  testing::ExpectSurvivesDamage(plain, "a.spz", [](const std::string& bytes) { return Read(Gzipped(bytes)); });

  plain.replace(8, 4, Bytes(uint32_t(4'000'000'000)));
  EXPECT_THAT(ErrorMessageOf([&] { Read(plain); }), HasSubstr("announces 4000000000 splats"));
  EXPECT_THAT(ErrorMessageOf([&] { Read(Gzipped(plain)); }), HasSubstr("not credible"));
  std::string table = Written(GoldenCloud(), 4);
  table.replace(8, 4, Bytes(uint32_t(4'000'000'000)));
  EXPECT_THAT(ErrorMessageOf([&] { Read(table); }), HasSubstr("not credible"));
  table = Written(GoldenCloud(), 4);
  table.replace(32 + 8, 8, Bytes(uint64_t(1) << 60));
  EXPECT_THAT(ErrorMessageOf([&] { Read(table); }), HasSubstr("stream 1 of 6 announces 1152921504606846976"));
  const std::string endless = Unpacked(Written(GoldenCloud(), 3), 16 + 3 * 29) + std::string(50'000'000, '\0');
  EXPECT_THAT(ErrorMessageOf([&] { Read(Gzipped(endless)); }), HasSubstr("go on far behind"));
}

// As bgzip, pigz -i and `cat a.gz b.gz` make them.
TEST(ReadSpz, ReadsGzipOfSeveralMembers) {
  const SplatCloud expected = Read(Written(GoldenCloud(), 3));
  const std::string plain = Unpacked(Written(GoldenCloud(), 3), 16 + 3 * 29);
  for (const size_t cut : {size_t(0), size_t(1), size_t(16), size_t(50), plain.size()}) {
    const std::string file = Gzipped(plain.substr(0, cut)) + Gzipped(plain.substr(cut));
    testing::ExpectEqualBits(Read(file), expected);
    testing::ExpectEqualBits(Read(file + std::string(600, '\0')), expected);  // as on tapes
  }
  std::string bytewise;
  for (const char byte : plain) bytewise += Gzipped(std::string(1, byte));
  testing::ExpectEqualBits(Read(bytewise), expected);
  EXPECT_THAT(ErrorMessageOf([&] { Read(Gzipped(plain.substr(0, 50)) + "hello"); }),
              HasSubstr("less than it announces"));
  std::string damaged = Gzipped(plain.substr(0, 50)) + Gzipped(plain.substr(50));
  damaged[damaged.size() - 6] = char(damaged[damaged.size() - 6] ^ 1);  // the sum of the second
  EXPECT_THAT(ErrorMessageOf([&] { Read(damaged); }), HasSubstr("its gzip data are damaged"));
}

TEST(ReadSpz, ReadsStreamsOfSeveralZstdFrames) {
  const std::string file = Written(GoldenCloud(), 4);
  const auto packed = [](const std::string& bytes) {
    ZstdWriter zstd(3);
    zstd.Write(bytes);
    return zstd.Finish();
  };
  uint64_t old_size = 0;
  std::memcpy(&old_size, file.data() + 32, 8);
  const std::string plain = FromHex(kPositions);
  const std::string skipped = FromHex("502a4d1803000000616263");  // a frame of three bytes that readers pass over
  const std::string frames = skipped + packed(plain.substr(0, 10)) + packed(plain.substr(10));
  std::string changed = file;
  changed.replace(32 + 6 * 16, size_t(old_size), frames);
  changed.replace(32, 8, Bytes(uint64_t(frames.size())));
  testing::ExpectEqualBits(Read(changed), Read(file));
}

TEST(ReadSpz, RefusesVersionsItDoesNotKnow) {
  std::string plain = Unpacked(Written(GoldenCloud(), 3), 16 + 3 * 29);
  plain[4] = 9;
  EXPECT_THAT(ErrorMessageOf([&] { Read(plain); }), HasSubstr("SPZ version 9; 1 to 4"));
  EXPECT_THAT(ErrorMessageOf([&] { Read(Gzipped("hello, this is no scene")); }),
              HasSubstr("a.spz: is no SPZ file but another one that gzip packed; unpack it first"));
}

}  // namespace
}  // namespace splat::formats
