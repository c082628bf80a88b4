#include "formats/gltf_document.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "core/check.h"
#include "core/quaternion.h"
#include "core/rotation_matrix.h"
#include "formats/gltf_names.h"
#include "io/base64.h"
#include "io/byte_reader.h"
#include "io/json_parse.h"
#include "io/percent_encoding.h"

namespace splat::formats::gltf {
namespace {

namespace fs = std::filesystem;

// The file that a relative URI names, which must lie in the document's folder or below, links followed.
std::string PathOf(const std::string& uri, const std::string& document) {
  const std::string name = PercentDecoded(uri).value_or(uri);  // "100%.bin" is a name, too
  const fs::path relative(name), folder = fs::absolute(document).parent_path();
  const bool plain = !name.empty() && name.find_first_of(std::string("\\:\0", 3)) == std::string::npos &&
                     relative.is_relative() &&
                     std::none_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
  std::error_code ignored;
  const std::string root = fs::weakly_canonical(folder, ignored).string() + "/";
  const fs::path path = fs::weakly_canonical(folder / relative, ignored);
  SPLAT_CHECK(plain && path.string().compare(0, root.size(), root) == 0, document, ": names the file '",
              name.substr(0, 80), "', which does not lie in its folder; put it there and correct the name");
  return (fs::path(document).parent_path() / relative).string();
}

Vec3<double> Vec3Of(const Json& node, const char* key, const Vec3<double>& fallback) {
  const auto found = node.find(key);
  if (found == node.end()) return fallback;
  return {found->at(0).get<double>(), found->at(1).get<double>(), found->at(2).get<double>()};
}

// "node 3 (rock)"
std::string NameOf(const Json& node, uint64_t index) {
  const auto name = node.find("name");
  if (name == node.end() || !name->is_string()) return StrCat("node ", index);
  return StrCat("node ", index, " (", name->get<std::string>().substr(0, 80), ")");
}

// A node's own transform: its matrix (column by column), or translation * rotation * scale. `where` begins messages.
Affine3 TransformOf(const Json& node, const std::string& where) {
  Affine3 transform;
  const auto matrix = node.find("matrix");
  if (matrix != node.end()) {
    const auto at = [&](size_t row, size_t column) { return matrix->at(4 * column + row).get<double>(); };
    for (size_t column = 0; column < 4; ++column) {
      SPLAT_CHECK(std::abs(at(3, column) - (column == 3 ? 1 : 0)) <= kLastRowTolerance, where,
                  " has a matrix whose last row is not 0 0 0 1: glTF has matrices column by column; transpose it");
    }
    for (size_t i = 0; i < 9; ++i) transform.linear(int(i / 3), int(i % 3)) = at(i / 3, i % 3);
    transform.translation = {at(0, 3), at(1, 3), at(2, 3)};
    return transform;
  }
  const auto rotation = node.find("rotation");
  if (rotation != node.end()) {
    const auto at = [&](size_t i) { return rotation->at(i).get<double>(); };
    const Quaternion<double> quat = {at(3), at(0), at(1), at(2)};
    if (SquaredNorm(quat) > 0) transform.linear = RotationMatrix(quat);
  }
  const Vec3<double> scale = Vec3Of(node, "scale", {1, 1, 1});
  for (int row = 0; row < 3; ++row) {
    transform.linear(row, 0) *= scale.x;
    transform.linear(row, 1) *= scale.y;
    transform.linear(row, 2) *= scale.z;
  }
  transform.translation = Vec3Of(node, "translation", {0, 0, 0});
  return transform;
}

// Splats lie where floats reach, and a mesh does not become one point, line or plane.
void CheckPlace(const Affine3& scene_from_node, const std::string& node, const std::string& path) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  const auto fits = [&](double value) { return std::abs(value) <= kLargest; };
  const Vec3<double>& translation = scene_from_node.translation;
  bool all_fit = fits(translation.x) && fits(translation.y) && fits(translation.z);
  for (int i = 0; i < 9; ++i) all_fit = all_fit && fits(scene_from_node.linear(i / 3, i % 3));
  SPLAT_CHECK(all_fit, path, ": ", node, " puts its mesh farther out than ", kLargest,
              ", which splats cannot be; correct its translation or scale");
  const double determinant = Determinant(scene_from_node.linear);
  SPLAT_CHECK(std::isfinite(determinant) && determinant != 0, path, ": ", node,
              " scales its mesh to nothing, or to infinity; correct its scale");
}

// The nodes that begin the trees of the file's scene.
std::vector<uint64_t> RootsOf(const Document& document) {
  const Json& json = document.json();
  std::vector<uint64_t> roots;
  const auto scenes = json.find("scenes");
  if (scenes != json.end() && scenes->is_array() && !scenes->empty()) {
    const uint64_t chosen = OptionalIndex(json, "scene", 0, document.path());
    for (const Json& node : scenes->at(size_t(chosen)).value("nodes", Json::array())) {
      roots.push_back(IndexOf(node, "node", document.path()));
    }
    return roots;
  }
  std::vector<bool> is_child(json.at("nodes").size());
  for (const Json& node : json.at("nodes")) {
    for (const Json& child : node.value("children", Json::array())) {
      const uint64_t index = IndexOf(child, "node", document.path());
      if (index < is_child.size()) is_child[size_t(index)] = true;
    }
  }
  for (size_t node = 0; node < is_child.size(); ++node) {
    if (!is_child[node]) roots.push_back(node);
  }
  return roots;
}

}  // namespace

