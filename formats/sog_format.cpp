#include "formats/sog_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/background.h"
#include "formats/quantize/codebook.h"
#include "formats/quantize/kmeans.h"
#include "formats/quantize/quantize.h"
#include "io/compression.h"
#include "io/json_parse.h"
#include "io/mapped_file.h"
#include "io/webp_image.h"
#include "io/zip_archive.h"
#include "rasterizer/math/activation.h"
#include "scene/select.h"

namespace splat::formats {
namespace {

// Numbers as floats, which the file then holds in the fewest digits that give them back; keys in the order of writing.
using Json = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, int64_t, uint64_t, float>;

constexpr int kVersion = 2;
constexpr int kOpaque = 255;
constexpr int kQuatMark = 252;       // the alpha of quats.webp is this and the index of the component left out
constexpr int kPaletteColumns = 64;  // vectors in a row of shN_centroids.webp
constexpr int64_t kLargestPalette = 65536;
constexpr int kSideMultiple = 4;  // of the images, px
constexpr double kPositionLevels = 65535;
constexpr float kLargestValue = 64;  // of log scales and SH coefficients
constexpr const char* kAdvice = "it is damaged, export it again";

// Names of the images in the archive.
constexpr const char* kMeansLow = "means_l.webp";
constexpr const char* kMeansHigh = "means_u.webp";
constexpr const char* kScales = "scales.webp";
constexpr const char* kQuats = "quats.webp";
constexpr const char* kSh0 = "sh0.webp";
constexpr const char* kCentroids = "shN_centroids.webp";
constexpr const char* kLabels = "shN_labels.webp";

// Positions lie on a scale that is fine near the origin.
double ToLogScale(double value) {
  return std::copysign(std::log1p(std::abs(value)), value);
}
double FromLogScale(double value) {
  return std::copysign(std::expm1(std::abs(value)), value);
}

// --- Writing.

using Image = std::pair<const char*, RgbaImage>;

int RoundedUp(int64_t value, int64_t multiple) {
  return int((value + multiple - 1) / multiple * multiple);
}

RgbaImage OpaqueImage(int width, int height) {
  RgbaImage image(width, height);
  for (int64_t i = 0; i < int64_t(width) * height; ++i) image.Pixel(i)[3] = kOpaque;
  return image;
}

// An image with room for a pixel a splat.
RgbaImage ImageFor(int64_t splats) {
  const int width = RoundedUp(int64_t(std::ceil(std::sqrt(double(splats)))), kSideMultiple);
  const int height = RoundedUp((splats + width - 1) / width, kSideMultiple);
  SPLAT_CHECK(width <= kMaxWebpSide_px && height <= kMaxWebpSide_px, splats,
              " splats are more than the images of SOG hold; lower --max-gaussians");
  return OpaqueImage(width, height);
}

Json FilesJson(const std::vector<const char*>& names) {
  Json files = Json::array();
  for (const char* name : names) files.push_back(name);
  return files;
}

// Fills in the two images of positions; returns their entry of meta.json.
Json EncodeMeans(const SplatSelection& splats, std::vector<Image>& images) {
  const auto on_scale = [&](int64_t splat) -> std::array<double, 3> {
    const Vec3<float> mean = splats.Mean(splat);
    return {ToLogScale(mean.x), ToLogScale(mean.y), ToLogScale(mean.z)};
  };
  Bounds3 bounds;
  for (int64_t splat = 0; splat < splats.count(); ++splat) bounds.Add(on_scale(splat));
  const auto& [low, high] = bounds;
  RgbaImage lower = ImageFor(splats.count()), upper = lower;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const std::array<double, 3> value = on_scale(splat);
    for (size_t axis = 0; axis < 3; ++axis) {
      const double range = double(high[axis]) - low[axis];
      const uint32_t level = range > 0 ? QuantizeUnit((value[axis] - low[axis]) / range, 16) : 0;
      lower.Pixel(splat)[axis] = uint8_t(level & 0xff);
      upper.Pixel(splat)[axis] = uint8_t(level >> 8);
    }
  }
  images.emplace_back(kMeansLow, std::move(lower));
  images.emplace_back(kMeansHigh, std::move(upper));
  return {{"mins", low}, {"maxs", high}, {"files", FilesJson({kMeansLow, kMeansHigh})}};
}

Json EncodeQuats(const SplatSelection& splats, std::vector<Image>& images) {
  RgbaImage image = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Quaternion<float> quat = splats.Quat(splat);
    const SmallestThree three = WithoutLargest({quat.w, quat.x, quat.y, quat.z});
    uint8_t* pixel = image.Pixel(splat);
    for (size_t i = 0; i < 3; ++i) pixel[i] = uint8_t(QuantizeUnit(three.others[i] * kSqrtHalf + 0.5, 8));
    pixel[3] = uint8_t(kQuatMark + three.largest);
  }
  images.emplace_back(kQuats, std::move(image));
  return {{"files", FilesJson({kQuats})}};
}

