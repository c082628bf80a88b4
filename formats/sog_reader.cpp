// ReadSog and ReadSogMeta: SOG of versions 1 and 2 in a zip archive or a folder; sog_format.cpp writes.
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/background.h"
#include "formats/quantize/quantize.h"
#include "formats/sog_format.h"
#include "formats/sog_names.h"
#include "io/compression.h"
#include "io/json_parse.h"
#include "io/mapped_file.h"
#include "io/webp_image.h"
#include "io/zip_archive.h"
#include "rasterizer/math/activation.h"

namespace splat::formats {
namespace {

constexpr const char* kAdvice = "it is damaged, export it again";

// Where the files that meta.json names lie.
class Files {
 public:
  virtual ~Files() = default;
  virtual uint64_t SizeOf(const std::string& name) = 0;  // unpacked
  virtual std::string Read(const std::string& name) = 0;
};

// A folder of a zip archive.
class ZipFiles : public Files {
 public:
  ZipFiles(ZipReader& zip, std::string folder) : zip_(zip), folder_(std::move(folder)) {}
  uint64_t SizeOf(const std::string& name) override { return zip_.SizeOf(folder_ + name); }
  std::string Read(const std::string& name) override { return zip_.Read(folder_ + name); }

 private:
  ZipReader& zip_;
  std::string folder_;  // "" or with a slash behind it
};

// A folder of the file system.
class FolderFiles : public Files {
 public:
  FolderFiles(std::string folder, std::string meta) : folder_(std::move(folder)), meta_(std::move(meta)) {}
  uint64_t SizeOf(const std::string& name) override { return MappedFile(PathOf(name)).bytes().size(); }
  std::string Read(const std::string& name) override {
    const MappedFile file(PathOf(name));
    return std::string(file.bytes());
  }

 private:
  std::string PathOf(const std::string& name) const {
    const bool plain = !name.empty() && name != "." && name != ".." &&
                       name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
    SPLAT_CHECK(plain, meta_, ": names the file '", name.substr(0, 80), "', which is not one beside it; ", kAdvice);
    return folder_ + name;
  }
  std::string folder_, meta_;
};

// The scene's images, as long as what they unpack to is credible.
class Archive {
 public:
  Archive(Files& files, const std::string& path, uint64_t file_bytes)
      : files_(files), path_(path), file_bytes_(file_bytes) {}

  std::string Text(const std::string& name) {
    Account(files_.SizeOf(name));
    return files_.Read(name);
  }
  // An image with at least `pixels` pixels, and as wide as `width` if that is not 0.
  RgbaImage Image(const std::string& name, int64_t pixels, int width = 0) {
    Account(files_.SizeOf(name));
    const std::string file = files_.Read(name), where = StrCat(path_, ": ", name);
    Account(WebpPixelBytes(file, where));
    RgbaImage image = DecodeWebp(file, where);
    SPLAT_CHECK(int64_t(image.width) * image.height >= pixels && (width == 0 || image.width == width), where, " has ",
                image.width, " x ", image.height, " px, which do not fit meta.json; ", kAdvice);
    return image;
  }
  void Account(uint64_t bytes) {
    unpacked_ = bytes > std::numeric_limits<uint64_t>::max() - unpacked_ ? bytes : unpacked_ + bytes;
    CheckExpansion(path_, file_bytes_, unpacked_);
  }

