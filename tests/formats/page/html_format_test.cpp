#include "formats/page/html_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/quaternion.h"
#include "formats/page/viewer_page.h"
#include "io/base64.h"
#include "io/read_file.h"
#include "scene/splat_transform.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::Encoded;
using ::splat::testing::ErrorMessageOf;
using ::splat::testing::ExpectEqualBits;
using ::splat::testing::ExpectOneLine;
using ::splat::testing::RandomCloud;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBytes;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

namespace fs = std::filesystem;

const std::string kData = "data:application/octet-stream;base64,";

Json BootstrapOf(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"sse-bootstrap\">";
  const size_t from = page.find(begin) + begin.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

// A page as small as one can be that has what a reader looks at.
std::string Page(const std::string& bootstrap) {
  return "<!DOCTYPE html><html><script type=\"application/json\" id=\"sse-bootstrap\">" + bootstrap +
         "</script></html>\n";
}
std::string PageWithContent(const std::string& url) {
  return Page(Json{{"settings", Json::object()}, {"contentUrl", url}}.dump());
}

SplatCloud Read(const std::string& bytes) {
  return ReadHtml(bytes, "a.html", {});
}

class Html : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasViewerPage()) GTEST_SKIP() << WhatHtmlLacks();
  }
  WrittenScene Write(const std::string& name, const ExportOptions& options = {}) {
    return WriteScene(folder_ / name, ExporterNamed("html"), AllOf(cloud_), options);
  }

  TempDir folder_;
  const SplatCloud cloud_ = RandomCloud(200, 2);
};

TEST_F(Html, HoldsExactlyTheBytesOfTheSogFile) {
  const WrittenScene written = Write("scene.html");
  EXPECT_THAT(written.files, ElementsAre(folder_ / "scene.html"));
  EXPECT_EQ(written.note, "");
  const std::string page = ReadFile(folder_ / "scene.html");
  EXPECT_EQ(page, Encoded("html", cloud_));
  const Json bootstrap = BootstrapOf(page);
  const std::string url = bootstrap["contentUrl"];
  ASSERT_THAT(url.substr(0, 60), StartsWith(kData));
  EXPECT_EQ(DecodeBase64(url.substr(kData.size())), Encoded("sog", cloud_));
  EXPECT_EQ(bootstrap["contentFilename"], "scene.sog");
}

// Its viewer takes short lengths for nothing.
TEST_F(Html, OfASceneInAnUnusualUnitHasOneOfItsOwn) {
  SplatCloud small = cloud_;
  for (float& value : small.means) value *= 1e-4f;
  for (float& value : small.log_scales) value += std::log(1e-4f);
  const std::string page = Encoded("html", small);
  const Json bootstrap = BootstrapOf(page);
  const double unit = bootstrap["settings"]["sceneFromPage"][0][0];
  EXPECT_NEAR(unit, 1e-4, 1e-12);
  EXPECT_LT(bootstrap["settings"]["cameras"][0]["initial"]["position"][2], -1);
  const testing::CloudErrors errors = testing::ErrorsBetween(Read(page), testing::InMortonOrder(small));
  EXPECT_LT(errors.mean / unit, 2e-3);
  EXPECT_LT(errors.log_scale, 0.1);
  EXPECT_LT(errors.rotation_deg, 1);
}

TEST_F(Html, InAFrameOfItsOwnIsReadInThatOfTheScene) {
  ExportOptions options;
  options.page_from_scene = Similarity3{0.5, RotationMatrix(Quaternion<double>{0.3, -0.5, 0.7, 0.2}), {1, -2, 3}};
  options.html_inline_bytes = 10;
  const WrittenScene written = Write("scene.html", options);
  EXPECT_THAT(written.files, ElementsAre(folder_ / "scene.page.sog", folder_ / "scene.html"));
  SplatCloud back = ReadScene(folder_ / "scene.html");
  SplatCloud in_page = cloud_;
  Transform(AffineOf(*options.page_from_scene), in_page);
  in_page = testing::InMortonOrder(in_page);  // as the page has them
  Transform(AffineOf(*options.page_from_scene), back);
  EXPECT_LT(testing::ErrorsBetween(back, in_page).mean, 2e-3);
}

// Without cameras the viewer looks level in the page's frame, as it would at splats that were upright from the start.
TEST_F(Html, OpensLevelInAFrameOfItsOwn) {
  ExportOptions options;
  options.page_from_scene = Similarity3{0.5, RotationMatrix(Quaternion<double>{0.3, -0.5, 0.7, 0.2}), {1, -2, 3}};
  SplatCloud upright = cloud_;
  Transform(AffineOf(*options.page_from_scene), upright);
  const Json tilted_page = BootstrapOf(Encoded("html", cloud_, options));
  const Json upright_page = BootstrapOf(Encoded("html", upright));
  for (const char* key : {"position", "target"}) {
    const Json a = tilted_page["settings"]["cameras"][0]["initial"][key];
    const Json b = upright_page["settings"]["cameras"][0]["initial"][key];
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(a[i].get<double>(), b[i].get<double>(), 1e-5) << key << i;
  }
  EXPECT_TRUE(tilted_page["settings"].contains("sceneFromPage"));
}

