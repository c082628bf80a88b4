#include "export/gltf_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/check.h"
#include "core/srgb.h"
#include "data/byte_reader.h"
#include "export/compression.h"
#include "export/json_depth.h"
#include "export/quantize.h"
#include "export/spz_format.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::exporters {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order in which a file is written

constexpr uint32_t kMagic = 0x46546C67, kVersion = 2, kJsonChunk = 0x4E4F534A, kBinaryChunk = 0x004E4942;
constexpr uint64_t kHeaderBytes = 12, kChunkHeaderBytes = 8;
constexpr int kArrayBuffer = 34962, kPoints = 0;
constexpr const char* kExtension = "KHR_gaussian_splatting";
constexpr const char* kSpzExtension = "KHR_gaussian_splatting_compression_spz_2";
constexpr const char* kAdvice = "export it again";

enum ComponentType { kInt8 = 5120, kUint8 = 5121, kInt16 = 5122, kUint16 = 5123, kFloat = 5126 };

std::string AttributeName(const std::string& name) {
  return StrCat(kExtension, ":", name);
}
std::string ShName(int degree, int coefficient) {
  return AttributeName(StrCat("SH_DEGREE_", degree, "_COEF_", coefficient));
}

// --- Writing.

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

// For viewers that do not know the extension: points in linear colours.
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
         for (const float v : {s.x, s.y, s.z}) writer.Put(float(std::exp(double(v))));
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
  std::array<float, 3> low, high;
  low.fill(std::numeric_limits<float>::max());
  high.fill(std::numeric_limits<float>::lowest());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> mean = splats.Mean(splat);
    const float values[3] = {mean.x, mean.y, mean.z};
    for (size_t axis = 0; axis < 3; ++axis) {
      low[axis] = std::min(low[axis], values[axis]);
      high[axis] = std::max(high[axis], values[axis]);
    }
  }
  accessor["min"] = low;
  accessor["max"] = high;
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
  document["nodes"] = Json::array({{{"mesh", 0}}});
  document["meshes"] = Json::array({{{"primitives", Json::array({primitive})}}});
  document["buffers"] = Json::array({{{"byteLength", offset}}});
  document["bufferViews"] = views;
  document["accessors"] = accessors;
  return document;
}

// --- Reading.

// A number that counts or points to something.
uint64_t IndexOf(const Json& value, const char* what, const std::string& path) {
  SPLAT_CHECK(value.is_number_unsigned(), path, ": its JSON has ", value.dump().substr(0, 40), " for a ", what);
  return value.get<uint64_t>();
}
uint64_t OptionalIndex(const Json& object, const char* key, uint64_t fallback, const std::string& path) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : IndexOf(*found, key, path);
}

struct Document {
  std::string path;
  Json json;
  std::string_view binary;  // the chunk BIN

  std::string_view View(uint64_t index) const;
};

// The bytes of a buffer view, all of which must lie in the file.
std::string_view Document::View(uint64_t index) const {
  const Json& view = json.at("bufferViews").at(size_t(index));
  const uint64_t offset = OptionalIndex(view, "byteOffset", 0, path);
  const uint64_t length = IndexOf(view.at("byteLength"), "byteLength", path);
  const bool inside = OptionalIndex(view, "buffer", 0, path) == 0 && !json.at("buffers").at(0).contains("uri");
  SPLAT_CHECK(inside, path, ": its data lie in another file, which is not supported; save it as one .glb");
  SPLAT_CHECK(offset <= binary.size() && length <= binary.size() - offset, path, ": buffer view ", index,
              " reaches beyond the file's data; it is truncated or damaged, ", kAdvice);
  return binary.substr(offset, length);
}