 private:
  Files& files_;
  std::string path_;
  uint64_t file_bytes_, unpacked_ = 0;
};

SogJson ParseMeta(const std::string& text, const std::string& path) {
  SogJson meta = ParseJsonOrDiscard<SogJson>(text, path);
  SPLAT_CHECK(meta.is_object(), path, ": its meta.json is no JSON; ", kAdvice);
  const auto version = meta.find("version");
  SPLAT_CHECK(version == meta.end() || (version->is_number_unsigned() && (*version == 1 || *version == kSogVersion)),
              path, ": is of SOG version ", version == meta.end() ? "" : version->dump(), "; 1 and ", kSogVersion,
              " can be read: convert it with splat-transform");
  return meta;
}

int64_t CountOf(const SogJson& object, const char* key, int64_t largest, const std::string& path) {
  const SogJson& value = object.at(key);
  const bool fits = value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t(largest);
  SPLAT_CHECK(fits, path, ": '", key, "' of its meta.json is no number from 0 to ", largest, "; ", kAdvice);
  return value.get<int64_t>();
}

// The name without "./" before it.
std::string FileOf(const SogJson& entry, size_t index) {
  std::string name = entry.at("files").at(index).get<std::string>();
  while (name.compare(0, 2, "./") == 0) name.erase(0, 2);
  return name;
}

using Levels = std::array<float, 256>;

// What the bytes of a channel mean: version 2 has a codebook of all channels, version 1 the ends of a straight scale,
// for each channel or for all.
Levels LevelsOf(const SogJson& entry, size_t channel, const std::string& path) {
  if (const auto codebook = entry.find("codebook"); codebook != entry.end()) {
    SPLAT_CHECK(codebook->is_array() && codebook->size() == 256, path,
                ": a codebook of its meta.json has not 256 numbers; ", kAdvice);
    return codebook->get<Levels>();
  }
  const auto end = [&](const char* key) {
    const SogJson& ends = entry.at(key);
    return double((ends.is_array() ? ends.at(channel) : ends).get<float>());
  };
  const double low = end("mins"), high = end("maxs");
  Levels levels;
  for (size_t i = 0; i < levels.size(); ++i) levels[i] = float(low + DequantizeUnit(uint32_t(i), 8) * (high - low));
  return levels;
}

// What a scene has of splats and of coefficients. Version 2 says so; in version 1 it is in the shapes of the arrays
// that were compressed, [count, ...].
struct Extent {
  int64_t count = 0;
  int sh_degree = 0;
};

Extent ExtentOf(const SogJson& meta, const std::string& path) {
  constexpr int64_t kMostSplats = int64_t(kMaxWebpSide_px) * kMaxWebpSide_px;
  const auto higher = meta.find("shN");
  Extent extent;
  if (meta.contains("count")) {
    extent.count = CountOf(meta, "count", kMostSplats, path);
    if (higher != meta.end()) extent.sh_degree = int(CountOf(*higher, "bands", math::kMaxShDegree, path));
    return extent;
  }
  const auto numbers = [&](const SogJson& entry) { return entry.at("shape").get<std::vector<float>>(); };
  const std::vector<float> means = numbers(meta.at("means"));
  SPLAT_CHECK(!means.empty() && means[0] >= 0 && means[0] <= float(kMostSplats), path,
              ": its meta.json has neither a count nor a shape of the means; ", kAdvice);
  extent.count = meta.at("means").at("shape").at(0).get<int64_t>();
  if (higher == meta.end()) return extent;
  const std::vector<float> shape = numbers(*higher);
  float per_splat = 1;
  for (size_t i = 1; i < shape.size(); ++i) per_splat *= shape[i];
  while (extent.sh_degree < math::kMaxShDegree && kChannels * math::ShRestCount(extent.sh_degree) < per_splat) {
    ++extent.sh_degree;
  }
  SPLAT_CHECK(kChannels * math::ShRestCount(extent.sh_degree) == per_splat, path, ": its meta.json has ", per_splat,
              " numbers of SH a splat, as no degree up to ", math::kMaxShDegree, " does; ", kAdvice);
  return extent;
}

void DecodeMeans(const SogJson& entry, Archive& archive, SplatCloud& cloud) {
  const auto low = entry.at("mins").get<std::array<float, 3>>(), high = entry.at("maxs").get<std::array<float, 3>>();
  const RgbaImage lower = archive.Image(FileOf(entry, 0), cloud.count()),
                  upper = archive.Image(FileOf(entry, 1), cloud.count());
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    for (size_t axis = 0; axis < 3; ++axis) {
      const int level = lower.Pixel(splat)[axis] | upper.Pixel(splat)[axis] << 8;
      const double value = low[axis] + level / kSogPositionLevels * (double(high[axis]) - low[axis]);
      cloud.means[size_t(3 * splat) + axis] = float(FromSogScale(value));
    }
  }
}

void DecodeQuats(const SogJson& entry, Archive& archive, SplatCloud& cloud) {
  const RgbaImage image = archive.Image(FileOf(entry, 0), cloud.count());
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    const uint8_t* pixel = image.Pixel(splat);
    if (pixel[3] < kSogQuatMark) continue;  // stays zero: no rotation, and left out
    SmallestThree three;
    three.largest = pixel[3] - kSogQuatMark;
    for (size_t i = 0; i < 3; ++i) three.others[i] = (DequantizeUnit(pixel[i], 8) - 0.5) / kSqrtHalf;
    const std::array<double, 4> wxyz = WithLargest(three);
    std::copy(wxyz.begin(), wxyz.end(), cloud.quats.begin() + 4 * splat);
  }
}