// Within what any image shows: a few values far out would draw a codebook's levels away from the others.
float Bounded(float value) {
  return std::clamp(value, -kLargestValue, kLargestValue);
}

// Three values a splat by a codebook of all of them; `alpha` gives the fourth byte.
Json EncodeByCodebook(const SplatSelection& splats, Vec3<float> (SplatSelection::*value)(int64_t) const,
                      const std::function<uint8_t(int64_t splat)>& alpha, const char* name,
                      std::vector<Image>& images) {
  std::vector<float> values;
  values.reserve(size_t(splats.count()) * 3);
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> v = (splats.*value)(splat);
    values.insert(values.end(), {Bounded(v.x), Bounded(v.y), Bounded(v.z)});
  }
  const Codebook codebook(values);
  RgbaImage image = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    uint8_t* pixel = image.Pixel(splat);
    for (size_t i = 0; i < 3; ++i) pixel[i] = codebook.Label(values[size_t(splat) * 3 + i]);
    pixel[3] = alpha(splat);
  }
  images.emplace_back(name, std::move(image));
  return {{"codebook", codebook.levels()}, {"files", FilesJson({name})}};
}

// Higher SH of all splats, [count, K * 3], coefficient by coefficient.
std::vector<float> HigherSh(const SplatSelection& splats) {
  std::vector<float> values;
  values.reserve(size_t(splats.count()) * size_t(splats.sh_rest_count() * kChannels));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    for (int k = 0; k < splats.sh_rest_count(); ++k) {
      const Vec3<float> v = splats.ShRest(splat, k);
      values.insert(values.end(), {Bounded(v.x), Bounded(v.y), Bounded(v.z)});
    }
  }
  return values;
}

Json EncodeHigherSh(const SplatSelection& splats, const ExportOptions& options, Executor& executor,
                    std::vector<Image>& images) {
  const int rest = splats.sh_rest_count(), dimensions = rest * kChannels;
  const Clusters clusters = ClusterPoints(HigherSh(splats), dimensions, SogPaletteSize(splats.count()), options.seed,
                                          executor, options.fit_parts);
  const Codebook codebook(clusters.centers);
  RgbaImage centroids =
      OpaqueImage(kPaletteColumns * rest, int((clusters.count + kPaletteColumns - 1) / kPaletteColumns));
  // The vectors lie one after the other, row by row: pixel n * K + k is coefficient k of vector n.
  for (int64_t i = 0; i < clusters.count * rest; ++i) {
    for (int c = 0; c < kChannels; ++c) {
      centroids.Pixel(i)[c] = codebook.Label(clusters.centers[size_t(i * kChannels + c)]);
    }
  }
  RgbaImage labels = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    labels.Pixel(splat)[0] = uint8_t(clusters.labels[size_t(splat)] & 0xff);
    labels.Pixel(splat)[1] = uint8_t(clusters.labels[size_t(splat)] >> 8);
  }
  images.emplace_back(kCentroids, std::move(centroids));
  images.emplace_back(kLabels, std::move(labels));
  return {{"count", clusters.count},
          {"bands", splats.sh_degree()},
          {"codebook", codebook.levels()},
          {"files", FilesJson({kCentroids, kLabels})}};
}

// --- Reading.

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

Json ParseMeta(const std::string& text, const std::string& path) {
  Json meta = ParseJsonOrDiscard<Json>(text, path);
  SPLAT_CHECK(meta.is_object(), path, ": its meta.json is no JSON; ", kAdvice);
  const auto version = meta.find("version");
  SPLAT_CHECK(version != meta.end() && version->is_number_unsigned() && *version == kVersion, path,
              ": is not of SOG version ", kVersion, ", the only one that can be read; convert it with another tool");
  return meta;
}

