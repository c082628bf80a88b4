// What of an export is read, left and refused; tests/capture/exported_cameras_test.cpp has the conventions.
#include "data/poses/metashape_reader.h"
#include "core/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Names = std::vector<std::string>;

const char* const kCalibration =
    "<calibration type=\"frame\" class=\"adjusted\"><resolution width=\"40\" height=\"30\"/><f>50</f></calibration>";

std::string Sensor(int id, const std::string& inside = kCalibration, const std::string& type = "frame") {
  return StrCat("<sensor id=\"", id, "\" label=\"lens\" type=\"", type, "\">", inside, "</sensor>");
}

// A camera at (x, 0, 0) of its chunk; `further` are attributes.
std::string Camera(const std::string& label, int x = 0, const std::string& further = "sensor_id=\"0\"") {
  return StrCat("<camera id=\"9\" label=\"", label, "\" ", further, "><transform>1 0 0 ", x,
                " 0 1 0 0\n 0 0 1 0 0 0 0 1</transform></camera>");
}

std::string Component(int id, const std::string& inside) {
  return StrCat("<component id=\"", id, "\">", inside, "</component>");
}

struct Chunk {
  std::string cameras;
  std::string sensors = Sensor(0);
  std::string components = "";
};

std::string Text(const Chunk& chunk) {
  return StrCat("<chunk label=\"c\" enabled=\"1\"><sensors>", chunk.sensors, "</sensors><components>", chunk.components,
                "</components><cameras>", chunk.cameras, "</cameras></chunk>");
}

class MetashapeReader : public ::testing::Test {
 protected:
  SceneDescription ReadChunks(const std::string& chunks) const {
    WriteBytes(folder_ / "cameras.xml",
               "<?xml version=\"1.0\"?>\r\n<document version=\"1.5.0\">" + chunks + "</document>");
    return ReadMetashape(folder_ / "cameras.xml", "/photos");
  }
  SceneDescription Read(const Chunk& chunk) const { return ReadChunks(Text(chunk)); }
  std::string ErrorOf(const Chunk& chunk) const {
    std::string message = ErrorMessageOf([&] { Read(chunk); });
    EXPECT_THAT(message, AllOf(HasSubstr(folder_ / "cameras.xml"), Not(HasSubstr("\n"))));
    return message;
  }
  static Names NamesOf(const SceneDescription& scene) {
    Names names;
    for (const PosedPhoto& photo : scene.photos) names.push_back(photo.name);
    return names;
  }

  TempDir folder_;
};

TEST_F(MetashapeReader, CamerasOfGroupsAreReadAndThoseNotAlignedOrDisabledAreNamed) {
  const SceneDescription scene =
      Read({"<group id=\"0\" label=\"left\">" + Camera("b", 2) + "<group label=\"deep\">" + Camera("c.d", 3) +
            "</group></group>" + Camera("a.JPG", 1) + Camera("off", 4, "sensor_id=\"0\" enabled=\"false\"") +
            "<camera label=\"lost 1\" sensor_id=\"0\"/><camera label=\"lost 2\" sensor_id=\"0\"/>"});
  EXPECT_THAT(NamesOf(scene), ElementsAre("a.JPG", "b", "c.d"));
  EXPECT_EQ(scene.photos[1].camera_from_world.translation.x, -2);
  EXPECT_EQ(scene.photos[0].intrinsics.model, CameraModel::kPinhole);
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(50, 50, 20, 15));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 cameras not aligned and left out: lost 1, lost 2"),
                                          HasSubstr("1 camera disabled and left out: off")));
}

