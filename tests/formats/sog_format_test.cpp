#include "formats/sog_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/atomic_file.h"
#include "io/webp_image.h"
#include "io/zip_archive.h"
#include "tests/support/byte_writer.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using Json = nlohmann::json;
using ::splat::testing::CloudErrors;
using ::splat::testing::Encoded;
using ::splat::testing::ErrorMessageOf;
using ::splat::testing::ErrorsBetween;
using ::splat::testing::ExpectEqualBits;
using ::splat::testing::GoldenCloud;
using ::splat::testing::InMortonOrder;
using ::splat::testing::RandomCloud;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

SplatCloud Read(const std::string& bytes) {
  return ReadSog(bytes, "a.sog", {});
}

// The entries of an archive, to be changed and packed again.
struct Entries {
  Json meta;
  std::vector<std::pair<std::string, std::string>> images;

  explicit Entries(const std::string& file) {
    ZipReader zip(file, "a.sog");
    meta = Json::parse(zip.Read("meta.json"));
    for (const char* entry : {"means", "scales", "quats", "sh0", "shN"}) {
      if (!meta.contains(entry)) continue;
      for (const std::string name : meta[entry]["files"]) images.emplace_back(name, zip.Read(name));
    }
  }
  RgbaImage Image(const std::string& name) const {
    for (const auto& [entry, bytes] : images) {
      if (entry == name) return DecodeWebp(bytes, name);
    }
    return {};
  }
  void Replace(const std::string& name, const RgbaImage& image) {
    for (auto& [entry, bytes] : images) {
      if (entry == name) bytes = EncodeWebp(image);
    }
  }
  std::string Packed() const {
    std::ostringstream out;
    ZipWriter zip(out);
    zip.Add("meta.json", meta.dump());
    for (const auto& [name, bytes] : images) zip.Add(name, bytes);
    zip.Finish();
    return out.str();
  }
};

std::vector<int> FirstPixels(const RgbaImage& image, int count) {
  return std::vector<int>(image.bytes.begin(), image.bytes.begin() + 4 * count);
}

// The golden splats lie in the file as 2, 0, 1. Values of the images follow from the format's formulas.
TEST(WriteSog, WritesTheImagesOfTheFormat) {
  const Entries entries(Encoded("sog", GoldenCloud()));
  EXPECT_EQ(entries.meta["version"], 2);
  EXPECT_EQ(entries.meta["count"], 3);
  EXPECT_FALSE(entries.meta.contains("antialias"));
  const RgbaImage low = entries.Image("means_l.webp"), high = entries.Image("means_u.webp");
  EXPECT_EQ(low.width, 4);
  EXPECT_EQ(low.height, 4);
  // x: sign(x) ln(|x| + 1) = 0.69315, -0.91629, 0.40547 on 0 ... 65535: 65535, 0, 53821.
  const std::vector<int> low_pixels = FirstPixels(low, 3), high_pixels = FirstPixels(high, 3);
  EXPECT_THAT((std::vector<int>{low_pixels[0], low_pixels[4], low_pixels[8]}), ElementsAre(255, 0, 53821 % 256));
  EXPECT_THAT((std::vector<int>{high_pixels[0], high_pixels[4], high_pixels[8]}), ElementsAre(255, 0, 53821 / 256));
  EXPECT_THAT(FirstPixels(low, 4)[15], 255);  // not used: black and opaque
  EXPECT_NEAR(entries.meta["means"]["mins"][0], -0.91629073, 1e-7);
  EXPECT_NEAR(entries.meta["means"]["maxs"][2], std::log(3.0), 1e-7);
  // round(255 (c sqrt(1/2) + 0.5)) of the others. The largest is y, the first of two equal ones; w, of four; z.
  EXPECT_THAT(FirstPixels(entries.Image("quats.webp"), 3),
              ElementsAre(146, 109, 1, 254, 37, 218, 218, 252, 218, 146, 37, 255));
  EXPECT_THAT(entries.meta["scales"]["codebook"].size(), 256);
  EXPECT_EQ(entries.meta["scales"]["codebook"][0], -6.5);
  EXPECT_EQ(entries.meta["scales"]["codebook"][255], 0.5);
  const RgbaImage colors = entries.Image("sh0.webp");
  EXPECT_THAT((std::vector<int>{colors.Pixel(0)[3], colors.Pixel(1)[3], colors.Pixel(2)[3]}),
              ElementsAre(250, 143, 30));
  EXPECT_EQ(entries.meta["shN"]["bands"], 1);
  EXPECT_EQ(entries.meta["shN"]["count"], 2);  // the largest power of two that is not above the splats
  EXPECT_EQ(entries.Image("shN_centroids.webp").width, 64 * 3);
  EXPECT_EQ(entries.Image("shN_centroids.webp").height, 1);
}

