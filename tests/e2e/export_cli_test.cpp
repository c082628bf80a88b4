// splat-export from its command line: conversions, what they keep, and one clear line for everything that cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "formats/inria_cameras.h"
#include "io/atomic_file.h"
#include "io/file_lock.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/process.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat {
namespace {

using formats::ReadScene;
using ::splat::testing::AllOf;
using ::splat::testing::ErrorsBetween;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RandomCloud;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::splat::testing::WithBrokenFile;
using ::splat::testing::WriteBytes;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace fs = std::filesystem;

const char* const kExport = SPLAT_BINARY_DIR "/apps/splat-export";

class SplatExport : public ::testing::Test {
 protected:
  void SetUp() override { formats::WriteScene(scene_, formats::ExporterNamed("ply"), AllOf(cloud_)); }

  ProcessOutput Run(const std::string& input, const std::string& output, const std::vector<std::string>& further = {}) {
    std::vector<std::string> command = {kExport, input, output};
    command.insert(command.end(), further.begin(), further.end());
    return RunProgram(command);
  }
  // Converts the scene and reads the result.
  SplatCloud Converted(const std::string& name, const std::vector<std::string>& further = {}) {
    const ProcessOutput output = Run(scene_, folder_ / name, further);
    EXPECT_EQ(output.exit_code, 0) << output.err;
    EXPECT_EQ(output.err, "");
    return ReadScene(folder_ / name);
  }
  void ExpectRefusal(const ProcessOutput& output, const std::string& expected) {
    EXPECT_EQ(output.exit_code, 1) << output.out;
    EXPECT_THAT(output.err, StartsWith("splat-export: error: "));
    EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
    EXPECT_THAT(output.err, HasSubstr(expected));
  }