TEST_F(MetashapeReader, EachPhotoHasTheLensOfItsSensor) {
  const std::string wide =
      "<resolution width=\"80\" height=\"60\"/><calibration class=\"adjusted\"><f>20</f><cx>1.5</cx><cy>-2</cy>"
      "<b1>0.5</b1><k1>0.1</k1></calibration>";
  const SceneDescription scene =
      Read({Camera("a", 0, "sensor_id=\"7\"") + Camera("b"), Sensor(0) + Sensor(7, wide) + Sensor(8, "", "fisheye")});
  EXPECT_EQ(scene.photos[0].intrinsics.model, CameraModel::kBrown);
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(20.5, 20, 41.5, 28, 0.1, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(scene.photos[1].intrinsics.width, 40);
  EXPECT_THAT(scene.warnings, IsEmpty()) << "of a sensor that has no photo";
}

TEST_F(MetashapeReader, LabelsThatSeveralCamerasHaveGetTheirGroup) {
  const std::string in_groups = "<group label=\"100MEDIA\">" + Camera("DJI_1") + "</group><group label=\"101MEDIA\">" +
                                Camera("DJI_1", 1) + Camera("DJI_2") + "</group>";
  EXPECT_THAT(NamesOf(Read({in_groups})), ElementsAre("100MEDIA/DJI_1", "101MEDIA/DJI_1", "DJI_2"));
  const SceneDescription scene = Read({Camera("DJI_1") + Camera("DJI_1", 1) + Camera("DJI_2")});
  EXPECT_THAT(NamesOf(scene), ElementsAre("DJI_2"));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 cameras have a label that others have, too")));
}

TEST_F(MetashapeReader, ComponentsArePutTogetherByTheirTransforms) {
  const std::string placed =
      "<transform><rotation>0 -1 0 1 0 0 0 0 1</rotation><translation>10 0 0</translation>"
      "<scale>2</scale></transform>";
  const std::string cameras = Camera("a", 1, "sensor_id=\"0\" component_id=\"0\"") +
                              Camera("b", 1, "sensor_id=\"0\" component_id=\"1\"") +
                              Camera("c", 2, "sensor_id=\"0\" component_id=\"1\"");
  const auto center_of = [](const PosedPhoto& photo) { return CameraCenterInWorld(photo.camera_from_world); };
  SceneDescription scene =
      Read({cameras, Sensor(0), Component(0, placed) + Component(1, "<transform><scale>3</scale></transform>")});
  EXPECT_THAT(NamesOf(scene), ElementsAre("a", "b", "c"));
  EXPECT_NEAR(center_of(scene.photos[0]).x, 10, 1e-12);
  EXPECT_NEAR(center_of(scene.photos[0]).y, 2, 1e-12);
  EXPECT_NEAR(center_of(scene.photos[2]).x, 6, 1e-12);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 components, which were put together")));
  scene = Read({cameras, Sensor(0), Component(0, placed) + Component(1, "")});
  EXPECT_THAT(NamesOf(scene), ElementsAre("a"));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 cameras are in components without a place")));
  scene = Read({cameras, Sensor(0), Component(0, "") + Component(1, "")});
  EXPECT_THAT(NamesOf(scene), ElementsAre("b", "c")) << "the largest, where none has a place";
}

TEST_F(MetashapeReader, TheChunkWithTheMostAlignedCamerasIsTaken) {
  const SceneDescription scene = ReadChunks(Text({Camera("a")}) + Text({Camera("b") + Camera("c")}) + Text({""}));
  EXPECT_THAT(NamesOf(scene), ElementsAre("b", "c"));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("3 chunks")));
}

TEST_F(MetashapeReader, WhatIsNotHandledIsRefusedByName) {
  for (const char* type : {"fisheye", "equisolid_fisheye", "spherical", "cylindrical", "rpc"}) {
    EXPECT_THAT(ErrorOf({Camera("a"), Sensor(0, kCalibration, type)}),
                AllOf(HasSubstr("sensor 0 ('lens')"), HasSubstr(type), HasSubstr("not handled")));
  }
  const auto calibrated = [](const std::string& inside) {
    return Sensor(0, "<resolution width=\"40\" height=\"30\"/><calibration>" + inside + "</calibration>");
  };
  EXPECT_THAT(ErrorOf({Camera("a"), calibrated("<f>50</f><p3>0.1</p3>")}), HasSubstr("coefficient p3"));
  EXPECT_THAT(ErrorOf({Camera("a"), calibrated("<fx>50</fx>")}), HasSubstr("no focal length <f>"));
  EXPECT_THAT(ErrorOf({Camera("a"), calibrated("<f>0</f>")}), HasSubstr("focal length 0 is not positive"));
  EXPECT_THAT(ErrorOf({Camera("a"), calibrated("<f>5o</f>")}), HasSubstr("'5o' in <f>"));
  EXPECT_THAT(ErrorOf({Camera("a"), Sensor(0, "")}), HasSubstr("has no calibration"));
  EXPECT_THAT(ErrorOf({Camera("a"), Sensor(1)}), HasSubstr("its sensor is not in the file"));
}

