#include "formats/gltf_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/atomic_file.h"
#include "io/base64.h"
#include "tests/support/byte_writer.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using Json = nlohmann::json;
using ::splat::testing::Bytes;
using ::splat::testing::CloudErrors;
using ::splat::testing::Encoded;
using ::splat::testing::ErrorMessageOf;
using ::splat::testing::ErrorsBetween;
using ::splat::testing::ExpectEqualBits;
using ::splat::testing::FromHex;
using ::splat::testing::GoldenCloud;
using ::splat::testing::RandomCloud;
using ::testing::HasSubstr;

SplatCloud Read(const std::string& bytes) {
  return ReadGlb(bytes, "a.glb", {});
}

// A .glb file in its two parts.
struct Parts {
  Json json;
  std::string binary;
};
Parts PartsOf(const std::string& file) {
  uint32_t json_size;
  std::memcpy(&json_size, file.data() + 12, 4);
  return {Json::parse(file.substr(20, json_size)), file.substr(28 + json_size)};
}
std::string Joined(const Parts& parts) {
  std::string text = parts.json.dump();
  text.resize((text.size() + 3) / 4 * 4, ' ');
  return "glTF" + Bytes(uint32_t(2)) + Bytes(uint32_t(28 + text.size() + parts.binary.size())) +
         Bytes(uint32_t(text.size())) + "JSON" + text + Bytes(uint32_t(parts.binary.size())) + std::string("BIN\0", 4) +
         parts.binary;
}

TEST(WriteGlb, WritesTheAttributesOfAnIndependentWriter) {
  const std::string file = Encoded("glb", GoldenCloud());
  uint32_t head[3];
  std::memcpy(head, file.data(), 12);
  EXPECT_EQ(head[0], 0x46546C67u);
  EXPECT_EQ(head[1], 2u);
  EXPECT_EQ(head[2], file.size());
  EXPECT_EQ(file.size() % 4, 0u);
  const Parts parts = PartsOf(file);
  EXPECT_EQ(
      parts.binary,
      FromHex("0000c0bf000080be000000c00000003f0000803f000040bf0000803f000000c0000040405e11b28f0a37491ed5e802fa"
              "000000bf000000bf000000bf0000003fcdcccc3d0000003f333333bf0000003fcdccccbd333333bf3333333fcdcccc3d"
              "ae0a963cffc9dc3b0c0fc53a2e1ca83db4d11e3db25abc3e4c09d33f98451b3f0000803fcdea0f3fa920f43d41657b3f"
              "0000003f000040bf0000a03f000080bf000000000000803e0000c03f0000d03f0000c0bf000000be0000803e000000bf"
              "00000080000080bd0000003e0000e03e0000e0be000040be0000803d000040bf0000a0be000080be0000c03e000000bf"
              "0000403e000010bf0000103f0000003d000000bf0000703f000020bf0000303f000050bf0000503f000070bf00000000"));
}

