#include "formats/ksplat_format.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "io/byte_reader.h"
#include "io/half_float.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::formats {
namespace {

constexpr size_t kHeaderBytes = 4096, kSectionHeaderBytes = 1024;
constexpr int kLargestLevel = 2, kLargestShDegree = 2;
constexpr size_t kBucketBytes = 12;  // a centre
constexpr const char* kAdvice = "copy it again or export it again";

struct Header {
  uint32_t sections = 0;  // that have a header and data; unused ones hold no splat
  int level = 0;
  float lowest_sh = 0, highest_sh = 0;  // of level 2
};

struct Section {
  uint32_t splats = 0, capacity = 0, bucket_size = 0, buckets = 0, full_buckets = 0, partial_buckets = 0;
  float block_size = 0;             // scene units across a bucket
  uint32_t quantization_range = 0;  // steps on each side of a bucket's centre
  int sh_degree = 0;
  const char* partial_sizes = nullptr;  // u32 [partial_buckets]
  const char* centers = nullptr;        // float [buckets, 3]
  const char* records = nullptr;        // [capacity] of RecordBytes
};

size_t RecordBytes(int level, int sh_degree) {
  const size_t sh_values = size_t(kChannels * math::ShRestCount(sh_degree));
  if (level == 0) return 12 + 12 + 16 + 4 + 4 * sh_values;
  return 6 + 6 + 8 + 4 + (level == 1 ? 2 : 1) * sh_values;
}

Header ReadHeader(std::string_view bytes, const std::string& path) {
  SPLAT_CHECK(bytes.size() >= kHeaderBytes, path, ": has only ", bytes.size(), " bytes; a .ksplat file begins with ",
              kHeaderBytes, "; it is truncated, ", kAdvice);
  ByteReader reader(bytes, path, kAdvice);
  const int major = reader.Read<uint8_t>(), minor = reader.Read<uint8_t>();
  SPLAT_CHECK(major == 0 && minor == 1, path, ": is of .ksplat version ", major, ".", minor,
              "; 0.1 can be read, as the viewer's version 0.4 writes it");
  reader.Skip(2, 1);
  Header header;
  header.sections = reader.Read<uint32_t>();
  reader.Skip(3, 4);
  header.level = reader.Read<uint16_t>();
  header.lowest_sh = FromLittleEndian<float>(bytes.data() + 36);
  header.highest_sh = FromLittleEndian<float>(bytes.data() + 40);
  SPLAT_CHECK(header.level <= kLargestLevel, path, ": has the compression level ", header.level, "; 0, 1 and 2 exist");
  const size_t room = (bytes.size() - kHeaderBytes) / kSectionHeaderBytes;
  SPLAT_CHECK(header.sections <= room, path, ": announces ", header.sections, " sections but has room for ", room,
              "; it is truncated or damaged, ", kAdvice);
  if (header.lowest_sh == 0 && header.highest_sh == 0) {  // the viewer's default
    header.lowest_sh = -1.5f;
    header.highest_sh = 1.5f;
  }
  return header;
}

// The section's header, and its data from `data` on, which are taken off.
Section ReadSection(std::string_view head, const Header& header, ByteReader& data) {
  ByteReader reader(head, data.Where(), kAdvice);
  Section section;
  section.splats = reader.Read<uint32_t>();
  section.capacity = reader.Read<uint32_t>();
  section.bucket_size = reader.Read<uint32_t>();
  section.buckets = reader.Read<uint32_t>();
  section.block_size = reader.Read<float>();
  const size_t bucket_bytes = reader.Read<uint16_t>();
  reader.Skip(2, 1);
  section.quantization_range = reader.Read<uint32_t>();
  reader.Skip(1, 4);
  section.full_buckets = reader.Read<uint32_t>();
  section.partial_buckets = reader.Read<uint32_t>();
  section.sh_degree = reader.Read<uint16_t>();
  SPLAT_CHECK(section.splats <= section.capacity && section.sh_degree <= kLargestShDegree, data.Where(), ": ",
              section.splats, " of ", section.capacity, " splats of SH degree ", section.sh_degree,
              " cannot be; the file is damaged, ", kAdvice);
  SPLAT_CHECK(section.buckets == 0 || bucket_bytes == kBucketBytes, data.Where(), ": buckets of ", bucket_bytes,
              " bytes cannot be; the file is damaged, ", kAdvice);
  SPLAT_CHECK(header.level == 0 || (section.bucket_size > 0 && section.quantization_range > 0 &&
                                    uint64_t(section.full_buckets) + section.partial_buckets <= section.buckets),
              data.Where(), ": its buckets do not fit together; the file is damaged, ", kAdvice);
  section.partial_sizes = data.ReadBytes(uint64_t(section.partial_buckets) * 4).data();
  section.centers = data.ReadBytes(uint64_t(section.buckets) * kBucketBytes).data();
  const uint64_t record = RecordBytes(header.level, section.sh_degree);
  section.records = data.ReadBytes(section.capacity * record).data();
  return section;
}

// The number of each splat's bucket: the full ones come first.
std::vector<uint32_t> BucketsOf(const Section& section, const std::string& where) {
  std::vector<uint32_t> bucket_of_splat;
  bucket_of_splat.reserve(section.splats);
  const auto add = [&](uint32_t bucket, uint32_t size) {
    const size_t room = section.splats - bucket_of_splat.size();
    bucket_of_splat.insert(bucket_of_splat.end(), std::min<size_t>(size, room), bucket);
  };
  for (uint32_t bucket = 0; bucket < section.full_buckets; ++bucket) add(bucket, section.bucket_size);
  for (uint32_t i = 0; i < section.partial_buckets; ++i) {
    add(section.full_buckets + i, FromLittleEndian<uint32_t>(section.partial_sizes + size_t(4) * i));
  }
  SPLAT_CHECK(bucket_of_splat.size() == section.splats, where, ": its buckets hold ", bucket_of_splat.size(),
              " splats instead of ", section.splats, "; the file is damaged, ", kAdvice);
  return bucket_of_splat;
}

// Numbers of a record, one after the other.
class Record {
 public:
  Record(const char* bytes, int level) : bytes_(bytes), level_(level) {}
  // A 32-bit float, or from level 1 on a 16-bit one.
  float NextFloat() {
    if (level_ == 0) return Next<float>();
    return HalfToFloat(Next<uint16_t>());
  }
  template <typename T>
  T Next() {
    const T value = FromLittleEndian<T>(bytes_);
    bytes_ += sizeof(T);
    return value;
  }