int64_t CountOf(const Json& object, const char* key, int64_t largest, const std::string& path) {
  const Json& value = object.at(key);
  const bool fits = value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t(largest);
  SPLAT_CHECK(fits, path, ": '", key, "' of its meta.json is no number from 0 to ", largest, "; ", kAdvice);
  return value.get<int64_t>();
}

std::string FileOf(const Json& entry, size_t index) {
  return entry.at("files").at(index).get<std::string>();
}

std::array<float, 256> CodebookOf(const Json& entry, const std::string& path) {
  const Json& values = entry.at("codebook");
  SPLAT_CHECK(values.is_array() && values.size() == 256, path, ": a codebook of its meta.json has not 256 numbers; ",
              kAdvice);
  return values.get<std::array<float, 256>>();
}

void DecodeMeans(const Json& entry, Archive& archive, SplatCloud& cloud) {
  const auto low = entry.at("mins").get<std::array<float, 3>>(), high = entry.at("maxs").get<std::array<float, 3>>();
  const RgbaImage lower = archive.Image(FileOf(entry, 0), cloud.count()),
                  upper = archive.Image(FileOf(entry, 1), cloud.count());
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    for (size_t axis = 0; axis < 3; ++axis) {
      const int level = lower.Pixel(splat)[axis] | upper.Pixel(splat)[axis] << 8;
      const double value = low[axis] + level / kPositionLevels * (double(high[axis]) - low[axis]);
      cloud.means[size_t(3 * splat) + axis] = float(FromLogScale(value));
    }
  }
}

void DecodeQuats(const Json& entry, Archive& archive, SplatCloud& cloud) {
  const RgbaImage image = archive.Image(FileOf(entry, 0), cloud.count());
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    const uint8_t* pixel = image.Pixel(splat);
    if (pixel[3] < kQuatMark) continue;  // stays zero: no rotation, and left out
    SmallestThree three;
    three.largest = pixel[3] - kQuatMark;
    for (size_t i = 0; i < 3; ++i) three.others[i] = (DequantizeUnit(pixel[i], 8) - 0.5) / kSqrtHalf;
    const std::array<double, 4> wxyz = WithLargest(three);
    std::copy(wxyz.begin(), wxyz.end(), cloud.quats.begin() + 4 * splat);
  }
}

// Three values a splat, [count, 3]. Returns the image, whose alpha has a meaning of its own.
RgbaImage DecodeByCodebook(const Json& entry, Archive& archive, const std::string& path, int64_t count,
                           std::vector<float>& values) {
  const std::array<float, 256> codebook = CodebookOf(entry, path);
  RgbaImage image = archive.Image(FileOf(entry, 0), count);
  for (int64_t splat = 0; splat < count; ++splat) {
    for (size_t i = 0; i < 3; ++i) values[size_t(3 * splat) + i] = codebook[image.Pixel(splat)[i]];
  }
  return image;
}

void DecodeHigherSh(const Json& entry, Archive& archive, const std::string& path, SplatCloud& cloud) {
  const int rest = cloud.sh_rest_count;
  const int64_t palette = CountOf(entry, "count", kLargestPalette, path);
  const std::array<float, 256> codebook = CodebookOf(entry, path);
  const RgbaImage centroids = archive.Image(FileOf(entry, 0), palette * rest, kPaletteColumns * rest),
                  labels = archive.Image(FileOf(entry, 1), cloud.count());
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    const int64_t label = labels.Pixel(splat)[0] | labels.Pixel(splat)[1] << 8;
    SPLAT_CHECK(label < palette, path, ": splat ", splat + 1, " has the entry ", label, " of a palette of ", palette,
                "; ", kAdvice);
    for (int k = 0; k < rest; ++k) {
      const uint8_t* pixel = centroids.Pixel(label * rest + k);
      for (int c = 0; c < kChannels; ++c)
        cloud.sh_rest[size_t((splat * rest + k) * kChannels + c)] = codebook[pixel[c]];
    }
  }
}