TEST(WriteGlb, DescribesThemAsTheExtensionWants) {
  const Json json = PartsOf(Encoded("glb", GoldenCloud())).json;
  EXPECT_EQ(json["asset"]["version"], "2.0");
  EXPECT_EQ(json["extensionsUsed"], Json({"KHR_gaussian_splatting"}));
  EXPECT_EQ(json["nodes"], Json::parse(R"([{"mesh": 0}])"));
  const Json& primitive = json["meshes"][0]["primitives"][0];
  EXPECT_EQ(primitive["mode"], 0);
  EXPECT_EQ(primitive["extensions"]["KHR_gaussian_splatting"],
            Json::parse(R"({"kernel": "ellipse", "colorSpace": "srgb_rec709_display", "projection": "perspective",
                            "sortingMethod": "cameraDistance"})"));
  EXPECT_EQ(primitive["attributes"], Json::parse(R"({"POSITION": 0, "COLOR_0": 1, "KHR_gaussian_splatting:ROTATION": 2,
                            "KHR_gaussian_splatting:SCALE": 3, "KHR_gaussian_splatting:OPACITY": 4,
                            "KHR_gaussian_splatting:SH_DEGREE_0_COEF_0": 5,
                            "KHR_gaussian_splatting:SH_DEGREE_1_COEF_0": 6,
                            "KHR_gaussian_splatting:SH_DEGREE_1_COEF_1": 7,
                            "KHR_gaussian_splatting:SH_DEGREE_1_COEF_2": 8})"));
  EXPECT_EQ(json["accessors"][0], Json::parse(R"({"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
                                                  "min": [-1.5, -2, -2], "max": [1, 1, 3]})"));
  EXPECT_EQ(json["accessors"][1], Json::parse(R"({"bufferView": 1, "componentType": 5121, "count": 3, "type": "VEC4",
                                                  "normalized": true})"));
  EXPECT_EQ(json["bufferViews"][2], Json::parse(R"({"buffer": 0, "byteOffset": 48, "byteLength": 48,
                                                    "target": 34962})"));
  EXPECT_EQ(json["buffers"][0]["byteLength"], 288);
}

class GlbDegrees : public ::testing::TestWithParam<int> {};

TEST_P(GlbDegrees, RoundTripIsLosslessButForActivation) {
  const SplatCloud cloud = RandomCloud(3000, GetParam());
  const CloudErrors errors = ErrorsBetween(Read(Encoded("glb", cloud)), cloud);
  EXPECT_EQ(errors.mean, 0);
  EXPECT_EQ(errors.sh_dc, 0);
  EXPECT_EQ(errors.sh_rest, 0);
  EXPECT_LT(errors.log_scale, 2e-6);  // a float's rounding before the logarithm, and that of the largest logarithm
  EXPECT_LT(errors.opacity, 1e-6);
  EXPECT_LT(errors.rotation_deg, 0.06);  // acos of a float near 1
}

INSTANTIATE_TEST_SUITE_P(AllDegrees, GlbDegrees, ::testing::Values(0, 1, 2, 3));

TEST(WriteGlb, RefusesAnEmptyScene) {
  EXPECT_THAT(ErrorMessageOf([] { Encoded("glb", SplatCloud(0, 0)); }), HasSubstr("no splat"));
}

TEST(ReadGlb, RefusesWhatItWouldMisread) {
  const Parts plain = PartsOf(Encoded("glb", RandomCloud(2, 0)));
  const auto error_with = [&](const std::string& extension) {
    Parts parts = plain;
    parts.json["extensionsRequired"] = {"KHR_gaussian_splatting", extension};
    return ErrorMessageOf([&] { Read(Joined(parts)); });
  };
  EXPECT_THAT(error_with("EXT_meshopt_compression"),
              HasSubstr("needs a reader that knows the glTF extension EXT_meshopt_compression"));
  EXPECT_EQ(error_with("KHR_mesh_quantization"), "");
  EXPECT_EQ(error_with("KHR_materials_unlit"), "") << "splats have no surfaces";
  const auto error_of_space = [&](const char* space) {
    Parts parts = plain;
    parts.json["meshes"][0]["primitives"][0]["extensions"]["KHR_gaussian_splatting"]["colorSpace"] = space;
    return ErrorMessageOf([&] { Read(Joined(parts)); });
  };
  EXPECT_THAT(error_of_space("lin_rec709_display"),
              HasSubstr("its colours are linear (colorSpace lin_rec709_display)"));
  EXPECT_EQ(error_of_space("srgb_rec709_display"), "");
}