TEST_F(Html, WithADamagedFrameIsRefused) {
  for (const char* rows :
       {"1", "[[1,0,0,0],[0,1,0,0]]", "[[0,0,0,0],[0,0,0,0],[0,0,0,0]]", "[[1,0,0,0],[0,1,0],[0]]"}) {
    Json page = Json{{"settings", {{"sceneFromPage", Json::parse(rows)}}}, {"contentUrl", kData}};
    page["contentUrl"] = kData + EncodeBase64(Encoded("sog", cloud_));
    EXPECT_THAT(ErrorMessageOf([&] { Read(Page(page.dump())); }), HasSubstr("sceneFromPage")) << rows;
  }
}

TEST_F(Html, IsTheWholeViewerWithNothingLeftToFillIn) {
  const std::string page = Encoded("html", cloud_);
  EXPECT_TRUE(IsHtml(page));
  for (const char* text : {"@@SPLAT", "./index.js", "./index.css", "sourceMappingURL"}) {
    EXPECT_EQ(page.find(text), std::string::npos) << text;
  }
  EXPECT_THAT(page.substr(page.find("</html>")), HasSubstr("Copyright (c)"));
  EXPECT_THAT(page.substr(page.find("</html>")), HasSubstr("Permission is hereby granted"));
  EXPECT_THAT(page.substr(page.size() - 8), EndsWith("-->\n"));
}

TEST_F(Html, HasTheSettingsThatAreGiven) {
  SplatCloud cloud = cloud_;
  cloud.traits.background = Rgb{1, 1, 1};
  ExportOptions options;
  options.viewer.emplace();
  options.viewer->start = {{1, 2, 3}, {0, 0, 0}, 45};
  const Json settings = BootstrapOf(Encoded("html", cloud, options))["settings"];
  EXPECT_EQ(settings.dump(), Json::parse(SuperSplatSettings(*options.viewer, cloud.traits.background)).dump());
  EXPECT_EQ(settings["background"]["color"], Json({1, 1, 1}));
  const Json own = BootstrapOf(Encoded("html", cloud_))["settings"];
  EXPECT_EQ(own, Json::parse(SuperSplatSettings(SettingsFromSplats(AllOf(cloud_)), {})));
}

TEST_F(Html, IsReadAsItsSogFileIs) {
  Write("scene.html");
  WriteScene(folder_ / "other.sog", ExporterNamed("sog"), AllOf(cloud_));
  ExpectEqualBits(ReadScene(folder_ / "scene.html"), ReadScene(folder_ / "other.sog"));
}

TEST_F(Html, LargeSplatsLieBesideThePage) {
  ExportOptions options;
  options.html_inline_bytes = Encoded("sog", cloud_).size() - 1;
  const WrittenScene written = Write("my scene's (1).html", options);
  EXPECT_THAT(written.files, ElementsAre(folder_ / "my scene's (1).sog", folder_ / "my scene's (1).html"));
  EXPECT_THAT(written.note, HasSubstr("python3 -m http.server 8000"));
  EXPECT_THAT(written.note, HasSubstr("http://localhost:8000/my%20scene%27s%20%281%29.html"));
  EXPECT_THAT(written.note, Not(HasSubstr("\n")));
  EXPECT_EQ(ReadFile(folder_ / "my scene's (1).sog"), Encoded("sog", cloud_));
  const Json bootstrap = BootstrapOf(ReadFile(folder_ / "my scene's (1).html"));
  EXPECT_EQ(bootstrap["contentUrl"], "my%20scene%27s%20%281%29.sog");
  ExpectEqualBits(ReadScene(folder_ / "my scene's (1).html"), ReadScene(folder_ / "my scene's (1).sog"));
  fs::remove(folder_ / "my scene's (1).sog");
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder_ / "my scene's (1).html"); }),
              HasSubstr("my scene's (1).sog: cannot be read"));
  options.html_inline_bytes += 1;
  EXPECT_EQ(Write("inline.html", options).files.size(), 1u);
}

TEST_F(Html, ReplacesAFileBesideItOnlyIfToldTo) {
  ExportOptions options;
  options.html_inline_bytes = 0;
  options.overwrite_beside = false;
  WriteBytes(folder_ / "scene.sog", "precious");
  EXPECT_THAT(ErrorMessageOf([&] { Write("scene.html", options); }), HasSubstr("scene.sog: exists already"));
  EXPECT_EQ(ReadFile(folder_ / "scene.sog"), "precious");
  EXPECT_FALSE(fs::exists(folder_ / "scene.html"));
  options.overwrite_beside = true;
  Write("scene.html", options);
  options.overwrite_beside = false;
  Write("scene.html", options);  // the same content
  EXPECT_EQ(ReadFile(folder_ / "scene.sog"), Encoded("sog", cloud_));
}

