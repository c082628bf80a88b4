// COLMAP's .bin files: a 64-bit count, then the records, all little-endian and packed.
#include <algorithm>
#include <type_traits>

#include "core/check.h"
#include "data/poses/colmap_files.h"
#include "io/byte_reader.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

// Smallest sizes that a record can have, in bytes.
constexpr size_t kCameraSize = 4 + 4 + 8 + 8;                 // without params
constexpr size_t kImageSize = 4 + 4 * 8 + 3 * 8 + 4 + 1 + 8;  // with an empty name and no 2D points
constexpr size_t kPointSize = 8 + 3 * 8 + 3 + 8 + 8;          // with an empty track
constexpr uint64_t kNoPoint = ~uint64_t(0);
constexpr size_t kTrackElementSize = 4 + 4;  // image id, index of the 2D point

template <typename Record, typename ReadRecord>
ColmapFile<Record> ReadRecords(const std::string& path, const char* kind, size_t smallest, const ReadRecord& read) {
  const std::string bytes = ReadFile(path);
  ColmapFile<Record> file;
  if (bytes.empty()) {
    file.warnings.push_back(StrCat(path, " is empty"));
    return file;
  }
  ByteReader reader(bytes, path);
  constexpr bool kKeepWhole = std::is_same_v<Record, ColmapPoint>;
  const std::string records = StrCat(kind, "s");
  const uint64_t count = kKeepWhole ? reader.template Read<uint64_t>() : reader.ReadCount(records.c_str(), smallest);
  file.records.reserve(size_t(std::min<uint64_t>(count, reader.remaining() / smallest)));
  for (uint64_t i = 0; i < count; ++i) {
    reader.Enter(kind, i + 1, count);
    try {
      file.records.push_back(read(reader));
    } catch (const Error& error) {
      if (!kKeepWhole || i == 0) throw;
      file.damage = error.what();
      return file;
    }
  }
  if (reader.remaining() > 0) {
    file.warnings.push_back(StrCat(path, ": ", reader.remaining(), " bytes after its ", count, " ", kind,
                                   "s were ignored; the file may be damaged"));
  }
  return file;
}

ColmapCamera ReadCamera(ByteReader& reader) {
  ColmapCamera camera;
  camera.id = reader.Read<uint32_t>();
  camera.model = CameraModelFromId(reader.Read<int32_t>(), StrCat(reader.Where(), " (id ", camera.id, ")"));
  camera.width = reader.Read<uint64_t>();
  camera.height = reader.Read<uint64_t>();
  camera.params.resize(size_t(CameraModelParamCount(camera.model)));
  for (double& param : camera.params) param = reader.Read<double>();
  return camera;
}

ColmapImage ReadImage(ByteReader& reader) {
  ColmapImage image;
  image.id = reader.Read<uint32_t>();
  for (double& q : image.rotation) q = reader.Read<double>();
  for (double& t : image.translation) t = reader.Read<double>();
  image.camera_id = reader.Read<uint32_t>();
  image.name = reader.ReadZeroTerminated();
  const uint64_t points = reader.Read<uint64_t>();  // the file ends before there are too many
  for (uint64_t i = 0; i < points; ++i) {
    Observation observation;
    observation.x = reader.Read<double>();
    observation.y = reader.Read<double>();
    observation.point = reader.Read<uint64_t>();
    if (observation.point != kNoPoint) image.observations.push_back(observation);
  }
  return image;
}

ColmapPoint ReadPoint(ByteReader& reader) {
  ColmapPoint point;
  point.id = reader.Read<uint64_t>();
  point.position.x = reader.Read<double>();
  point.position.y = reader.Read<double>();
  point.position.z = reader.Read<double>();
  point.color.x = reader.Read<uint8_t>();
  point.color.y = reader.Read<uint8_t>();
  point.color.z = reader.Read<uint8_t>();
  point.error_px = reader.Read<double>();
  const uint64_t track = reader.Read<uint64_t>();
  reader.Skip(track, kTrackElementSize);
  return point;
}

}  // namespace

ColmapFile<ColmapCamera> ReadBinaryCameras(const std::string& path) {
  return ReadRecords<ColmapCamera>(path, "camera", kCameraSize, ReadCamera);
}

ColmapFile<ColmapImage> ReadBinaryImages(const std::string& path) {
  return ReadRecords<ColmapImage>(path, "image", kImageSize, ReadImage);
}

ColmapFile<ColmapPoint> ReadBinaryPoints(const std::string& path) {
  return ReadRecords<ColmapPoint>(path, "point", kPointSize, ReadPoint);
}

}  // namespace splat::data
