// ReadGlb, IsGlb and IsGltf; gltf_format.cpp writes.
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
#include "formats/gltf_document.h"
#include "formats/gltf_format.h"
#include "formats/gltf_names.h"
#include "formats/spz_format.h"
#include "io/byte_reader.h"
#include "io/compression.h"
#include "io/json_parse.h"
#include "io/text_scan.h"
#include "rasterizer/math/activation.h"
#include "scene/axis_conventions.h"

namespace splat::formats {
namespace {

using namespace gltf;
constexpr const char* kSpzExtension = "KHR_gaussian_splatting_compression_spz_2";

// An accessor's values as floats.
class Accessor {
 public:
  // `components`: 1, 3 or 4.
  Accessor(Document& document, const Json& attributes, const std::string& name, int components)
      : components_(components) {
    const std::string& path = document.path();
    const auto found = attributes.find(name);
    SPLAT_CHECK(found != attributes.end(), path, ": its splats have no attribute ", name, "; ", kAdvice);
    const Json& accessor = document.json().at("accessors").at(size_t(IndexOf(*found, "accessor", path)));
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
    stride_ = OptionalIndex(document.json().at("bufferViews").at(size_t(view_index)), "byteStride", size, path);
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

// A primitive with the extension, and where its splats belong, in glTF's frame.
struct Primitive {
  const Json* json;
  Affine3 scene_from_mesh;
  const Json& extension() const { return json->at("extensions").at(kExtension); }
};
std::vector<Primitive> SplatPrimitives(const Document& document) {
  std::vector<Primitive> primitives;
  for (const PlacedMesh& placed : PlacedMeshes(document)) {
    for (const Json& primitive : document.json().at("meshes").at(size_t(placed.mesh)).at("primitives")) {
      const auto extensions = primitive.find("extensions");
      if (extensions == primitive.end() || !extensions->contains(kExtension)) continue;
      primitives.push_back({&primitive, placed.scene_from_mesh});
    }
  }
  SPLAT_CHECK(!primitives.empty(), document.path(), ": holds no splats in its scene (no primitive with ", kExtension,
              ")");
  return primitives;
}

int ShDegreeOf(const Json& attributes) {
  int degree = 0;
  while (degree < math::kMaxShDegree && attributes.contains(ShName(degree + 1, 0))) ++degree;
  return degree;
}

SplatCloud ReadAttributes(Document& document, const Json& attributes) {
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
    SPLAT_CHECK(source.accessor.count() == count, document.path(), ": its attributes have ", count, " and ",
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

// The map of glTF's frame as one of ours, which is turned by 180 degrees about x.
Affine3 InRdf(Affine3 transform) {
  for (int i = 0; i < 9; ++i) {
    if ((i / 3 == 0) != (i % 3 == 0)) transform.linear(i / 3, i % 3) *= -1;
  }
  transform.translation = {transform.translation.x, -transform.translation.y, -transform.translation.z};
  return transform;
}

bool IsIdentity(const Affine3& transform) {
  const Affine3 identity;
  bool same = transform.translation.x == 0 && transform.translation.y == 0 && transform.translation.z == 0;
  for (int i = 0; i < 9; ++i) same = same && transform.linear(i / 3, i % 3) == identity.linear(i / 3, i % 3);
  return same;
}

SplatCloud ReadStored(Document& document, const Primitive& primitive) {
  const Json& extension = primitive.extension();
  const auto extensions = extension.find("extensions");
  if (extensions == extension.end() || !extensions->contains(kSpzExtension)) {
    return ReadAttributes(document, primitive.json->at("attributes"));
  }
  const uint64_t view = IndexOf(extensions->at(kSpzExtension).at("bufferView"), "bufferView", document.path());
  ImportOptions options;
  options.spz_frame = SpzFrame::kRub;
  return ReadSpz(document.View(view), document.path(), options);
}

SplatCloud ReadPrimitive(Document& document, const Primitive& primitive) {
  SplatCloud cloud = ReadStored(document, primitive);
  if (!IsIdentity(primitive.scene_from_mesh)) {
    Transform(InRdf(primitive.scene_from_mesh), cloud);
    LeaveOutUnusable(cloud);
  }
  return cloud;
}

// What the splats of a primitive take in memory, as it announces them.
uint64_t AnnouncedBytes(const Document& document, const Primitive& primitive) {
  const auto attributes = primitive.json->find("attributes");
  if (attributes == primitive.json->end() || !attributes->contains("POSITION")) return 0;
  const uint64_t accessor = IndexOf(attributes->at("POSITION"), "accessor", document.path());
  const Json& count = document.json().at("accessors").at(size_t(accessor)).at("count");
  return std::min(IndexOf(count, "count", document.path()), uint64_t(1) << 40) *
         SplatBytes(math::ShRestCount(ShDegreeOf(*attributes)));
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
  const auto scenes = document.json().find("scenes");
  if (scenes == document.json().end() || !scenes->is_array() || scenes->empty()) return;
  const Json& scene = scenes->front();
  if (!scene.is_object() || !scene.contains("extras") || !scene["extras"].is_object()) return;
  const Json& extras = scene["extras"];
  traits.background = BackgroundOf(extras, kBackgroundKey);
  const Antialiasing mode = AntialiasingOf(extras);
  if (mode != Antialiasing::kNone) traits.antialiasing = mode;
}

// Extensions that are read, and those of surfaces and lights, which splats have none of.
bool IsUnderstood(const std::string& extension) {
  for (const char* known : {kExtension, kSpzExtension, "KHR_mesh_quantization", "KHR_lights_punctual"}) {
    if (extension == known) return true;
  }
  return BeginsWith(extension, "KHR_materials_") || BeginsWith(extension, "KHR_texture_");
}

// A file says which extensions a reader must know, or it would take the data for something else.
void CheckRequired(const Document& document) {
  const auto required = document.json().find("extensionsRequired");
  if (required == document.json().end()) return;
  for (const Json& extension : *required) {
    const auto name = extension.get<std::string>();
    SPLAT_CHECK(IsUnderstood(name), document.path(), ": needs a reader that knows the glTF extension ", name,
                ", which is not supported; ", kAdvice);
  }
}

// Linear colours would have to be blended as light, and their SH has no form in the colours of a display.
void CheckColorSpace(const Document& document, const Primitive& primitive) {
  const auto space = primitive.extension().find("colorSpace");
  const bool linear = space != primitive.extension().end() && space->is_string() &&
                      BeginsWith(space->get_ref<const std::string&>(), "lin");
  if (!linear) return;
  throw Error(StrCat(document.path(), ": its colours are linear (colorSpace ", space->get<std::string>(),
                     "), which is not supported; export it with srgb_rec709_display"));
}

SplatCloud ReadPrimitives(Document& document) {
  CheckRequired(document);
  SplatCloud cloud;
  uint64_t announced = 0;
  bool first = true;
  for (const Primitive& primitive : SplatPrimitives(document)) {
    CheckColorSpace(document, primitive);
    // A few bytes can have many primitives, or many nodes, share one buffer, also of splats that are left out.
    SplatCloud part = ReadPrimitive(document, primitive);
    announced += std::max(AnnouncedBytes(document, primitive),
                          uint64_t(part.count() + part.left_out) * SplatBytes(part.sh_rest_count));
    CheckExpansion(document.path(), document.file_bytes(), announced);
    if (first) {
      cloud = std::move(part);
    } else {
      Append(part, cloud);
    }
    first = false;
  }
  TakeExtras(document, cloud.traits);
  return cloud;
}

}  // namespace

bool IsGlb(std::string_view bytes) {
  return bytes.substr(0, 4) == "glTF";
}

bool IsGltf(std::string_view bytes) {
  const size_t begin = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const auto has = [&](const char* key) { return bytes.find(key) != std::string_view::npos; };
  return begin != std::string_view::npos && bytes[begin] == '{' && has("\"asset\"") && has("\"meshes\"");
}

SplatCloud ReadGlb(std::string_view bytes, const std::string& path, const ImportOptions&) {
  try {
    Document document(bytes, path);
    return ReadPrimitives(document);
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": its JSON is not that of a splat scene (", JsonReason(error), "); ", kAdvice));
  }
}

}  // namespace splat::formats
