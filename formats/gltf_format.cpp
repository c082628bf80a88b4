// WriteGlb; gltf_reader.cpp reads.
#include "formats/gltf_format.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/check.h"
#include "core/srgb.h"
#include "formats/gltf_names.h"
#include "formats/quantize/quantize.h"
#include "io/block_writer.h"
#include "rasterizer/math/sh.h"
#include "scene/axis_conventions.h"

namespace splat::formats {
namespace {

using namespace gltf;
using Json = nlohmann::ordered_json;  // keeps the order in which the file is written

constexpr int kArrayBuffer = 34962, kPoints = 0;

// An attribute of the primitive, and how a splat's value is written.
struct Attribute {
  std::string name;
  ComponentType component_type;
  const char* type;  // SCALAR, VEC3, VEC4
  uint64_t splat_bytes;
  std::function<void(int64_t splat, BlockWriter& writer)> put;
};

void PutVec3(const Vec3<float>& value, BlockWriter& writer) {
  for (const float v : {value.x, value.y, value.z}) writer.Put(v);
}

// Viewers that do not know the extension show points in these linear colours.
void PutFallbackColor(const SplatSelection& splats, int64_t splat, BlockWriter& writer) {
  const Vec3<float> dc = splats.ShDc(splat);
  for (const float value : {dc.x, dc.y, dc.z}) {
    writer.Put(RoundToByte(SrgbToLinear(std::clamp(math::ShDcToColor(double(value)), 0.0, 1.0)) * 255));
  }
  writer.Put(RoundToByte(splats.Opacity(splat) * 255));
}

// `splats` in RUB; it must outlive the result.
std::vector<Attribute> AttributesOf(const SplatSelection& splats) {
  std::vector<Attribute> attributes = {
      {"POSITION", kFloat, "VEC3", 12,
       [&](int64_t splat, BlockWriter& writer) { PutVec3(splats.Mean(splat), writer); }},
      {"COLOR_0", kUint8, "VEC4", 4,
       [&](int64_t splat, BlockWriter& writer) { PutFallbackColor(splats, splat, writer); }},
      {AttributeName("ROTATION"), kFloat, "VEC4", 16,
       [&](int64_t splat, BlockWriter& writer) {
         const Quaternion<float> quat = splats.Quat(splat);
         for (const float v : {quat.x, quat.y, quat.z, quat.w}) writer.Put(v);
       }},
      {AttributeName("SCALE"), kFloat, "VEC3", 12,
       [&](int64_t splat, BlockWriter& writer) {
         const Vec3<float> s = splats.LogScale(splat);
         for (const float v : {s.x, s.y, s.z}) writer.Put(FiniteExp(v));
       }},
      {AttributeName("OPACITY"), kFloat, "SCALAR", 4,
       [&](int64_t splat, BlockWriter& writer) { writer.Put(float(splats.Opacity(splat))); }},
      {ShName(0, 0), kFloat, "VEC3", 12,
       [&](int64_t splat, BlockWriter& writer) { PutVec3(splats.ShDc(splat), writer); }}};
  for (int degree = 1, k = 0; degree <= splats.sh_degree(); ++degree) {
    for (int coefficient = 0; coefficient <= 2 * degree; ++coefficient, ++k) {
      attributes.push_back(
          {ShName(degree, coefficient), kFloat, "VEC3", 12,
           [&splats, k](int64_t splat, BlockWriter& writer) { PutVec3(splats.ShRest(splat, k), writer); }});
    }
  }
  return attributes;
}

void AddBounds(const SplatSelection& splats, Json& accessor) {
  Bounds3 bounds;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> mean = splats.Mean(splat);
    bounds.Add({mean.x, mean.y, mean.z});
  }
  accessor["min"] = bounds.low;
  accessor["max"] = bounds.high;
}

Json DocumentOf(const SplatSelection& splats, const std::vector<Attribute>& attributes) {
  Json accessors = Json::array(), views = Json::array(), names = Json::object();
  uint64_t offset = 0;
  for (const Attribute& attribute : attributes) {
    const uint64_t length = attribute.splat_bytes * uint64_t(splats.count());
    names[attribute.name] = accessors.size();
    views.push_back({{"buffer", 0}, {"byteOffset", offset}, {"byteLength", length}, {"target", kArrayBuffer}});
    Json accessor = {{"bufferView", accessors.size()},
                     {"componentType", int(attribute.component_type)},
                     {"count", splats.count()},
                     {"type", attribute.type}};
    if (attribute.component_type != kFloat) accessor["normalized"] = true;
    if (attribute.name == "POSITION") AddBounds(splats, accessor);
    accessors.push_back(accessor);
    offset += length;
  }
  const Json extension = {{"kernel", "ellipse"},
                          {"colorSpace", "srgb_rec709_display"},
                          {"projection", "perspective"},
                          {"sortingMethod", "cameraDistance"}};
  const Json primitive = {{"attributes", names}, {"mode", kPoints}, {"extensions", {{kExtension, extension}}}};
  Json document;
  document["asset"] = {{"version", "2.0"}, {"generator", StrCat("splat-train ", SPLAT_PROJECT_VERSION)}};
  document["extensionsUsed"] = Json::array({kExtension});
  document["scene"] = 0;
  document["scenes"] = Json::array({{{"nodes", Json::array({0})}}});
  const SceneTraits& traits = splats.traits();
  if (traits.background) document["scenes"][0]["extras"][kBackgroundKey] = *traits.background;
  if (traits.antialiasing != Antialiasing::kNone) PutAntialiasing(traits.antialiasing, document["scenes"][0]["extras"]);
  document["nodes"] = Json::array({{{"mesh", 0}}});
  document["meshes"] = Json::array({{{"primitives", Json::array({primitive})}}});
  document["buffers"] = Json::array({{{"byteLength", offset}}});
  document["bufferViews"] = views;
  document["accessors"] = accessors;
  return document;
}

}  // namespace

void WriteGlb(std::ostream& out, const SplatSelection& selection, const ExportOptions&) {
  SPLAT_CHECK(selection.count() > 0, "there is no splat to write, and glTF has no empty meshes");
  const SplatSelection splats = selection.InFrame(Frame::kRub);
  const std::vector<Attribute> attributes = AttributesOf(splats);
  uint64_t binary_bytes = 0;
  for (const Attribute& attribute : attributes) binary_bytes += attribute.splat_bytes * uint64_t(splats.count());
  std::string text = DocumentOf(splats, attributes).dump();
  text.resize((text.size() + 3) / 4 * 4, ' ');
  const uint64_t total = kHeaderBytes + 2 * kChunkHeaderBytes + text.size() + binary_bytes;
  SPLAT_CHECK(total <= std::numeric_limits<uint32_t>::max(), splats.count(),
              " splats would pass the 4 GiB of a .glb file; lower --sh-degree or --max-gaussians");
  BlockWriter writer(out);
  for (const uint64_t value :
       {uint64_t(kMagic), uint64_t(kVersion), total, uint64_t(text.size()), uint64_t(kJsonChunk)}) {
    writer.Put(uint32_t(value));
  }
  for (const char c : text) writer.Put(c);
  writer.Put(uint32_t(binary_bytes));
  writer.Put(kBinaryChunk);
  for (const Attribute& attribute : attributes) {
    for (int64_t splat = 0; splat < splats.count(); ++splat) attribute.put(splat, writer);
  }
  writer.Flush();
}

}  // namespace splat::formats
