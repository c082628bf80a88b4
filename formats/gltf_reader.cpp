// ReadGlb and IsGlb; gltf_format.cpp writes.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/background.h"
#include "formats/gltf_format.h"
#include "formats/gltf_names.h"
#include "formats/spz_format.h"
#include "io/byte_reader.h"
#include "io/compression.h"
#include "io/json_depth.h"
#include "rasterizer/math/activation.h"

namespace splat::formats {
namespace {

using namespace gltf;
using Json = nlohmann::json;

constexpr const char* kAdvice = "export it again";
constexpr const char* kSpzExtension = "KHR_gaussian_splatting_compression_spz_2";

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
  ByteReader reader(bytes, path, kAdvice);
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
        return FromLittleEndian<float>(bytes);
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
    const double value = FromLittleEndian<T>(bytes);
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
  for (int array = 0; array < kSplatArrays; ++array) {
    const std::vector<float>& from = array == kShRest ? more_rest : more[array];
    cloud[array].insert(cloud[array].end(), from.begin(), from.end());
  }
  cloud.sh_rest_count = rest;
  if (cloud.traits.antialiasing == Antialiasing::kNone) cloud.traits.antialiasing = more.traits.antialiasing;
  cloud.left_out += more.left_out;
}

// Takes what our own files say in the first scene's extras.
void TakeExtras(const Document& document, SceneTraits& traits) {
  const auto scenes = document.json.find("scenes");
  if (scenes == document.json.end() || !scenes->is_array() || scenes->empty()) return;
  const Json& scene = scenes->front();
  if (!scene.is_object() || !scene.contains("extras") || !scene["extras"].is_object()) return;
  const Json& extras = scene["extras"];
  traits.background = BackgroundOf(extras, kBackgroundKey);
  const auto antialiased = extras.find(kAntialiasedKey);
  if (antialiased != extras.end() && *antialiased == true) traits.antialiasing = Antialiasing::kCompensated;
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
    CheckExpansion(document.path, file_bytes, uint64_t(cloud.count()) * SplatBytes(cloud.sh_rest_count));
    first = false;
  }
  TakeExtras(document, cloud.traits);
  return cloud;
}

}  // namespace

bool IsGlb(std::string_view bytes) {
  return bytes.substr(0, 4) == "glTF";
}

SplatCloud ReadGlb(std::string_view bytes, const std::string& path, const ImportOptions&) {
  try {
    return ReadPrimitives(ReadDocument(bytes, path), bytes.size());
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": its JSON is not that of a splat scene (", error.what(), "); ", kAdvice));
  }
}

}  // namespace splat::formats