// Three values a splat, [count, 3]. Returns the image, whose alpha has a meaning of its own.
RgbaImage DecodeByLevels(const SogJson& entry, Archive& archive, const std::string& path, int64_t count,
                         std::vector<float>& values) {
  RgbaImage image = archive.Image(FileOf(entry, 0), count);
  for (size_t channel = 0; channel < 3; ++channel) {
    const Levels levels = LevelsOf(entry, channel, path);
    for (int64_t splat = 0; splat < count; ++splat) {
      values[size_t(3 * splat) + channel] = levels[image.Pixel(splat)[channel]];
    }
  }
  return image;
}

// Beside the colours: activated, or in version 1 logits on a scale as the colours'.
void DecodeOpacities(const SogJson& entry, const RgbaImage& colors, const std::string& path,
                     std::vector<float>& logits) {
  Levels levels;
  if (entry.contains("codebook")) {
    for (size_t i = 0; i < levels.size(); ++i) levels[i] = float(math::Logit(DequantizeUnit(uint32_t(i), 8)));
  } else {
    levels = LevelsOf(entry, 3, path);
  }
  for (size_t splat = 0; splat < logits.size(); ++splat) logits[splat] = levels[colors.Pixel(int64_t(splat))[3]];
}

void DecodeHigherSh(const SogJson& entry, Archive& archive, const std::string& path, SplatCloud& cloud) {
  const int rest = cloud.sh_rest_count;
  const bool has_count = entry.contains("count");
  int64_t palette = has_count ? CountOf(entry, "count", kSogLargestPalette, path) : 0;
  const Levels levels = LevelsOf(entry, 0, path);
  const RgbaImage centroids = archive.Image(FileOf(entry, 0), palette * rest, kSogPaletteColumns * rest),
                  labels = archive.Image(FileOf(entry, 1), cloud.count());
  if (!has_count) palette = int64_t(centroids.height) * kSogPaletteColumns;
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    const int64_t label = labels.Pixel(splat)[0] | labels.Pixel(splat)[1] << 8;
    SPLAT_CHECK(label < palette, path, ": splat ", splat + 1, " has the entry ", label, " of a palette of ", palette,
                "; ", kAdvice);
    for (int k = 0; k < rest; ++k) {
      const uint8_t* pixel = centroids.Pixel(label * rest + k);
      for (int c = 0; c < kChannels; ++c) cloud.sh_rest[size_t((splat * rest + k) * kChannels + c)] = levels[pixel[c]];
    }
  }
}

SplatCloud ReadArchive(const std::string& meta_text, Archive& archive, const std::string& path) {
  const SogJson meta = ParseMeta(meta_text, path);
  const auto [count, sh_degree] = ExtentOf(meta, path);
  archive.Account(uint64_t(count) * SplatBytes(math::ShRestCount(sh_degree)));
  SplatCloud cloud(count, sh_degree);
  DecodeMeans(meta.at("means"), archive, cloud);
  DecodeQuats(meta.at("quats"), archive, cloud);
  DecodeByLevels(meta.at("scales"), archive, path, count, cloud.log_scales);
  const RgbaImage colors = DecodeByLevels(meta.at("sh0"), archive, path, count, cloud.sh_dc);
  DecodeOpacities(meta.at("sh0"), colors, path, cloud.opacity_logits);
  if (sh_degree > 0) DecodeHigherSh(meta.at("shN"), archive, path, cloud);
  cloud.traits.antialiasing = AntialiasingOf(meta);
  cloud.traits.background = BackgroundOf(meta, "background");
  LeaveOutUnusable(cloud);
  return cloud;
}