uint64_t IndexOf(const Json& value, const char* what, const std::string& path) {
  SPLAT_CHECK(value.is_number_unsigned(), path, ": its JSON has ",
              value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 40), " for a ", what);
  return value.get<uint64_t>();
}

uint64_t OptionalIndex(const Json& object, const char* key, uint64_t fallback, const std::string& path) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : IndexOf(*found, key, path);
}

Document::Document(std::string_view bytes, std::string path) : path_(std::move(path)), file_bytes_(bytes.size()) {
  if (bytes.substr(0, 1) == "g") {
    ReadChunks(bytes);
  } else {
    json_ = ParseJsonOrDiscard<Json>(bytes, path_);
  }
  SPLAT_CHECK(json_.is_object(), path_, ": its JSON is damaged; ", kAdvice);
  const auto buffers = json_.find("buffers");
  if (buffers != json_.end()) buffers_.resize(buffers->size());
}

void Document::ReadChunks(std::string_view bytes) {
  ByteReader reader(bytes, path_, kAdvice);
  SPLAT_CHECK(reader.Read<uint32_t>() == kMagic, path_, ": is no binary glTF (it does not begin with 'glTF')");
  const auto version = reader.Read<uint32_t>(), length = reader.Read<uint32_t>();
  SPLAT_CHECK(version == kVersion, path_, ": is of glTF version ", version, "; 2 can be read");
  SPLAT_CHECK(length <= bytes.size(), path_, ": announces ", length, " bytes but has ", bytes.size(),
              "; it is truncated, ", kAdvice);
  std::string_view text;
  while (reader.remaining() >= kChunkHeaderBytes) {
    const auto size = reader.Read<uint32_t>(), type = reader.Read<uint32_t>();
    const std::string_view chunk = reader.ReadBytes(size);
    if (type == kJsonChunk && text.empty()) text = chunk;
    if (type == kBinaryChunk && binary_.empty()) binary_ = chunk;
  }
  json_ = ParseJsonOrDiscard<Json>(text, path_);
}