TEST_F(Html, TakesASogFileThatIsThere) {
  WriteScene(folder_ / "made.sog", ExporterNamed("sog"), AllOf(cloud_));
  ExportOptions options;
  options.sog_file = folder_ / "made.sog";
  EXPECT_EQ(Encoded("html", cloud_, options), Encoded("html", cloud_));
}

TEST_F(Html, LeavesNothingBehindWhereItCannotWrite) {
  ExportOptions options;
  options.html_inline_bytes = 0;
  EXPECT_THAT(ErrorMessageOf([&] { Write("missing/scene.html", options); }), HasSubstr("missing/scene.html"));
  fs::create_directory(folder_ / "scene.sog");
  ASSERT_NE(ErrorMessageOf([&] { Write("scene.html", options); }), "");
  EXPECT_FALSE(fs::exists(folder_ / "scene.html"));
  EXPECT_TRUE(fs::is_empty(folder_ / "scene.sog"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
  const SplatCloud none;
  ExpectOneLine(ErrorMessageOf([&] { WriteScene(folder_ / "none.html", ExporterNamed("html"), AllOf(none)); }),
                folder_ / "none.html");
}

TEST_F(Html, RefusesTruncatedPages) {
  const std::string page = Encoded("html", cloud_);
  const size_t end = page.rfind("</html>");
  for (size_t size = 0; size < end; size += 9973) {
    SCOPED_TRACE(size);
    ExpectOneLine(ErrorMessageOf([&] { Read(page.substr(0, size)); }), "a.html");
  }
  ExpectOneLine(ErrorMessageOf([&] { Read(page.substr(0, end)); }), "a.html");
}

TEST(ReadHtml, RefusesOtherAndHostilePages) {
  const std::string sog = Encoded("sog", RandomCloud(5, 0));
  EXPECT_EQ(Read(PageWithContent(kData + EncodeBase64(sog))).count(), 5);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<!DOCTYPE html><html><body>Hello</body></html>", "is a page without splats"},
      {Page("null"), "no JSON"},
      {Page("{\"contentUrl\""), "no JSON"},
      {Page(std::string(100'000, '[')), "a.html: "},
      {Page("{}"), "does not say where"},
      {Page("{\"contentUrl\":7}"), "does not say where"},
      {PageWithContent(kData + "Zm9v!"), "no proper base64"},
      {PageWithContent("data:text/plain,hello"), "no proper base64"},
      {PageWithContent(kData + EncodeBase64("hello")), "no SOG file"},
      {PageWithContent(kData + EncodeBase64(sog.substr(0, sog.size() / 2))), "a.html: "},
      {PageWithContent("../secret.sog"), "lie elsewhere"},
      {PageWithContent("%2e%2e%2fsecret.sog"), "lie elsewhere"},
      {PageWithContent("https://example.com/scene.sog"), "lie elsewhere"},
      {PageWithContent(".."), "lie elsewhere"},
      {PageWithContent(""), "lie elsewhere"},
      {PageWithContent("a%2"), "lie elsewhere"},
      {PageWithContent("a%00.sog"), "lie elsewhere"},
  };
  for (const auto& [page, expected] : cases) {
    SCOPED_TRACE(page.substr(0, 200));
    const std::string message = ErrorMessageOf([&, &bytes = page] { Read(bytes); });
    ExpectOneLine(message, "a.html");
    EXPECT_THAT(message, HasSubstr(expected));
  }
}

TEST(ReadHtml, TakesTheBackgroundOfThePageIfTheSplatsSayNone) {
  Json bootstrap = {{"contentUrl", kData + EncodeBase64(Encoded("sog", RandomCloud(5, 0)))}};
  bootstrap["settings"]["background"]["color"] = {0.25, 0.5, 1};
  EXPECT_EQ(Read(Page(bootstrap.dump())).traits.background, (Rgb{0.25, 0.5, 1}));
  bootstrap["settings"]["background"]["color"] = {0, 0, 0};
  EXPECT_EQ(Read(Page(bootstrap.dump())).traits.background, std::nullopt);
  bootstrap["settings"]["background"] = 3;
  EXPECT_EQ(Read(Page(bootstrap.dump())).traits.background, std::nullopt);
}

TEST(WriteHtml, SaysWhatToDoWhereTheBuildHasNoPage) {
  EXPECT_EQ(WhatLacks(ExporterNamed("html")), WhatHtmlLacks());
  EXPECT_EQ(WhatLacks(ExporterNamed("ply")), "");
  if (HasViewerPage()) {
    EXPECT_EQ(WhatHtmlLacks(), "");
    EXPECT_THAT(ViewerPage(), HasSubstr(kSettingsMark));
    return;
  }
  EXPECT_THAT(WhatHtmlLacks(), HasSubstr("run scripts/setup.sh and build again"));
  TempDir folder;
  const SplatCloud cloud = RandomCloud(2, 0);
  EXPECT_EQ(ErrorMessageOf([&] { WriteScene(folder / "a.html", ExporterNamed("html"), AllOf(cloud)); }),
            folder / "a.html" + ": " + WhatHtmlLacks());
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace splat::formats