TEST(WriteSog, EqualInputGivesEqualBytesWithAnyNumberOfThreads) {
  const SplatCloud cloud = RandomCloud(3000, 1);
  ThreadPool pool(3);
  ExportOptions options;
  const std::string expected = Encoded("sog", cloud, options);
  options.executor = &pool;
  EXPECT_EQ(Encoded("sog", cloud, options), expected);
  options.seed = 7;
  EXPECT_NE(Encoded("sog", cloud, options), expected);
}

TEST(WriteSog, PalettesGrowWithTheScene) {
  EXPECT_EQ(SogPaletteSize(1), 1);
  EXPECT_EQ(SogPaletteSize(1023), 512);
  EXPECT_EQ(SogPaletteSize(300'000), 65536);
  EXPECT_EQ(SogPaletteSize(40'000), 32768);
}

// Its steps are a share of the whole near the origin: splats far out make them coarse for small ones.
TEST(WriteSog, RefusesASceneWhoseSplatsAreSmallerThanItsSteps) {
  SplatCloud cloud = RandomCloud(100, 0);
  for (float& value : cloud.log_scales) value = std::log(1e-6f);
  EXPECT_THAT(ErrorMessageOf([&] { Encoded("sog", cloud); }), HasSubstr("SOG cannot hold"));
  for (float& value : cloud.means) value *= 1e-3f;
  EXPECT_EQ(ErrorMessageOf([&] { Encoded("sog", cloud); }), "");
}

TEST(WriteSog, RefusesAnEmptyScene) {
  EXPECT_THAT(ErrorMessageOf([] { Encoded("sog", SplatCloud(0, 0)); }), HasSubstr("no splat"));
}

class SogDegrees : public ::testing::TestWithParam<int> {};

TEST_P(SogDegrees, RoundTripStaysWithinTheSteps) {
  SplatCloud cloud = RandomCloud(2000, GetParam());
  // A scene's SH are alike in many places: 500 different ones here, which a palette of 1024 holds.
  for (size_t i = 0; i < cloud.sh_rest.size(); ++i) {
    cloud.sh_rest[i] = cloud.sh_rest[i % (size_t(cloud.sh_rest_count) * 3 * 500)];
  }
  const SplatCloud read = Read(Encoded("sog", cloud));
  const CloudErrors errors = ErrorsBetween(read, InMortonOrder(cloud));
  EXPECT_LT(errors.mean, 4 * 2 * std::log(4.0) / 65535);  // half a step, times the slope |x| + 1, and some rounding
  EXPECT_LT(errors.log_scale, 5.0 / 256);                 // evenly spread over 5
  EXPECT_LT(errors.rotation_deg, 0.9);                    // three components off by 1/255 sqrt(1/2) at most
  EXPECT_LT(errors.opacity, 0.5 / 255 + 1e-6);
  EXPECT_LT(errors.sh_dc, 0.15);  // the tails of a normal distribution have wide steps
  EXPECT_LT(errors.sh_rest, 0.05);
}

INSTANTIATE_TEST_SUITE_P(AllDegrees, SogDegrees, ::testing::Values(0, 1, 2, 3));

TEST(ReadSog, KnowsBothMarksOfAntialiasing) {
  SplatCloud cloud = RandomCloud(20, 0);
  EXPECT_EQ(Read(Encoded("sog", cloud)).traits.antialiasing, Antialiasing::kNone);
  cloud.traits.antialiasing = Antialiasing::kCompensated;
  Entries entries(Encoded("sog", cloud));
  EXPECT_EQ(entries.meta["antialias"], true);
  EXPECT_EQ(entries.meta["model"], "antialiased");
  EXPECT_EQ(Read(entries.Packed()).traits.antialiasing, Antialiasing::kCompensated);
  entries.meta.erase("antialias");
  EXPECT_EQ(Read(entries.Packed()).traits.antialiasing, Antialiasing::kCompensated);
  entries.meta.erase("model");
  EXPECT_EQ(Read(entries.Packed()).traits.antialiasing, Antialiasing::kNone);
}

TEST(ReadSog, LeavesOutSplatsWithoutARotation) {
  const SplatCloud cloud = RandomCloud(20, 0);
  Entries entries(Encoded("sog", cloud));
  RgbaImage quats = entries.Image("quats.webp");
  quats.Pixel(5)[3] = 17;
  entries.Replace("quats.webp", quats);
  const SplatCloud read = Read(entries.Packed());
  EXPECT_EQ(read.count(), 19);
  EXPECT_EQ(read.left_out, 1);
}

TEST(ReadSog, RefusesTruncationsAndDamage) {
  const std::string file = Encoded("sog", GoldenCloud());
  testing::ExpectRefusesEveryTruncation(file, "a.sog", Read);
  testing::ExpectSurvivesDamage(file, "a.sog", Read, 4000);
}

TEST(ReadSog, NamesWhatIsWrong) {
  const Entries whole(Encoded("sog", GoldenCloud()));
  const auto message = [&](const std::function<void(Entries & entries)>& change) {
    Entries entries = whole;
    change(entries);
    const std::string text = ErrorMessageOf([&] { Read(entries.Packed()); });
    testing::ExpectOneLine(text, "a.sog");
    return text;
  };
  EXPECT_THAT(message([](Entries& e) { e.meta["version"] = 3; }), HasSubstr("of SOG version 3; 1 and 2 can be read"));
  EXPECT_THAT(message([](Entries& e) { e.meta["count"] = 17; }), HasSubstr("means_l.webp has 4 x 4 px"));
  EXPECT_THAT(message([](Entries& e) { e.meta["count"] = 200'000'000; }), HasSubstr("not credible"));
  EXPECT_THAT(message([](Entries& e) { e.meta["count"] = -1; }), HasSubstr("'count'"));
  EXPECT_THAT(message([](Entries& e) { e.meta["count"] = 1e12; }), HasSubstr("'count'"));
  EXPECT_THAT(message([](Entries& e) { e.meta["scales"]["codebook"].erase(0); }), HasSubstr("256 numbers"));
  EXPECT_THAT(message([](Entries& e) { e.meta["scales"]["codebook"][3] = nullptr; }), HasSubstr("meta.json"));
  EXPECT_THAT(message([](Entries& e) { e.meta["shN"]["count"] = 1; }), HasSubstr("of a palette of 1"));
  EXPECT_THAT(message([](Entries& e) { e.meta["shN"]["count"] = 65; }), HasSubstr("shN_centroids.webp has 192 x 1"));
  EXPECT_THAT(message([](Entries& e) { e.meta["shN"]["bands"] = 2; }), HasSubstr("shN_centroids.webp has 192 x 1"));
  EXPECT_THAT(message([](Entries& e) { e.meta["shN"]["bands"] = 4; }), HasSubstr("'bands'"));
  EXPECT_THAT(message([](Entries& e) { e.meta["quats"]["files"][0] = "../quats.webp"; }),
              HasSubstr("holds no ../quats"));
  EXPECT_THAT(message([](Entries& e) { e.meta.erase("sh0"); }), HasSubstr("sh0"));
  EXPECT_THAT(message([](Entries& e) { e.meta = Json::array(); }), HasSubstr("no JSON"));
  EXPECT_THAT(message([](Entries& e) { e.images[4].second = "no image"; }), HasSubstr("is no WebP image"));
}

// A few hundred bytes that would unpack to gigabytes.
TEST(ReadSog, RefusesImagesThatUnpackToFarMore) {
  Entries entries(Encoded("sog", GoldenCloud()));
  const RgbaImage large(9000, 9000);
  entries.Replace("means_l.webp", large);
  entries.meta["count"] = 1000;
  const std::string file = entries.Packed();
  EXPECT_LT(file.size(), 20'000u);
  EXPECT_THAT(ErrorMessageOf([&] { Read(file); }), HasSubstr("not credible"));
}

// An archive of some entries under names of their own.
std::string Zipped(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::ostringstream out;
  ZipWriter zip(out);
  for (const auto& [name, bytes] : entries) zip.Add(name, bytes);
  zip.Finish();
  return out.str();
}

TEST(ReadScene, ReadsASogInAFolderOfItsArchiveOrOfTheDisk) {
  const std::string file = Encoded("sog", RandomCloud(100, 1));
  const SplatCloud expected = Read(file);
  ZipReader zip(file, "a.sog");
  std::vector<std::pair<std::string, std::string>> entries = {{"__MACOSX/scene/._meta.json", "no JSON"}};
  const ::splat::testing::TempDir folder;
  for (const std::string& name : zip.Names()) {
    const std::string bytes = zip.Read(name);
    entries.emplace_back("scene/" + name, bytes);
    WriteFileAtomically(folder / name, [&](std::ostream& out) { out << bytes; });
  }
  ExpectEqualBits(Read(Zipped(entries)), expected);
  ExpectEqualBits(Read(Zipped({{"README.txt", "a"}, {"files/scene.sog", file}})), expected);
  ExpectEqualBits(Read(Zipped({{"files\\scene.sog", file}})), expected);
  for (const std::string& before : {std::string("./"), std::string("scene\\")}) {
    auto renamed = entries;
    for (auto& [name, bytes] : renamed) name = before + name.substr(name.rfind('/') + 1);
    renamed.erase(renamed.begin());
    ExpectEqualBits(Read(Zipped(renamed)), expected);
  }
  ExpectEqualBits(ReadScene(folder / "meta.json"), expected);
  ExpectEqualBits(ReadScene(folder / ""), expected);

  EXPECT_THAT(ErrorMessageOf([&] { Read(Zipped({{"README.txt", "a"}})); }), HasSubstr("without a meta.json"));
  EXPECT_THAT(ErrorMessageOf([&] {
                Read(Zipped({{"a/meta.json", "{}"}, {"b/meta.json", "{}"}}));
              }),
              HasSubstr("holds several scenes (a/meta.json, b/meta.json)"));
  EXPECT_THAT(ErrorMessageOf([&] {
                Read(Zipped({{"a.sog", "x"}, {"b.sog", "x"}}));
              }),
              HasSubstr("holds several scenes (a.sog, b.sog)"));
  Json meta = Json::parse(zip.Read("meta.json"));
  meta["quats"]["files"][0] = "./quats.webp";
  WriteFileAtomically(folder / "meta.json", [&](std::ostream& out) { out << meta.dump(); });
  ExpectEqualBits(ReadScene(folder / "meta.json"), expected);
  for (auto& [name, bytes] : entries) {
    if (name == "scene/meta.json") bytes = meta.dump();
  }
  ExpectEqualBits(Read(Zipped(entries)), expected);
  meta["quats"]["files"][0] = "../quats.webp";
  WriteFileAtomically(folder / "meta.json", [&](std::ostream& out) { out << meta.dump(); });
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder / ""); }), HasSubstr("not one beside it"));
}

}  // namespace
}  // namespace splat::formats
