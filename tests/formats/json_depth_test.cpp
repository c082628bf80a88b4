// Every reader of JSON refuses what nests too deep, in one line, before anything walks through it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "formats/scene_transform_file.h"
#include "io/atomic_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Json, ThatNestsTooDeepIsRefusedByEveryReader) {
  const ::splat::testing::TempDir folder;
  const std::string path = folder / "deep.json";
  const auto refuses = [&](const std::string& head, const auto& read) {
    WriteFileAtomically(path, [&](std::ostream& out) { out << head << std::string(300000, '['); });
    EXPECT_THAT(ErrorMessageOf([&] { read(path); }), AllOf(HasSubstr(path), HasSubstr("deep")));
  };
  refuses("", [](const std::string& file) { ReadInriaCameras(file); });
  refuses("", [](const std::string& file) { ReadSceneTransform(file); });
  refuses(R"({"asset": 1, "meshes": )", [](const std::string& file) { ReadScene(file); });
  refuses(R"({"means": 1, "quats": 1, "sh0": )", [](const std::string& file) { ReadScene(file); });
}

}  // namespace
}  // namespace splat::formats
