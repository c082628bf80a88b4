// This header holds a glTF file in memory: its JSON, the buffers that it names, and where its nodes put the meshes. It
// is private to gltf_reader.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "io/mapped_file.h"
#include "scene/splat_transform.h"

namespace splat::formats::gltf {

using Json = nlohmann::json;

constexpr const char* kAdvice = "export it again";

// A number that counts or points to something.
uint64_t IndexOf(const Json& value, const char* what, const std::string& path);
uint64_t OptionalIndex(const Json& object, const char* key, uint64_t fallback, const std::string& path);

class Document {
 public:
  // Takes a .glb, or the text of a .gltf, whose buffers are data: URIs or files in its own folder or below. The bytes
  // must outlive the object. Throws splat::Error naming the path.
  Document(std::string_view bytes, std::string path);

  const Json& json() const { return json_; }
  const std::string& path() const { return path_; }
  uint64_t file_bytes() const { return file_bytes_; }  // of the file and of the buffers used so far

  // Returns the bytes of a buffer view, all of which must be there.
  std::string_view View(uint64_t index);

 private:
  struct Buffer {
    bool loaded = false;
    std::string_view bytes;
    std::string decoded;               // of a data: URI
    std::unique_ptr<MappedFile> file;  // beside the document
  };
  void ReadChunks(std::string_view bytes);
  std::string_view BufferBytes(uint64_t index);
  void Load(uint64_t index, Buffer& buffer);

  std::string path_;
  Json json_;
  std::string_view binary_;  // the chunk BIN
  uint64_t file_bytes_;
  std::vector<Buffer> buffers_;
};

// A mesh where a node of the first scene puts it.
struct PlacedMesh {
  uint64_t mesh;
  Affine3 scene_from_mesh;
};
// Returns all of them, in the order of the nodes; for a file without scenes or nodes, every mesh in its own frame.
// Throws splat::Error naming the node if nodes form no trees, or one flattens its mesh or puts it beyond what floats
// hold.
std::vector<PlacedMesh> PlacedMeshes(const Document& document);

}  // namespace splat::formats::gltf