TEST(ReadGlb, ReadsTheSmallerTypesThatTheExtensionAllows) {
  Parts parts = PartsOf(Encoded("glb", RandomCloud(1, 0)));
  Json& views = parts.json["bufferViews"];
  parts.binary.resize(64, '\0');
  const auto add = [&](const char* name, const std::string& bytes, int component_type, bool normalized) {
    const size_t accessor = parts.json["meshes"][0]["primitives"][0]["attributes"][name];
    parts.json["accessors"][accessor]["componentType"] = component_type;
    parts.json["accessors"][accessor]["normalized"] = normalized;
    views[accessor]["byteOffset"] = parts.binary.size();
    views[accessor]["byteLength"] = bytes.size();
    parts.binary += bytes;
  };
  add("KHR_gaussian_splatting:ROTATION",
      Bytes(int16_t(0)) + Bytes(int16_t(-32767)) + Bytes(int16_t(0)) + Bytes(int16_t(0)), 5122, true);
  add("KHR_gaussian_splatting:SCALE", std::string("\x01\x02\x04", 3), 5121, false);
  add("KHR_gaussian_splatting:OPACITY", Bytes(uint16_t(65535 / 5)), 5123, true);
  const SplatCloud read = Read(Joined(parts));
  ASSERT_EQ(read.count(), 1);
  EXPECT_EQ(read.quats[2], 1);  // y, turned back from RUB
  EXPECT_NEAR(read.log_scales[2], std::log(4), 1e-6);
  EXPECT_NEAR(math::Sigmoid(read.opacity_logits[0]), 0.2, 1e-6);
}

TEST(ReadGlb, ReadsInterleavedAttributes) {
  const SplatCloud cloud = RandomCloud(5, 0);
  Parts parts = PartsOf(Encoded("glb", cloud));
  std::string binary;
  for (size_t splat = 0; splat < 5; ++splat) {
    size_t offset = 0;
    for (const size_t size : {12u, 4u, 16u, 12u, 4u, 12u}) {
      binary += parts.binary.substr(offset * 5 + splat * size, size);
      offset += size;
    }
  }
  parts.binary = binary;
  parts.json["bufferViews"] = Json::array({{{"buffer", 0}, {"byteLength", binary.size()}, {"byteStride", 60}}});
  size_t offset = 0;
  const size_t sizes[] = {12, 4, 16, 12, 4, 12};
  for (size_t i = 0; i < 6; ++i) {
    parts.json["accessors"][i]["bufferView"] = 0;
    parts.json["accessors"][i]["byteOffset"] = offset;
    offset += sizes[i];
  }
  EXPECT_EQ(ErrorsBetween(Read(Joined(parts)), cloud).sh_dc, 0);
}

TEST(ReadGlb, ReadsSplatsInSpzWithinIt) {
  const SplatCloud cloud = RandomCloud(50, 1);
  ExportOptions options;
  options.spz_frame = SpzFrame::kRub;
  Parts parts = PartsOf(Encoded("glb", cloud));
  parts.binary = Encoded("spz", cloud, options);
  parts.json["bufferViews"] = Json::array({{{"buffer", 0}, {"byteLength", parts.binary.size()}}});
  parts.json["meshes"][0]["primitives"][0]["extensions"]["KHR_gaussian_splatting"]["extensions"] = {
      {"KHR_gaussian_splatting_compression_spz_2", {{"bufferView", 0}}}};
  const CloudErrors errors = ErrorsBetween(Read(Joined(parts)), cloud);
  EXPECT_LT(errors.mean, 1e-3);
  EXPECT_LT(errors.rotation_deg, 0.4);
}

TEST(WriteGlb, KeepsTheAntialiasedMarkInTheExtrasOfTheScene) {
  SplatCloud cloud = RandomCloud(3, 0);
  EXPECT_FALSE(PartsOf(Encoded("glb", cloud)).json["scenes"][0].contains("extras"));
  EXPECT_EQ(Read(Encoded("glb", cloud)).traits.antialiasing, Antialiasing::kNone);
  cloud.traits.antialiasing = Antialiasing::kCompensated;
  Parts parts = PartsOf(Encoded("glb", cloud));
  EXPECT_EQ(Read(Joined(parts)).traits.antialiasing, Antialiasing::kCompensated);
  for (const Json& other : {Json(false), Json(1), Json("true"), Json(nullptr)}) {
    parts.json["scenes"][0]["extras"]["antialiased"] = other;
    EXPECT_EQ(Read(Joined(parts)).traits.antialiasing, Antialiasing::kNone) << other;
  }
}