 private:
  const char* bytes_;
  int level_;
};

void TakeMean(const Section& section, uint32_t bucket, int level, Record& record, float* mean) {
  if (level == 0) {
    for (int axis = 0; axis < 3; ++axis) mean[axis] = record.Next<float>();
    return;
  }
  const double step = section.block_size / 2.0 / section.quantization_range;
  for (size_t axis = 0; axis < 3; ++axis) {
    const double offset = (double(record.Next<uint16_t>()) - section.quantization_range) * step;
    const auto center = FromLittleEndian<float>(section.centers + kBucketBytes * bucket + 4 * axis);
    mean[axis] = float(center + offset);
  }
}

// Higher SH: all of degree 1, then all of degree 2, each channel by channel.
void TakeSh(const Header& header, const Section& section, Record& record, float* sh_rest) {
  const auto next = [&] {
    if (header.level < 2) return record.NextFloat();
    return header.lowest_sh + float(record.Next<uint8_t>()) / 255 * (header.highest_sh - header.lowest_sh);
  };
  for (int degree = 1; degree <= section.sh_degree; ++degree) {
    for (int channel = 0; channel < kChannels; ++channel) {
      for (int k = math::ShRestCount(degree - 1); k < math::ShRestCount(degree); ++k) {
        sh_rest[k * kChannels + channel] = next();
      }
    }
  }
}

void TakeSplats(const Header& header, const Section& section, const std::string& where, int64_t first,
                SplatCloud& cloud) {
  std::vector<uint32_t> bucket_of_splat(section.splats);
  if (header.level > 0) bucket_of_splat = BucketsOf(section, where);
  const size_t record_bytes = RecordBytes(header.level, section.sh_degree);
  for (uint32_t i = 0; i < section.splats; ++i) {
    const int64_t splat = first + i;
    Record record(section.records + record_bytes * i, header.level);
    TakeMean(section, bucket_of_splat[i], header.level, record, cloud.means.data() + 3 * splat);
    for (int axis = 0; axis < 3; ++axis) cloud.log_scales[size_t(3 * splat + axis)] = std::log(record.NextFloat());
    for (int c = 0; c < 4; ++c) cloud.quats[size_t(4 * splat + c)] = record.NextFloat();
    for (int c = 0; c < kChannels; ++c) {
      cloud.sh_dc[size_t(3 * splat + c)] = float(math::ColorToShDc(record.Next<uint8_t>() / 255.0));
    }
    cloud.opacity_logits[size_t(splat)] = float(math::Logit(record.Next<uint8_t>() / 255.0));
    TakeSh(header, section, record, cloud.sh_rest.data() + int64_t(cloud.sh_rest_count) * kChannels * splat);
  }
}

}  // namespace

SplatCloud ReadKsplat(std::string_view bytes, const std::string& path, const ImportOptions&) {
  const Header header = ReadHeader(bytes, path);
  ByteReader data(bytes, path, kAdvice);
  data.Skip(1, kHeaderBytes + kSectionHeaderBytes * header.sections);
  std::vector<Section> sections;
  int64_t count = 0;
  int sh_degree = 0;
  for (uint32_t i = 0; i < header.sections; ++i) {
    data.Enter("section", i + 1, header.sections);
    sections.push_back(
        ReadSection(bytes.substr(kHeaderBytes + kSectionHeaderBytes * i, kSectionHeaderBytes), header, data));
    count += sections.back().splats;
    sh_degree = std::max(sh_degree, sections.back().sh_degree);
  }
  SplatCloud cloud(count, sh_degree);
  int64_t first = 0;
  for (size_t i = 0; i < sections.size(); ++i) {
    data.Enter("section", i + 1, sections.size());
    TakeSplats(header, sections[i], data.Where(), first, cloud);
    first += sections[i].splats;
  }
  LeaveOutUnusable(cloud);
  return cloud;
}

}  // namespace splat::formats