void Document::Load(uint64_t index, Buffer& buffer) {
  const Json& entry = json_.at("buffers").at(size_t(index));
  const auto found = entry.find("uri");
  if (found == entry.end()) {
    SPLAT_CHECK(index == 0, path_, ": its buffer ", index, " has no data; ", kAdvice);
    buffer.bytes = binary_;
    return;
  }
  const auto uri = found->get<std::string>();
  if (uri.compare(0, 5, "data:") == 0) {
    const size_t comma = uri.find(',');
    const bool base64 = comma != std::string::npos && comma >= 7 && uri.compare(comma - 7, 7, ";base64") == 0;
    const auto bytes = base64 ? DecodeBase64(std::string_view(uri).substr(comma + 1)) : std::nullopt;
    SPLAT_CHECK(bytes, path_, ": the data: URI of its buffer ", index, " is no base64; ", kAdvice);
    buffer.decoded = *bytes;
    buffer.bytes = buffer.decoded;
  } else {
    try {
      buffer.file = std::make_unique<MappedFile>(PathOf(uri, path_));
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.compare(0, path_.size(), path_) == 0 ? what : StrCat(path_, ": its buffer ", what));
    }
    buffer.bytes = buffer.file->bytes();
    file_bytes_ += buffer.bytes.size();
  }
}

std::string_view Document::BufferBytes(uint64_t index) {
  SPLAT_CHECK(index < buffers_.size(), path_, ": its JSON names buffer ", index, " of ", buffers_.size(), "; ",
              kAdvice);
  Buffer& buffer = buffers_[size_t(index)];
  if (!buffer.loaded) Load(index, buffer);
  buffer.loaded = true;
  return buffer.bytes;
}

std::string_view Document::View(uint64_t index) {
  const Json& view = json_.at("bufferViews").at(size_t(index));
  const uint64_t offset = OptionalIndex(view, "byteOffset", 0, path_);
  const uint64_t length = IndexOf(view.at("byteLength"), "byteLength", path_);
  const std::string_view bytes = BufferBytes(OptionalIndex(view, "buffer", 0, path_));
  SPLAT_CHECK(offset <= bytes.size() && length <= bytes.size() - offset, path_, ": buffer view ", index,
              " reaches beyond the file's data; it is truncated or damaged, ", kAdvice);
  return bytes.substr(offset, length);
}

std::vector<PlacedMesh> PlacedMeshes(const Document& document) {
  const Json& json = document.json();
  std::vector<PlacedMesh> placed;
  const auto nodes = json.find("nodes");
  if (nodes == json.end() || nodes->empty()) {
    const auto meshes = json.find("meshes");
    for (size_t mesh = 0; meshes != json.end() && mesh < meshes->size(); ++mesh) placed.push_back({mesh, {}});
    return placed;
  }
  struct Step {
    uint64_t node;
    Affine3 scene_from_parent;
  };
  std::vector<Step> to_do;
  const auto add = [&](const std::vector<uint64_t>& more, const Affine3& scene_from_parent) {
    for (size_t i = more.size(); i-- > 0;) to_do.push_back({more[i], scene_from_parent});
  };
  add(RootsOf(document), {});
  std::vector<bool> seen(nodes->size());
  while (!to_do.empty()) {
    const auto [index, scene_from_parent] = to_do.back();
    to_do.pop_back();
    const Json& node = nodes->at(size_t(index));
    SPLAT_CHECK(!seen[size_t(index)], document.path(), ": ", NameOf(node, index), " hangs below two others; ", kAdvice);
    seen[size_t(index)] = true;
    const Affine3 scene_from_node = scene_from_parent * TransformOf(node, document.path() + ": " + NameOf(node, index));
    if (node.contains("mesh")) {
      CheckPlace(scene_from_node, NameOf(node, index), document.path());
      placed.push_back({IndexOf(node["mesh"], "mesh", document.path()), scene_from_node});
    }
    std::vector<uint64_t> children;
    for (const Json& child : node.value("children", Json::array())) {
      children.push_back(IndexOf(child, "node", document.path()));
    }
    add(children, scene_from_node);
  }
  return placed;
}

}  // namespace splat::formats::gltf