TEST(ReadGlb, TakesTheAntialiasedMarkOfSpzWithinIt) {
  SplatCloud cloud = RandomCloud(5, 0);
  cloud.traits.antialiasing = Antialiasing::kCompensated;
  Parts parts = PartsOf(Encoded("glb", RandomCloud(5, 0)));
  Json& primitives = parts.json["meshes"][0]["primitives"];
  primitives.push_back(primitives[0]);
  const std::string spz = Encoded("spz", cloud);
  parts.json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", parts.binary.size()}, {"byteLength", spz.size()}});
  parts.binary += spz;
  primitives[1]["extensions"]["KHR_gaussian_splatting"]["extensions"] = {
      {"KHR_gaussian_splatting_compression_spz_2", {{"bufferView", parts.json["bufferViews"].size() - 1}}}};
  const SplatCloud read = Read(Joined(parts));
  EXPECT_EQ(read.count(), 10);
  EXPECT_EQ(read.traits.antialiasing, Antialiasing::kCompensated);
}

TEST(ReadGlb, JoinsPrimitivesAndFillsUpTheLowerDegree) {
  Parts parts = PartsOf(Encoded("glb", GoldenCloud()));
  Json& primitives = parts.json["meshes"][0]["primitives"];
  primitives.push_back(primitives[0]);
  for (const char* name : {"0", "1", "2"}) {
    primitives[0]["attributes"].erase(std::string("KHR_gaussian_splatting:SH_DEGREE_1_COEF_") + name);
  }
  const SplatCloud read = Read(Joined(parts));
  ASSERT_EQ(read.count(), 6);
  ASSERT_EQ(read.sh_rest_count, 3);
  EXPECT_EQ(read.means[9], -1.5f);
  EXPECT_EQ(read.sh_rest[8], 0);
  EXPECT_EQ(read.sh_rest[27 + 8], 0.9375f);
}

TEST(ReadGlb, RefusesTruncationsAndDamage) {
  const std::string file = Encoded("glb", GoldenCloud());
  testing::ExpectRefusesEveryTruncation(file, "a.glb", Read);
  testing::ExpectSurvivesDamage(file, "a.glb", Read, 5000);
}