Document ReadDocument(std::string_view bytes, const std::string& path) {
  data::ByteReader reader(bytes, path, kAdvice);
  SPLAT_CHECK(reader.Read<uint32_t>() == kMagic, path, ": is no binary glTF (it does not begin with 'glTF')");
  const auto version = reader.Read<uint32_t>(), length = reader.Read<uint32_t>();
  SPLAT_CHECK(version == kVersion, path, ": is of glTF version ", version, "; 2 can be read");
  SPLAT_CHECK(length <= bytes.size(), path, ": announces ", length, " bytes but has ", bytes.size(),
              "; it is truncated, ", kAdvice);
  Document document;
  document.path = path;
  std::string_view text;
  while (reader.remaining() >= kChunkHeaderBytes) {
    const auto size = reader.Read<uint32_t>(), type = reader.Read<uint32_t>();
    const std::string_view chunk = reader.ReadBytes(size);
    if (type == kJsonChunk && text.empty()) text = chunk;
    if (type == kBinaryChunk && document.binary.empty()) document.binary = chunk;
  }
  CheckJsonDepth(text, path);
  document.json = Json::parse(text.begin(), text.end(), nullptr, false);
  SPLAT_CHECK(document.json.is_object(), path, ": its JSON is damaged; ", kAdvice);
  return document;
}

// An accessor's values as floats.
class Accessor {
 public:
  // `components`: 1, 3 or 4.
  Accessor(const Document& document, const Json& attributes, const std::string& name, int components)
      : components_(components) {
    const std::string& path = document.path;
    const auto found = attributes.find(name);
    SPLAT_CHECK(found != attributes.end(), path, ": its splats have no attribute ", name, "; ", kAdvice);
    const Json& accessor = document.json.at("accessors").at(size_t(IndexOf(*found, "accessor", path)));
    SPLAT_CHECK(!accessor.contains("sparse"), path, ": ", name, " is sparse, which is not supported; ", kAdvice);
    const std::string expected = components == 1 ? "SCALAR" : StrCat("VEC", components);
    const auto type = accessor.at("type").get<std::string>();
    SPLAT_CHECK(type == expected, path, ": ", name, " is of type ", type, " instead of ", expected, "; ", kAdvice);
    component_type_ = IndexOf(accessor.at("componentType"), "componentType", path);
    component_bytes_ = component_type_ == kFloat ? 4 : component_type_ == kInt8 || component_type_ == kUint8 ? 1 : 2;
    SPLAT_CHECK((component_type_ >= kInt8 && component_type_ <= kUint16) || component_type_ == kFloat, path, ": ", name,
                " has the component type ", component_type_, ", which cannot be; ", kAdvice);
    normalized_ = accessor.value("normalized", false);
    count_ = IndexOf(accessor.at("count"), "count", path);
    const uint64_t view_index = IndexOf(accessor.at("bufferView"), "bufferView", path);
    view_ = document.View(view_index);
    const uint64_t size = component_bytes_ * uint64_t(components);
    stride_ = OptionalIndex(document.json["bufferViews"][size_t(view_index)], "byteStride", size, path);
    const uint64_t offset = OptionalIndex(accessor, "byteOffset", 0, path);
    const bool fits =
        stride_ >= size && offset <= view_.size() &&
        (count_ == 0 || (view_.size() - offset >= size && count_ - 1 <= (view_.size() - offset - size) / stride_));
    SPLAT_CHECK(fits, path, ": ", name, " announces ", count_, " values, which reach beyond its data; it is truncated ",
                "or damaged, ", kAdvice);
    view_.remove_prefix(offset);
  }

  uint64_t count() const { return count_; }
  double Value(int64_t splat, int component) const {
    const char* bytes = view_.data() + uint64_t(splat) * stride_ + uint64_t(component) * component_bytes_;
    switch (component_type_) {
      case kFloat:
        return data::FromLittleEndian<float>(bytes);
      case kInt8:
        return Integer<int8_t>(bytes);
      case kUint8:
        return Integer<uint8_t>(bytes);
      case kInt16:
        return Integer<int16_t>(bytes);
      default:
        return Integer<uint16_t>(bytes);
    }
  }
  int components() const { return components_; }