  TempDir folder_;
  const SplatCloud cloud_ = RandomCloud(400, 3);
  const std::string scene_ = folder_ / "my scene (1).ply";
  const bool has_page_ = formats::WhatLacks(formats::ExporterNamed("html")).empty();
};

TEST_F(SplatExport, EveryFormatLeadsToEveryOther) {
  std::vector<std::string> formats = {"ply", "compressed.ply", "splat", "spz", "sog", "glb"};
  if (has_page_) formats.emplace_back("html");
  for (const std::string& first : formats) {
    const std::string between = folder_ / ("between." + first);
    ASSERT_EQ(Run(scene_, between).exit_code, 0);
    for (const std::string& second : formats) {
      SCOPED_TRACE(first + " to " + second);
      const std::string last = folder_ / ("last." + second);
      EXPECT_EQ(Run(between, last, {"--overwrite", "--quiet"}).exit_code, 0);
      const SplatCloud read = ReadScene(last);
      EXPECT_EQ(read.count(), 400);
      const bool has_sh = first != "splat" && second != "splat";
      EXPECT_EQ(read.sh_rest_count, has_sh ? 15 : 0);
    }
  }
}

TEST_F(SplatExport, SaysWhatItDid) {
  const ProcessOutput output = Run(scene_, folder_ / "scene.spz");
  EXPECT_THAT(output.out, HasSubstr("my scene (1).ply: 400 splats, SH degree 3"));
  EXPECT_THAT(output.out, HasSubstr("scene.spz: 400 splats, SH degree 3"));
  EXPECT_THAT(output.out, HasSubstr("Read back and drawn in 4 views: "));
  EXPECT_THAT(Run(scene_, folder_ / "a.spz", {"--no-check"}).out, Not(HasSubstr("Read back")));
  EXPECT_EQ(Run(scene_, folder_ / "b.spz", {"--quiet"}).out, "");
  const ProcessOutput help = RunProgram({kExport, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text :
       {"--no-check", "--sh-degree", "--max-gaussians", "--crop", "--morton", "--mobile", "--spz-version",
        "--spz-frame", "--background", ".compressed.ply", ".sog", ".html", ".ksplat"}) {
    EXPECT_THAT(help.out, HasSubstr(text));
  }
}

TEST_F(SplatExport, KeepsOnlyWhatIsAskedFor) {
  EXPECT_EQ(Converted("degree.ply", {"--sh-degree", "1"}).sh_rest_count, 3);
  EXPECT_EQ(Converted("few.ply", {"--max-gaussians", "37"}).count(), 37);
  const SplatCloud box = Converted("box.ply", {"--crop", "box:-1,-3,-3,1,3,3"});
  const SplatCloud sphere = Converted("sphere.ply", {"--crop", "sphere:0,0,0,2"});
  EXPECT_GT(box.count(), 50);
  EXPECT_LT(box.count(), 250);
  for (int64_t i = 0; i < box.count(); ++i) EXPECT_LE(std::abs(box.means[size_t(3 * i)]), 1);
  EXPECT_GT(sphere.count(), 20);
  for (int64_t i = 0; i < sphere.count(); ++i) {
    EXPECT_LE(std::hypot(sphere.means[size_t(3 * i)], sphere.means[size_t(3 * i + 1)], sphere.means[size_t(3 * i + 2)]),
              2);
  }
  const SplatCloud mobile = Converted("mobile.ply", {"--mobile"});
  EXPECT_EQ(mobile.count(), 400);
  EXPECT_EQ(mobile.sh_rest_count, 3);
  EXPECT_NE(mobile.means, cloud_.means);  // in Morton order
  EXPECT_EQ(mobile.means, Converted("morton.ply", {"--morton"}).means);
  EXPECT_EQ(Converted("own.ply", {"--mobile", "--sh-degree", "2", "--max-gaussians", "9"}).sh_rest_count, 8);
}

TEST_F(SplatExport, GoesOnWithoutCamerasOfAnotherKind) {
  WriteFileAtomically(folder_ / "cameras.json", [](std::ostream& out) { out << "{\"cameras\": 1}"; });
  const ProcessOutput output = Run(scene_, folder_ / "scene.ply");
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.err, HasSubstr("cameras.json: is no list of cameras in JSON; going on without cameras"));
}

TEST_F(SplatExport, CropsAroundTheCamerasBesideTheScene) {
  NamedCamera left, right;
  left.name = "a";
  right.name = "b";
  for (NamedCamera* named : {&left, &right}) {
    named->camera = {64, 48, 50, 50, 32, 24, {Identity3<double>(), {0, 0, 0}}};
  }
  left.camera.camera_from_world.translation = {0.5, 0, 0};  // at x = -0.5
  right.camera.camera_from_world.translation = {-0.5, 0, 0};
  formats::WriteInriaCameras(folder_ / "cameras.json", {left, right});
  const SplatCloud cropped = Converted("auto.ply", {"--crop", "auto"});  // within 1.5 of the origin
  EXPECT_EQ(cropped.count(), Converted("sphere.ply", {"--crop", "sphere:0,0,0,1.5"}).count());
  EXPECT_GT(cropped.count(), 0);
  EXPECT_THAT(Run(scene_, folder_ / "said.ply", {"--crop", "auto"}).out,
              HasSubstr("around the cameras of the cameras.json beside it"));
  const std::string elsewhere = folder_ / "elsewhere.json";
  fs::rename(folder_ / "cameras.json", elsewhere);
  const ProcessOutput named = Run(scene_, folder_ / "named.ply", {"--crop", "auto", "--cameras", elsewhere});
  EXPECT_THAT(named.out, HasSubstr("around the cameras of " + elsewhere));
  EXPECT_EQ(ReadScene(folder_ / "named.ply").count(), cropped.count());
  EXPECT_EQ(Converted("most.ply", {"--crop", "auto"}).count(), 400);  // no strays
}

TEST_F(SplatExport, APageOpensAtTheFirstTrainingCameraBesideTheScene) {
  if (!has_page_) {
    ExpectRefusal(Run(scene_, folder_ / "out.html"), "run scripts/setup.sh and build again");
    return;
  }
  const std::string first_camera = "\"position\":[1.0,2.0,4.0]";  // turned about z
  Converted("bounds.html");
  EXPECT_EQ(ReadFile(folder_ / "bounds.html").find(first_camera), std::string::npos);
  NamedCamera held_out, training;
  for (NamedCamera* named : {&held_out, &training}) {
    named->camera = {64, 48, 50, 50, 32, 24, {Identity3<double>(), {0, 0, 4}}};
  }
  held_out.name = "a";
  held_out.split = Split::kTest;
  training.name = "b";
  training.camera.camera_from_world.translation = {1, 2, -4};  // at (-1, -2, 4)
  formats::WriteInriaCameras(folder_ / "cameras.json", {held_out, training});
  Converted("cameras.html");
  EXPECT_NE(ReadFile(folder_ / "cameras.html").find(first_camera), std::string::npos);
}

TEST_F(SplatExport, RecordsTheBackground) {
  EXPECT_EQ(Converted("none.ply").traits.background, std::nullopt);
  EXPECT_EQ(Converted("white.ply", {"--background", "white"}).traits.background, (Rgb{1, 1, 1}));
  ASSERT_EQ(Run(folder_ / "white.ply", folder_ / "kept.sog").exit_code, 0);
  EXPECT_EQ(ReadScene(folder_ / "kept.sog").traits.background, (Rgb{1, 1, 1}));
  ASSERT_EQ(Run(folder_ / "kept.sog", folder_ / "other.glb", {"--background", "0.5,0,1"}).exit_code, 0);
  EXPECT_EQ(ReadScene(folder_ / "other.glb").traits.background, (Rgb{0.5, 0, 1}));
}

TEST_F(SplatExport, WritesTheVersionAndFrameOfSpzThatIsAskedFor) {
  EXPECT_THAT(Converted("v4.spz", {"--spz-version", "4"}).count(), 400);
  EXPECT_THAT(ReadFile(folder_ / "v4.spz"), StartsWith("NGSP\x04"));
  const SplatCloud rub = Converted("rub.spz", {"--spz-frame", "rub"});
  EXPECT_NEAR(rub.means[1], -cloud_.means[1], 1e-3);
  EXPECT_EQ(Run(folder_ / "rub.spz", folder_ / "back.ply", {"--spz-input-frame", "rub"}).exit_code, 0);
  EXPECT_LT(ErrorsBetween(ReadScene(folder_ / "back.ply"), cloud_).mean, 1e-3);
}

TEST_F(SplatExport, SaysWhichOptionsAreForAnotherFormat) {
  const ProcessOutput output = Run(scene_, folder_ / "a.splat", {"--spz-version", "2", "--seed", "1"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.err, HasSubstr("--spz-version does nothing here: it is for the case that OUT is .spz"));
  EXPECT_THAT(output.err, HasSubstr("--seed does nothing here: it is for the case that OUT is .sog or .html"));
  EXPECT_THAT(Run(scene_, folder_ / "b.splat", {"--spz-input-frame", "rub"}).err, HasSubstr("that IN is .spz"));
  const std::string lost = Run(scene_, folder_ / "c.splat", {"--background", "white", "--sh-degree", "2"}).err;
  EXPECT_THAT(lost, HasSubstr("--background does nothing here: .splat has no place for it"));
  EXPECT_THAT(lost, HasSubstr("--sh-degree does nothing here: .splat holds no higher degree than 0"));
  EXPECT_EQ(Run(scene_, folder_ / "c.ply", {"--background", "white", "--sh-degree", "2"}).err, "");
  EXPECT_EQ(Run(scene_, folder_ / "a.spz", {"--spz-version", "2", "--spz-frame", "rub"}).err, "");
  EXPECT_EQ(Run(folder_ / "a.spz", folder_ / "a.sog", {"--spz-input-frame", "rub", "--seed", "1"}).err, "");
}

TEST_F(SplatExport, SogIsTheSameForAnyNumberOfThreads) {
  Converted("one.sog", {"--threads", "1"});
  Converted("three.sog", {"--threads", "3"});
  EXPECT_EQ(ReadFile(folder_ / "one.sog"), ReadFile(folder_ / "three.sog"));
}

TEST_F(SplatExport, ConvertsTheFilesOfOtherTools) {
  SPLAT_TEST_DATA_OR_SKIP(with_space, "splats/kacytran/model (1).splat");
  SPLAT_TEST_DATA_OR_SKIP(version4, "splats/playcanvas/biker.spz");
  SPLAT_TEST_DATA_OR_SKIP(ksplat, "splats/splat_transform_fixtures/minimal.ksplat");
  for (const std::string& path : {with_space, version4, ksplat}) {
    EXPECT_EQ(Run(path, folder_ / "out.ply", {"--overwrite"}).exit_code, 0) << path;
    EXPECT_EQ(ReadScene(folder_ / "out.ply").count(), ReadScene(path).count());
  }
}

TEST_F(SplatExport, RefusesWhatCannotBe) {
  const std::string out = folder_ / "out.ply";
  ExpectRefusal(RunProgram({kExport}), "required");
  ExpectRefusal(Run(folder_ / "none.ply", out), "none.ply: cannot be read");
  ExpectRefusal(Run(scene_, folder_ / "out.obj"), "out.obj: its name ends in none of the formats");
  ExpectRefusal(Run(scene_, out, {"--background", "pink"}), "'pink' is not allowed; use black, white");
  ExpectRefusal(Run(scene_, folder_ / "out.ksplat"), ".sog, .glb");
  ExpectRefusal(Run(scene_, folder_ / "nothing/out.ply"), "nothing/out.ply: the folder does not exist");
  ExpectRefusal(Run(scene_, out, {"--sh-degree", "4"}), "from 0 to 3");
  ExpectRefusal(Run(scene_, out, {"--max-gaussians", "0"}), "from 1");
  ExpectRefusal(Run(scene_, out, {"--spz-version", "1"}), "2, 3, 4");
  ExpectRefusal(Run(scene_, out, {"--spz-frame", "luf"}), "raw, rub");
  ExpectRefusal(Run(scene_, out, {"--crop", "sphere:0,0,0"}), "sphere:x,y,z,r");
  ExpectRefusal(Run(scene_, out, {"--crop", "sphere:0,0,0,nan"}), "sphere:x,y,z,r");
  ExpectRefusal(Run(scene_, out, {"--crop", "box:1,0,0,0,1,1"}), "is empty");
  ExpectRefusal(Run(scene_, out, {"--crop", "sphere:100,0,0,1"}), "no splat is left");
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(SplatExport, KeepsAFileThatExistsUnlessToldOtherwise) {
  WriteBytes(folder_ / "out.spz", "precious");
  ExpectRefusal(Run(scene_, folder_ / "out.spz"), "--overwrite");
  EXPECT_EQ(ReadFile(folder_ / "out.spz"), "precious");
  EXPECT_EQ(Run(scene_, folder_ / "out.spz", {"--overwrite"}).exit_code, 0);
  EXPECT_EQ(ReadScene(folder_ / "out.spz").count(), 400);
  EXPECT_EQ(Run(scene_, scene_, {"--overwrite", "--sh-degree", "0"}).exit_code, 0);  // onto itself
  EXPECT_EQ(ReadScene(scene_).sh_rest_count, 0);
}

TEST_F(SplatExport, ClearsAwayWhatKilledExportsLeft) {
  const std::string lock = LockOfFile(folder_ / "other.sog"), half = folder_ / ".splat-tmp-0123456789abcdef.sog";
  WriteBytes(lock, "99999999 splat-export\n");
  WriteBytes(half, "half");
  Converted("a.ply");
  EXPECT_FALSE(fs::exists(lock));
  EXPECT_FALSE(fs::exists(half));
}

TEST_F(SplatExport, DamagedFilesEndInOneLineAndLeaveNothing) {
  const std::string bytes = ReadFile(scene_);
  WriteBytes(folder_ / "cut.ply", bytes.substr(0, bytes.size() / 2));
  ExpectRefusal(Run(folder_ / "cut.ply", folder_ / "out.sog"), "cut.ply: announces 400 rows");
  WriteBytes(folder_ / "empty.spz", "");
  ExpectRefusal(Run(folder_ / "empty.spz", folder_ / "out.sog"), "empty.spz: has only 0 bytes");
  WriteBytes(folder_ / "empty.splat", "");
  ExpectRefusal(Run(folder_ / "empty.splat", folder_ / "out.sog"), "empty.splat: holds no splat");
  EXPECT_FALSE(fs::exists(folder_ / "out.sog"));
}

TEST_F(SplatExport, AFileThatIsBrokenOnTheWayIsAnError) {
  for (const char* format :
       {"ply", "compressed.ply", "spz", "glb"}) {  // .splat begins with the splats that matter most
    const std::string name = std::string("out.") + format;
    const ProcessOutput output = RunProgram(WithBrokenFile({kExport, scene_, folder_ / name}, name));
    ExpectRefusal(output, folder_ / name);
    // With --no-check the file is written and not looked at.
    const std::vector<std::string> unchecked = {kExport, scene_, folder_ / name, "--overwrite", "--no-check"};
    EXPECT_EQ(RunProgram(WithBrokenFile(unchecked, name)).exit_code, 0) << format;
  }
}

TEST_F(SplatExport, AFullDiskLeavesNoBrokenFile) {
  for (const char* format : {"ply", "compressed.ply", "splat", "spz", "sog", "glb", "html"}) {
    if (!has_page_ && format == std::string("html")) continue;
    const std::string out = folder_ / "full." + format;
    // A limit on the size of files makes writes fail in the middle, as a full disk does.
    const std::string script =
        std::string("trap '' XFSZ; ulimit -f 4; exec '") + kExport + "' '" + scene_ + "' '" + out + "'";
    ExpectRefusal(RunProgram({"bash", "-c", script}), out);
    EXPECT_FALSE(fs::exists(out)) << format;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace splat