TEST(ReadGlb, NamesWhatIsWrong) {
  const Parts whole = PartsOf(Encoded("glb", GoldenCloud()));
  const auto message = [&](const std::function<void(Parts & parts)>& change) {
    Parts parts = whole;
    change(parts);
    const std::string text = ErrorMessageOf([&] { Read(Joined(parts)); });
    testing::ExpectOneLine(text, "a.glb");
    return text;
  };
  const Json huge = uint64_t(1) << 60;
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][0]["count"] = huge; }), HasSubstr("POSITION announces 115"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][0]["count"] = -1; }), HasSubstr("has -1 for a count"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][0]["count"] = 1e300; }), HasSubstr("for a count"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][0]["count"] = 2; }), HasSubstr("have 2 and 3 values"));
  EXPECT_THAT(message([&](Parts& p) { p.json["bufferViews"][3]["byteOffset"] = huge; }), HasSubstr("buffer view 3"));
  EXPECT_THAT(message([&](Parts& p) { p.json["bufferViews"][3]["byteStride"] = 0; }), HasSubstr("SCALE announces"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][3]["componentType"] = 5125; }), HasSubstr("5125"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][3]["type"] = "VEC2"; }), HasSubstr("VEC2 instead of VEC3"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"].erase(3); }), HasSubstr("a.glb"));
  EXPECT_THAT(message([&](Parts& p) { p.json["meshes"][0]["primitives"][0].erase("extensions"); }),
              HasSubstr("holds no splats"));
  EXPECT_THAT(message([&](Parts& p) { p.json["nodes"][0]["scale"] = {1, 0, 1}; }), HasSubstr("to nothing"));
  const auto node = [&](const char* key, const Json& value) {
    return message([&](Parts& p) {
      p.json["nodes"][0]["name"] = "rock";
      p.json["nodes"][0][key] = value;
    });
  };
  EXPECT_THAT(node("translation", {1e39, 0, 0}), HasSubstr("node 0 (rock) puts its mesh farther out than 3.4"));
  EXPECT_THAT(node("translation", {0, 0, -1e300}), HasSubstr("node 0 (rock) puts its mesh farther out than 3.4"));
  EXPECT_THAT(node("scale", {1, 1e39, 1}), HasSubstr("node 0 (rock) puts its mesh farther out than 3.4"));
  EXPECT_THAT(node("matrix", {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1e39, 0, 0, 1}), HasSubstr("farther out than 3.4"));
  EXPECT_THAT(node("matrix", {1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}),
              HasSubstr("node 0 (rock) has a matrix whose last row is not 0 0 0 1"));
  EXPECT_THAT(node("matrix", {1, 0, 0, 1e-9, 0, 1, 0, 0, 0, 0, 1, 0, 1e39, 0, 0, 0.9999999}),
              HasSubstr("farther out than 3.4"))
      << "a last row that is rounded is one";
  EXPECT_THAT(message([&](Parts& p) { p.json["nodes"][0]["children"] = {0}; }), HasSubstr("below two others"));
  for (const char* uri : {"../a.bin", "/etc/passwd", "b/../../a.bin", "%2e%2e/a.bin", "file:///a", "..\\a.bin"}) {
    EXPECT_THAT(message([&](Parts& p) { p.json["buffers"][0]["uri"] = uri; }), HasSubstr("not lie in its folder"));
  }
  EXPECT_THAT(message([&](Parts& p) { p.json["buffers"][0]["uri"] = "no_such.bin"; }), HasSubstr("no_such.bin"));
  EXPECT_THAT(message([&](Parts& p) { p.json = Json::array(); }), HasSubstr("JSON is damaged"));
  EXPECT_THAT(message([&](Parts& p) { p.json["accessors"][0]["sparse"] = Json::object(); }), HasSubstr("sparse"));
}

// What two nodes do counts, and not each by itself.
TEST(ReadGlb, NodesBeyondFloatsMayLeadBack) {
  Parts parts = PartsOf(Encoded("glb", GoldenCloud()));
  const SplatCloud plain = Read(Joined(parts));
  parts.json["nodes"] = {{{"children", {1}}, {"translation", {-1e39, 0, 0}}},
                         {{"mesh", 0}, {"translation", {1e39, 0, 0}}}};
  parts.json["scenes"][0]["nodes"] = {0};
  testing::ExpectEqualBits(Read(Joined(parts)), plain);
}

// Splats that the node puts out of reach are left out, and the others stay.
TEST(ReadGlb, SplatsBeyondFloatsAreLeftOut) {
  Parts parts = PartsOf(Encoded("glb", GoldenCloud()));
  const SplatCloud plain = Read(Joined(parts));
  float far = 3e38f;
  std::memcpy(parts.binary.data(), &far, sizeof far);  // x of the first splat
  EXPECT_EQ(Read(Joined(parts)).left_out, 0);
  parts.json["nodes"][0]["scale"] = {2, 1, 1};
  const SplatCloud stretched = Read(Joined(parts));
  EXPECT_EQ(stretched.left_out, 1);
  EXPECT_EQ(stretched.count(), plain.count() - 1);
}