// Calls read() and names the file where its JSON is not as it must be.
template <typename Read>
SplatCloud Checked(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": its meta.json is not that of a SOG file (", JsonReason(error), "); ", kAdvice));
  }
}

// The name within its folder.
std::string BaseName(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

int64_t DepthOf(const std::string& name) {
  return std::count(name.begin(), name.end(), '/');
}

// The entries of that name in whichever folders, those with the shortest paths first.
std::vector<std::string> EntriesNamed(const std::vector<std::string>& names,
                                      const std::function<bool(const std::string& base)>& wanted) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (wanted(BaseName(name))) found.push_back(name);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const std::string& a, const std::string& b) { return DepthOf(a) < DepthOf(b); });
  return found;
}

constexpr int kMostNestedZips = 1;

SplatCloud ReadZip(std::string_view bytes, const std::string& path, int more_zips) {
  ZipReader zip(bytes, path);
  const std::vector<std::string> names = zip.Names();
  const auto metas = EntriesNamed(names, [](const std::string& base) { return base == "meta.json"; });
  if (metas.empty() && more_zips > 0) {
    const auto inner = EntriesNamed(names, [](const std::string& base) {
      return base.size() > 4 && base[0] != '.' && base.compare(base.size() - 4, 4, ".sog") == 0;
    });
    SPLAT_CHECK(inner.size() < 2, path, ": holds several scenes (", inner[0], ", ", inner[1],
                "); unpack it, and give one of them");
    if (inner.size() == 1) {
      CheckExpansion(path, bytes.size(), zip.SizeOf(inner[0]));
      return ReadZip(zip.Read(inner[0]), StrCat(path, ": ", inner[0]), more_zips - 1);
    }
  }
  SPLAT_CHECK(!metas.empty(), path,
              ": is a zip archive without a meta.json, as a SOG scene has it; unpack it, and give ",
              "the scene file within");
  SPLAT_CHECK(metas.size() == 1 || DepthOf(metas[0]) < DepthOf(metas[1]), path, ": holds several scenes (", metas[0],
              ", ", metas[1], "); unpack it, and give the folder of one");
  const std::string folder = metas[0].substr(0, metas[0].size() - BaseName(metas[0]).size());
  ZipFiles files(zip, folder);
  return Checked(path, [&] {
    Archive archive(files, path, bytes.size());
    return ReadArchive(archive.Text("meta.json"), archive, path);
  });
}

}  // namespace

bool IsSog(std::string_view bytes) {
  return ZipReader::Recognizes(bytes);
}

SplatCloud ReadSog(std::string_view bytes, const std::string& path, const ImportOptions&) {
  return ReadZip(bytes, path, kMostNestedZips);
}

bool IsSogMeta(std::string_view bytes) {
  const size_t begin = bytes.find_first_not_of(" \t\r\n");
  const bool object = begin != std::string_view::npos && bytes[begin] == '{';
  const auto has = [&](const char* key) { return bytes.find(key) != std::string_view::npos; };
  return object && has("\"means\"") && has("\"quats\"") && has("\"sh0\"");
}

SplatCloud ReadSogMeta(std::string_view bytes, const std::string& path, const ImportOptions&) {
  FolderFiles files(path.substr(0, path.rfind('/') + 1), path);
  return Checked(path, [&] {
    const SogJson meta = ParseMeta(std::string(bytes), path);
    uint64_t file_bytes = bytes.size();
    for (const SogJson& entry : meta) {
      if (!entry.is_object() || !entry.contains("files")) continue;
      for (size_t i = 0; i < entry["files"].size(); ++i) file_bytes += files.SizeOf(FileOf(entry, i));
    }
    Archive archive(files, path, file_bytes);
    return ReadArchive(std::string(bytes), archive, path);
  });
}

}  // namespace splat::formats