 private:
  template <typename T>
  double Integer(const char* bytes) const {
    const double value = data::FromLittleEndian<T>(bytes);
    return normalized_ ? std::max(value / std::numeric_limits<T>::max(), -1.0) : value;
  }

  int components_;
  uint64_t component_type_ = 0, component_bytes_ = 0, count_ = 0, stride_ = 0;
  bool normalized_ = false;
  std::string_view view_;
};

// Nodes that hold or lead to meshes must leave them where they are.
void CheckNodes(const Document& document) {
  const auto nodes = document.json.find("nodes");
  if (nodes == document.json.end()) return;
  for (const Json& node : *nodes) {
    if (!node.contains("mesh") && !node.contains("children")) continue;
    const auto is = [&](const char* key, const Json& identity) {
      return node.find(key) == node.end() || node[key] == identity;
    };
    const bool still = is("translation", {0, 0, 0}) && is("rotation", {0, 0, 0, 1}) && is("scale", {1, 1, 1}) &&
                       is("matrix", {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
    SPLAT_CHECK(still, document.path,
                ": a node moves, turns or scales its mesh, which is not supported; apply the transforms first");
  }
}

// The extension objects of all primitives that have one, with their attributes.
struct Primitive {
  Json attributes, extension;
};
std::vector<Primitive> SplatPrimitives(const Document& document) {
  std::vector<Primitive> primitives;
  const auto meshes = document.json.find("meshes");
  for (size_t mesh = 0; meshes != document.json.end() && mesh < meshes->size(); ++mesh) {
    for (const Json& primitive : meshes->at(mesh).at("primitives")) {
      const auto extensions = primitive.find("extensions");
      if (extensions == primitive.end() || !extensions->contains(kExtension)) continue;
      primitives.push_back({primitive.at("attributes"), extensions->at(kExtension)});
    }
  }
  SPLAT_CHECK(!primitives.empty(), document.path, ": holds no splats (no primitive with ", kExtension, ")");
  return primitives;
}

int ShDegreeOf(const Json& attributes) {
  int degree = 0;
  while (degree < math::kMaxShDegree && attributes.contains(ShName(degree + 1, 0))) ++degree;
  return degree;
}

SplatCloud ReadAttributes(const Document& document, const Json& attributes) {
  struct Source {
    Accessor accessor;
    std::function<void(int64_t splat, const double* values)> take;
  };
  SplatCloud cloud;
  const auto take3 = [](std::vector<float>& to) {
    return [&to](int64_t splat, const double* v) { std::copy_n(v, 3, to.begin() + 3 * splat); };
  };
  const auto named = [&](const std::string& name, int components) {
    return Accessor(document, attributes, name, components);
  };
  std::vector<Source> sources = {
      {named("POSITION", 3), take3(cloud.means)},
      {named(AttributeName("ROTATION"), 4),
       [&](int64_t splat, const double* v) {
         for (size_t i = 0; i < 4; ++i) cloud.quats[size_t(4 * splat) + i] = float(v[(i + 3) % 4]);
       }},
      {named(AttributeName("SCALE"), 3),
       [&](int64_t splat, const double* v) {
         for (size_t i = 0; i < 3; ++i) cloud.log_scales[size_t(3 * splat) + i] = float(std::log(v[i]));
       }},
      {named(AttributeName("OPACITY"), 1),
       [&](int64_t splat, const double* v) { cloud.opacity_logits[size_t(splat)] = float(math::Logit(v[0])); }},
      {named(ShName(0, 0), 3), take3(cloud.sh_dc)}};
  const int sh_degree = ShDegreeOf(attributes), rest = math::ShRestCount(sh_degree);
  for (int degree = 1, k = 0; degree <= sh_degree; ++degree) {
    for (int coefficient = 0; coefficient <= 2 * degree; ++coefficient, ++k) {
      sources.push_back({named(ShName(degree, coefficient), 3), [&cloud, k, rest](int64_t splat, const double* v) {
                           std::copy_n(v, 3, cloud.sh_rest.begin() + (splat * rest + k) * kChannels);
                         }});
    }
  }
  const uint64_t count = sources[0].accessor.count();
  for (const Source& source : sources) {
    SPLAT_CHECK(source.accessor.count() == count, document.path, ": its attributes have ", count, " and ",
                source.accessor.count(), " values; it is damaged, ", kAdvice);
  }
  cloud = SplatCloud(int64_t(count), sh_degree);
  for (const Source& source : sources) {
    double values[4];
    for (int64_t splat = 0; splat < int64_t(count); ++splat) {
      for (int i = 0; i < source.accessor.components(); ++i) values[i] = source.accessor.Value(splat, i);
      source.take(splat, values);
    }
  }
  LeaveOutUnusable(cloud);
  SwapRdfAndRub(cloud);
  return cloud;
}

SplatCloud ReadPrimitive(const Document& document, const Primitive& primitive) {
  const auto extensions = primitive.extension.find("extensions");
  if (extensions == primitive.extension.end() || !extensions->contains(kSpzExtension)) {
    return ReadAttributes(document, primitive.attributes);
  }
  const uint64_t view = IndexOf(extensions->at(kSpzExtension).at("bufferView"), "bufferView", document.path);
  ImportOptions options;
  options.spz_frame = SpzFrame::kRub;
  return ReadSpz(document.View(view), document.path, options);
}

// Appends a cloud; SH of the lower degree is filled up with zeros.
void Append(const SplatCloud& more, SplatCloud& cloud) {
  const int rest = std::max(cloud.sh_rest_count, more.sh_rest_count);
  const auto widened = [&](const SplatCloud& from) {
    std::vector<float> values(size_t(from.count() * rest * kChannels));
    const int64_t columns = int64_t(from.sh_rest_count) * kChannels;
    for (int64_t splat = 0; splat < from.count(); ++splat) {
      std::copy_n(from.sh_rest.begin() + splat * columns, columns, values.begin() + splat * rest * kChannels);
    }
    return values;
  };
  if (cloud.sh_rest_count < rest) cloud.sh_rest = widened(cloud);
  const std::vector<float> more_rest = widened(more);
  const auto append = [](const std::vector<float>& from, std::vector<float>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(more_rest, cloud.sh_rest);
  append(more.means, cloud.means);
  append(more.log_scales, cloud.log_scales);
  append(more.quats, cloud.quats);
  append(more.opacity_logits, cloud.opacity_logits);
  append(more.sh_dc, cloud.sh_dc);
  cloud.sh_rest_count = rest;
  cloud.left_out += more.left_out;
}

SplatCloud ReadPrimitives(const Document& document, uint64_t file_bytes) {
  CheckNodes(document);
  SplatCloud cloud;
  bool first = true;
  for (const Primitive& primitive : SplatPrimitives(document)) {
    SplatCloud part = ReadPrimitive(document, primitive);
    if (first) {
      cloud = std::move(part);
    } else {
      Append(part, cloud);
    }
    // A few bytes can have many primitives share one buffer.
    const uint64_t splat_bytes = sizeof(float) * uint64_t(14 + cloud.sh_rest_count * kChannels);
    CheckExpansion(document.path, file_bytes, uint64_t(cloud.count()) * splat_bytes);
    first = false;
  }
  return cloud;
}

}  // namespace

bool IsGlb(std::string_view bytes) {
  return bytes.substr(0, 4) == "glTF";
}

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

SplatCloud ReadGlb(std::string_view bytes, const std::string& path, const ImportOptions&) {
  try {
    return ReadPrimitives(ReadDocument(bytes, path), bytes.size());
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": its JSON is not that of a splat scene (", error.what(), "); ", kAdvice));
  }
}

}  // namespace splat::exporters