TEST(ReadGlb, RefusesJsonThatNestsTooDeep) {
  std::string text = "{\"meshes\": " + std::string(100'000, '[');
  text.resize((text.size() + 3) / 4 * 4, ' ');
  const std::string file =
      "glTF" + Bytes(uint32_t(2)) + Bytes(uint32_t(20 + text.size())) + Bytes(uint32_t(text.size())) + "JSON" + text;
  EXPECT_THAT(ErrorMessageOf([&] { Read(file); }), HasSubstr("nests"));
}

TEST(ReadGlb, RefusesPrimitivesThatMultiplyOneBuffer) {
  Parts parts = PartsOf(Encoded("glb", RandomCloud(20'000, 0)));
  Json& primitives = parts.json["meshes"][0]["primitives"];
  for (int i = 0; i < 400; ++i) primitives.push_back(primitives[0]);
  EXPECT_THAT(ErrorMessageOf([&] { Read(Joined(parts)); }), HasSubstr("not credible"));
}

TEST(ReadGlb, NodesPlaceTheirMeshes) {
  const SplatCloud cloud = RandomCloud(30, 3);
  Parts parts = PartsOf(Encoded("glb", cloud));
  // A turn by 90 degrees about x in glTF's frame, below a parent of twice the size; and the mesh again, moved.
  parts.json["nodes"] = Json::parse(R"([{"children": [1], "scale": [2, 2, 2], "translation": [0, 0, 5]},
      {"mesh": 0, "rotation": [0.70710678118654752, 0, 0, 0.70710678118654752]}, {"mesh": 0, "translation": [3, 1, 0]}])");
  parts.json["scenes"][0]["nodes"] = {0, 2};
  const SplatCloud read = Read(Joined(parts));
  ASSERT_EQ(read.count(), 60);
  for (int64_t splat = 0; splat < 30; ++splat) {
    const float x = cloud.means[3 * splat], y = cloud.means[3 * splat + 1], z = cloud.means[3 * splat + 2];
    // (x, y, z) of glTF, which is (x, -y, -z) of ours, becomes (x, -z, y).
    EXPECT_NEAR(read.means[3 * splat], 2 * x, 1e-5);
    EXPECT_NEAR(read.means[3 * splat + 1], -2 * z, 1e-5);
    EXPECT_NEAR(read.means[3 * splat + 2], 2 * y - 5, 1e-5);
    EXPECT_NEAR(read.means[3 * (30 + splat)], x + 3, 1e-5);
    EXPECT_NEAR(read.means[3 * (30 + splat) + 1], y - 1, 1e-5);
  }
}

TEST(ReadGlb, RefusesManyPrimitivesThatShareABufferOfUnusableSplats) {
  SplatCloud cloud = RandomCloud(5000, 3);
  Parts parts = PartsOf(Encoded("glb", cloud));
  std::fill_n(parts.binary.begin(), 5000 * 12, '\xff');  // positions that are no numbers
  Json& primitives = parts.json["meshes"][0]["primitives"];
  for (int i = 0; i < 4000; ++i) primitives.push_back(Json(primitives[0]));
  EXPECT_THAT(ErrorMessageOf([&] { Read(Joined(parts)); }), HasSubstr("not credible"));
}

TEST(ReadScene, ReadsAGltfWithItsBufferBesideItOrInside) {
  const ::splat::testing::TempDir folder;
  const SplatCloud cloud = RandomCloud(30, 1);
  Parts parts = PartsOf(Encoded("glb", cloud));
  const auto write = [&](const std::string& name, const std::string& bytes) {
    WriteFileAtomically(folder / name, [&](std::ostream& out) { out << bytes; });
  };
  const SplatCloud expected = Read(Joined(parts));
  parts.json["buffers"][0]["uri"] = "a%20b.bin";
  write("a b.bin", parts.binary);
  write("scene.gltf", parts.json.dump());
  ExpectEqualBits(ReadScene(folder / "scene.gltf"), expected);
  parts.json["buffers"][0]["uri"] = "data:application/octet-stream;base64," + EncodeBase64(parts.binary);
  write("scene.gltf", parts.json.dump());
  ExpectEqualBits(ReadScene(folder / "scene.gltf"), expected);
}

}  // namespace
}  // namespace splat::formats
