#include "formats/splat_format.h"

#include <cmath>

#include "core/check.h"
#include "formats/quantize/quantize.h"
#include "io/block_writer.h"
#include "io/byte_reader.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "scene/splat_order.h"

namespace splat::formats {
namespace {

constexpr size_t kRecordBytes = 32;
constexpr double kQuatScale = 128;  // a component -1 ... 1 is the byte 0 ... 256, of which 256 becomes 255

}  // namespace

void WriteSplatFile(std::ostream& out, const SplatSelection& unsorted, const ExportOptions&) {
  SplatSelection splats = unsorted;
  SortByImportance(splats);
  BlockWriter writer(out);
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> mean = splats.Mean(splat), log_scale = splats.LogScale(splat), dc = splats.ShDc(splat);
    for (const float value : {mean.x, mean.y, mean.z}) writer.Put(value);
    for (const float value : {log_scale.x, log_scale.y, log_scale.z}) writer.Put(FiniteExp(value));
    for (const float value : {dc.x, dc.y, dc.z}) writer.Put(RoundToByte(math::ShDcToColor(double(value)) * 255));
    writer.Put(RoundToByte(splats.Opacity(splat) * 255));
    const Quaternion<float> quat = splats.Quat(splat);
    for (const float value : {quat.w, quat.x, quat.y, quat.z}) {
      writer.Put(RoundToByte(value * kQuatScale + kQuatScale));
    }
  }
  writer.Flush();
}

SplatCloud ReadSplatFile(std::string_view bytes, const std::string& path, const ImportOptions&) {
  SPLAT_CHECK(bytes.size() % kRecordBytes == 0, path, ": its ", bytes.size(), " bytes are no multiple of ",
              kRecordBytes, ", as those of a .splat file are; it is truncated or of another format");
  SplatCloud cloud(int64_t(bytes.size() / kRecordBytes), 0);
  const char* record = bytes.data();
  for (int64_t splat = 0; splat < cloud.count(); ++splat, record += kRecordBytes) {
    const auto byte = [&](size_t position) { return double(uint8_t(record[position])); };
    for (size_t axis = 0; axis < 3; ++axis) {
      const size_t value = size_t(3 * splat) + axis;
      cloud.means[value] = FromLittleEndian<float>(record + 4 * axis);
      cloud.log_scales[value] = float(std::log(double(FromLittleEndian<float>(record + 12 + 4 * axis))));
      cloud.sh_dc[value] = float(math::ColorToShDc(byte(24 + axis) / 255));
    }
    cloud.opacity_logits[size_t(splat)] = float(math::Logit(byte(27) / 255));
    for (size_t i = 0; i < 4; ++i) {
      cloud.quats[size_t(4 * splat) + i] = float((byte(28 + i) - kQuatScale) / kQuatScale);
    }
  }
  LeaveOutUnusable(cloud);
  return cloud;
}

}  // namespace splat::formats