TEST_F(MetashapeReader, ACameraWithoutItsSensorOrItsLabelLeavesTheOthers) {
  const SceneDescription scene = Read({Camera("a") + Camera("b", 1, "sensor_id=\"7\"") + Camera("") + Camera("")});
  ASSERT_EQ(NamesOf(scene), Names({"a", "b"}));
  EXPECT_EQ(scene.photos[0].problem, "");
  EXPECT_THAT(scene.photos[1].problem, AllOf(HasSubstr("camera 9 ('b')"), HasSubstr("its sensor is not in the file")));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 cameras without a label that names a photo and left out")));
  EXPECT_THAT(ErrorOf({Camera("")}), HasSubstr("none of its cameras has a label of its own"));
}

TEST_F(MetashapeReader, ASensorThatIsNotHandledLeavesThePhotosOfOthers) {
  const SceneDescription scene = Read({Camera("a") + Camera("b", 1, "sensor_id=\"1\"") + Camera("c", 2),
                                       Sensor(0) + Sensor(1, kCalibration, "spherical")});
  ASSERT_EQ(scene.photos.size(), 3u);
  EXPECT_EQ(scene.photos[0].problem, "");
  EXPECT_THAT(scene.photos[1].problem, AllOf(HasSubstr("sensor 1 ('lens')"), HasSubstr("spherical")));
  EXPECT_EQ(scene.photos[2].problem, "");
}

TEST_F(MetashapeReader, EveryBeginningOfAFileIsRefusedInOneLine) {
  const std::string whole = "<?xml version=\"1.0\"?>\n<document><!-- c -->" +
                            Text({"<group label=\"&amp;\">" + Camera("a") + "</group>", Sensor(0),
                                  Component(0, "<transform><rotation>1 0 0 0 1 0 0 0 1</rotation></transform>")}) +
                            "</document>";
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteBytes(folder_ / "cameras.xml", whole.substr(0, size));
    const std::string message = ErrorMessageOf([&] { ReadMetashape(folder_ / "cameras.xml", ""); });
    ASSERT_THAT(message, AllOf(HasSubstr(folder_ / "cameras.xml"), Not(HasSubstr("\n")))) << size;
  }
}

TEST_F(MetashapeReader, DamagedFilesAreRefused) {
  EXPECT_THAT(ErrorOf({"<camera label=\"a\" sensor_id=\"0\"/>"}), HasSubstr("none of its 1 cameras is aligned"));
  EXPECT_THAT(ErrorOf({"<camera label=\"a\" sensor_id=\"0\"><transform>1 0 0</transform></camera>"}),
              HasSubstr("<transform> has 3 numbers, not 16"));
  EXPECT_THAT(
      ErrorOf({"<camera label=\"a\" sensor_id=\"0\"><transform>1 0 0 0 0 1 0 0 0 0 -1 0 0 0 0 1</transform></camera>"}),
      HasSubstr("mirrored"));
  WriteBytes(folder_ / "cameras.xml", "<document><chunk><cameras>");
  EXPECT_THAT(ErrorMessageOf([&] { ReadMetashape(folder_ / "cameras.xml", ""); }), HasSubstr("not valid XML"));
  WriteBytes(folder_ / "cameras.xml", "<metadata/>");
  EXPECT_THAT(ErrorMessageOf([&] { ReadMetashape(folder_ / "cameras.xml", ""); }), HasSubstr("no export of cameras"));
  EXPECT_FALSE(IsMetashapeXml(folder_ / "cameras.xml"));
}

}  // namespace
}  // namespace splat::data
