#include "formats/spz_packing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/quantize/quantize.h"
#include "io/half_float.h"
#include "io/little_endian.h"
#include "rasterizer/math/activation.h"

namespace splat::formats {
namespace {

constexpr double kColorScale = 0.15 * 255, kColorOffset = 127.5;
constexpr double kRotationSteps = 511;        // of a component within sqrt(1/2), versions 3 and 4
constexpr double kRotationByteScale = 127.5;  // version 2
constexpr int kShBits[] = {5, 4};             // of degree 1, and above
constexpr int kFirstDegreeCoefficients = 3;
constexpr double kShSteps = 128;

void AppendPosition(const SplatSelection& splats, int64_t splat, int fractional_bits, std::string& bytes) {
  const Vec3<float> mean = splats.Mean(splat);
  for (const float value : {mean.x, mean.y, mean.z}) {
    const auto fixed = int32_t(std::round(std::ldexp(double(value), fractional_bits)));
    for (int shift = 0; shift < 24; shift += 8) bytes.push_back(char(fixed >> shift & 0xff));
  }
}

void TakePosition(const uint8_t* bytes, int64_t splat, int fractional_bits, SplatCloud& cloud) {
  for (int axis = 0; axis < 3; ++axis, bytes += 3) {
    const uint32_t fixed = uint32_t(bytes[0]) << 8 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 24;
    cloud.means[size_t(3 * splat + axis)] = float(std::ldexp(double(int32_t(fixed)), -8 - fractional_bits));
  }
}

// Version 1, which is only read: a 16-bit float an axis.
void TakeHalfPosition(const uint8_t* bytes, int64_t splat, SplatCloud& cloud) {
  for (int axis = 0; axis < 3; ++axis, bytes += 2) {
    cloud.means[size_t(3 * splat + axis)] =
        HalfToFloat(FromLittleEndian<uint16_t>(reinterpret_cast<const char*>(bytes)));
  }
}

void AppendThreeBytes(const Vec3<float>& value, double factor, double offset, std::string& bytes) {
  for (const float v : {value.x, value.y, value.z}) bytes.push_back(char(RoundToByte(v * factor + offset)));
}

void AppendSmallestThree(const Quaternion<float>& quat, std::string& bytes) {
  const SmallestThree three = WithoutLargest({quat.x, quat.y, quat.z, quat.w});
  auto packed = uint32_t(three.largest);
  for (const double value : three.others) {
    const double magnitude = std::min(kRotationSteps, std::floor(kRotationSteps * std::abs(value) / kSqrtHalf + 0.5));
    packed = packed << 10 | uint32_t(value < 0) << 9 | uint32_t(magnitude);
  }
  AppendBytes(bytes, packed);
}

void TakeSmallestThree(const uint8_t* bytes, float* quat) {
  const auto packed = FromLittleEndian<uint32_t>(reinterpret_cast<const char*>(bytes));
  SmallestThree three;
  three.largest = int(packed >> 30);
  for (int i = 0; i < 3; ++i) {
    const uint32_t component = packed >> (20 - 10 * i) & 0x3ff;
    const double magnitude = (component & 0x1ff) / kRotationSteps * kSqrtHalf;
    three.others[size_t(i)] = (component >> 9) != 0 ? -magnitude : magnitude;
  }
  const std::array<double, 4> xyzw = WithLargest(three);
  for (int i = 0; i < 4; ++i) quat[i] = float(xyzw[size_t((i + 3) % 4)]);
}

void AppendRotationBytes(const Quaternion<float>& quat, std::string& bytes) {
  const double factor = quat.w < 0 ? -kRotationByteScale : kRotationByteScale;
  AppendThreeBytes({quat.x, quat.y, quat.z}, factor, kRotationByteScale, bytes);
}

void TakeRotationBytes(const uint8_t* bytes, float* quat) {
  SmallestThree three;  // w is the one left out here, whichever is largest
  for (int i = 0; i < 3; ++i) three.others[size_t(i)] = bytes[i] / kRotationByteScale - 1;
  const std::array<double, 4> wxyz = WithLargest(three);
  std::copy(wxyz.begin(), wxyz.end(), quat);
}

uint8_t ShByte(float value, int bits) {
  const int bucket = 1 << (8 - bits);
  const int level = int(std::round(std::clamp(double(value), -2.0, 2.0) * kShSteps)) + int(kShSteps);
  return uint8_t(std::clamp((level + bucket / 2) / bucket * bucket, 0, 255));
}

void AppendSh(const SplatSelection& splats, int64_t splat, int rest, std::string& bytes) {
  for (int k = 0; k < rest; ++k) {
    const int bits = kShBits[k < kFirstDegreeCoefficients ? 0 : 1];
    const Vec3<float> value = splats.ShRest(splat, k);
    for (const float v : {value.x, value.y, value.z}) bytes.push_back(char(ShByte(v, bits)));
  }
}

void TakeSh(const uint8_t* bytes, int64_t splat, SplatCloud& cloud) {
  const int64_t count = int64_t(cloud.sh_rest_count) * kChannels;
  for (int64_t i = 0; i < count; ++i) {
    cloud.sh_rest[size_t(splat * count + i)] = float((bytes[i] - kShSteps) / kShSteps);
  }
}

}  // namespace

std::vector<SpzStream> SpzStreamsOf(const SpzHeader& header) {
  const int bits = header.fractional_bits, rest = header.sh_rest_count();
  const bool small_rotations = header.version <= 2;
  std::vector<SpzStream> streams = {
      {9, [=](const auto& splats, int64_t i, std::string& bytes) { AppendPosition(splats, i, bits, bytes); },
       [=](const uint8_t* bytes, int64_t i, SplatCloud& cloud) { TakePosition(bytes, i, bits, cloud); }},
      {1,
       [](const auto& splats, int64_t i, std::string& bytes) {
         bytes.push_back(char(RoundToByte(splats.Opacity(i) * 255)));
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         cloud.opacity_logits[size_t(i)] = float(math::Logit(bytes[0] / 255.0));
       }},
      {3,
       [](const auto& splats, int64_t i, std::string& bytes) {
         AppendThreeBytes(splats.ShDc(i), kColorScale, kColorOffset, bytes);
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         for (int c = 0; c < 3; ++c) cloud.sh_dc[size_t(3 * i + c)] = float((bytes[c] - kColorOffset) / kColorScale);
       }},
      {3,
       [](const auto& splats, int64_t i, std::string& bytes) {
         AppendThreeBytes(splats.LogScale(i), kSpzLogScaleSteps, -kSpzLowestLogScale * kSpzLogScaleSteps, bytes);
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         for (int c = 0; c < 3; ++c) {
           cloud.log_scales[size_t(3 * i + c)] = float(bytes[c] / kSpzLogScaleSteps + kSpzLowestLogScale);
         }
       }},
      {small_rotations ? size_t(3) : size_t(4),
       [=](const auto& splats, int64_t i, std::string& bytes) {
         small_rotations ? AppendRotationBytes(splats.Quat(i), bytes) : AppendSmallestThree(splats.Quat(i), bytes);
       },
       [=](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         float* quat = cloud.quats.data() + 4 * i;
         small_rotations ? TakeRotationBytes(bytes, quat) : TakeSmallestThree(bytes, quat);
       }}};
  if (header.version == 1) streams[0] = {6, nullptr, TakeHalfPosition};
  if (rest > 0) {
    streams.push_back({size_t(rest * kChannels),
                       [=](const auto& splats, int64_t i, std::string& bytes) { AppendSh(splats, i, rest, bytes); },
                       TakeSh});
  }
  return streams;
}

}  // namespace splat::formats
