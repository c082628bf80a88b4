// These records are the three files of a COLMAP model, with their structure checked but not yet their meaning. They are
// used by colmap_reader.cpp alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/vec.h"
#include "data/photos/camera_model.h"
#include "data/poses/point_cloud.h"

namespace splat::data {

struct ColmapCamera {
  uint32_t id;
  CameraModel model;
  uint64_t width, height;      // px
  std::vector<double> params;  // as many as the model has
};

struct ColmapImage {
  uint32_t id;
  std::array<double, 4> rotation;     // camera_from_world as quaternion w, x, y, z
  std::array<double, 3> translation;  // camera_from_world
  uint32_t camera_id;
  std::string name;
  std::vector<Observation> observations = {};  // 2D points that belong to a 3D point, by its id
};

struct ColmapPoint {
  uint64_t id;
  Vec3<double> position;  // world frame
  Vec3<uint8_t> color;
  double error_px;  // mean reprojection error; -1 if unknown
};

template <typename Record>
struct ColmapFile {
  std::vector<Record> records;
  std::vector<std::string> warnings;
  std::string damage = {};  // of points alone: what is wrong, with file and entry; the records are those that are whole
};

// Each of these functions throws splat::Error naming `path` and the entry if the file is missing, truncated or
// malformed. Poses are of use without points, so the whole records of points are kept (in a binary file those before
// the damage) and `damage` has the message; the functions throw if that leaves none.
ColmapFile<ColmapCamera> ReadBinaryCameras(const std::string& path);
ColmapFile<ColmapImage> ReadBinaryImages(const std::string& path);
ColmapFile<ColmapPoint> ReadBinaryPoints(const std::string& path);
ColmapFile<ColmapCamera> ReadTextCameras(const std::string& path);
ColmapFile<ColmapImage> ReadTextImages(const std::string& path);
ColmapFile<ColmapPoint> ReadTextPoints(const std::string& path);

}  // namespace splat::data