SplatCloud ReadArchive(const std::string& meta_text, Archive& archive, const std::string& path) {
  const Json meta = ParseMeta(meta_text, path);
  const int64_t count = CountOf(meta, "count", int64_t(kMaxWebpSide_px) * kMaxWebpSide_px, path);
  const auto higher = meta.find("shN");
  const int sh_degree = higher == meta.end() ? 0 : int(CountOf(*higher, "bands", math::kMaxShDegree, path));
  archive.Account(uint64_t(count) * SplatBytes(math::ShRestCount(sh_degree)));
  SplatCloud cloud(count, sh_degree);
  DecodeMeans(meta.at("means"), archive, cloud);
  DecodeQuats(meta.at("quats"), archive, cloud);
  DecodeByCodebook(meta.at("scales"), archive, path, count, cloud.log_scales);
  const RgbaImage colors = DecodeByCodebook(meta.at("sh0"), archive, path, count, cloud.sh_dc);
  for (int64_t splat = 0; splat < count; ++splat) {
    cloud.opacity_logits[size_t(splat)] = float(math::Logit(DequantizeUnit(colors.Pixel(splat)[3], 8)));
  }
  if (sh_degree > 0) DecodeHigherSh(*higher, archive, path, cloud);
  cloud.traits.antialiased = meta.value("antialias", false) || meta.value("model", std::string()) == "antialiased";
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
    throw Error(StrCat(path, ": its meta.json is not that of a SOG file (", error.what(), "); ", kAdvice));
  }
}

// The name within its folder.
std::string BaseName(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

// The entries of that name in whichever folders, those with the shortest paths first.
std::vector<std::string> EntriesNamed(const std::vector<std::string>& names,
                                      const std::function<bool(const std::string& base)>& wanted) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (wanted(BaseName(name))) found.push_back(name);
  }
  std::stable_sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/');
  });
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
    if (inner.size() == 1) {
      CheckExpansion(path, bytes.size(), zip.SizeOf(inner[0]));
      return ReadZip(zip.Read(inner[0]), StrCat(path, ": ", inner[0]), more_zips - 1);
    }
  }
  SPLAT_CHECK(!metas.empty(), path,
              ": is a zip archive without a meta.json, as a SOG scene has it; unpack it, and give ",
              "the scene file within");
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

int64_t SogPaletteSize(int64_t splats) {
  int64_t size = kLargestPalette;
  while (size > 1 && size > splats) size /= 2;
  return size;
}

void WriteSog(std::ostream& out, const SplatSelection& unsorted, const ExportOptions& options) {
  SPLAT_CHECK(unsorted.count() > 0, "there is no splat to write, and a SOG file cannot be empty");
  SerialExecutor serial;
  Executor& executor = options.executor != nullptr ? *options.executor : serial;
  SplatSelection splats = unsorted;
  SortByMorton(splats);
  std::vector<Image> images;
  Json meta;
  meta["version"] = kVersion;
  meta["asset"] = {{"generator", StrCat("splat-train ", SPLAT_PROJECT_VERSION)}};
  if (splats.traits().antialiased) {  // the names of two generations of readers
    meta["antialias"] = true;
    meta["model"] = "antialiased";
  }
  if (splats.traits().background) {  // our own key; other readers pass over it
    meta["background"] = Json::array();
    for (const double value : *splats.traits().background) meta["background"].push_back(float(value));
  }
  meta["count"] = splats.count();
  meta["means"] = EncodeMeans(splats, images);
  meta["scales"] = EncodeByCodebook(
      splats, &SplatSelection::LogScale, [](int64_t) { return uint8_t(kOpaque); }, kScales, images);
  meta["quats"] = EncodeQuats(splats, images);
  const auto opacity = [&](int64_t splat) { return uint8_t(QuantizeUnit(splats.Opacity(splat), 8)); };
  meta["sh0"] = EncodeByCodebook(splats, &SplatSelection::ShDc, opacity, kSh0, images);
  if (splats.sh_degree() > 0) meta["shN"] = EncodeHigherSh(splats, options, executor, images);
  std::vector<std::string> files(images.size());
  executor.Run(int64_t(images.size()), [&](int64_t i) { files[size_t(i)] = EncodeWebp(images[size_t(i)].second); });
  ZipWriter zip(out);
  zip.Add("meta.json", meta.dump());
  for (size_t i = 0; i < images.size(); ++i) zip.Add(images[i].first, files[i]);
  zip.Finish();
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
    const Json meta = ParseMeta(std::string(bytes), path);
    uint64_t file_bytes = bytes.size();
    for (const Json& entry : meta) {
      if (!entry.is_object() || !entry.contains("files")) continue;
      for (const Json& name : entry["files"]) file_bytes += files.SizeOf(name.get<std::string>());
    }
    Archive archive(files, path, file_bytes);
    return ReadArchive(std::string(bytes), archive, path);
  });
}

}  // namespace splat::formats
