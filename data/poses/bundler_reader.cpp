#include "data/poses/bundler_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "core/check.h"
#include "core/color_range.h"
#include "core/format.h"
#include "core/rotation_matrix.h"
#include "data/photos/photo_files.h"
#include "data/poses/any_case.h"
#include "data/poses/damaged_points.h"
#include "data/poses/named_photo_sizes.h"
#include "data/poses/photo_matching.h"
#include "data/poses/point_colors.h"
#include "data/poses/unusable_poses.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "# Bundle file";

// The words of a file, whatever lines they stand in.
class Words {
 public:
  Words(const std::string& path, std::string_view text) : path_(path), lines_(text) { lines_.Next(); }

  // It need not be finite.
  double Number(const char* what) {
    while (Trimmed(line_).empty()) {
      const auto next = lines_.Next();
      SPLAT_CHECK(next.has_value(), path_, ": ends before ", what, "; the file is truncated: export it again");
      line_ = *next;
    }
    const std::string_view word = TakeWord(line_);
    const auto value = ParseNumber<double>(word);
    SPLAT_CHECK(value, path_, ": line ", lines_.line_number(), ": ", what, " expected, '", word,
                "' found; export the file again");
    return *value;
  }
  size_t Count(const char* what) {
    const double value = Number(what);
    SPLAT_CHECK(value >= 0 && value < 1e9 && value == std::floor(value), path_, ": line ", lines_.line_number(), ": ",
                value, " is no ", what);
    return size_t(value);
  }
  Vec3<double> Vector(const char* what) {
    const double x = Number(what), y = Number(what);
    return {x, y, Number(what)};
  }

 private:
  std::string path_;
  LineScanner lines_;
  std::string_view line_;
};

struct BundlerCamera {
  double f = 0, k1 = 0, k2 = 0;
  Mat3<double> rotation;
  Vec3<double> translation;

  bool IsFinite() const {
    double sum = f + k1 + k2 + translation.x + translation.y + translation.z;
    for (int row = 0; row < 3; ++row) sum += rotation(row, 0) + rotation(row, 1) + rotation(row, 2);
    return std::isfinite(sum);
  }
};

std::vector<BundlerCamera> ReadCameras(Words& words, size_t count) {
  std::vector<BundlerCamera> cameras;
  for (size_t i = 0; i < count; ++i) {
    BundlerCamera camera;
    camera.f = words.Number("a focal length");
    camera.k1 = words.Number("k1");
    camera.k2 = words.Number("k2");
    for (int row = 0; row < 3; ++row) {
      const Vec3<double> r = words.Vector("a rotation");
      camera.rotation(row, 0) = r.x;
      camera.rotation(row, 1) = r.y;
      camera.rotation(row, 2) = r.z;
    }
    camera.translation = words.Vector("a translation");
    cameras.push_back(camera);
  }
  return cameras;
}

struct BundlerPoint {
  Vec3<double> position, color;  // the colour as written
};

BundlerPoint ReadPoint(Words& words) {
  BundlerPoint point;
  point.position = words.Vector("a point");
  point.color = words.Vector("a colour");
  const size_t views = words.Count("number of views");
  for (size_t k = 0; k < 4 * views; ++k) words.Number("a view");
  return point;
}

// Adds the points; of a file that ends before it has all of them, or is damaged, those that are whole with a warning.
void AddPoints(const std::string& path, Words& words, size_t count, SceneDescription& scene) {
  std::vector<Vec3<double>> colors;  // as written
  PointCloud& points = scene.points;
  ColorRange range;
  bool fractions = false;
  size_t read = 0;
  try {
    for (size_t i = 0; i < count; ++i) {
      const BundlerPoint point = ReadPoint(words);
      ++read;
      if (!IsHeldByFloats(point.position)) continue;
      points.positions.push_back(point.position);
      colors.push_back(point.color);
      for (const double c : {point.color.x, point.color.y, point.color.z}) {
        if (!std::isfinite(c)) continue;
        range.Add(c);
        fractions = fractions || c != std::floor(c);
      }
    }
  } catch (const Error& error) {
    if (colors.empty()) return WarnOfUnreadPoints(error, scene);
    WarnOfPartOfPoints(error.what(), read, scene);
  }
  WarnOfPointsLeftOut(path, read - colors.size(), read, scene);
  const double scale = kFullByte / range.FullLight(fractions);
  for (const Vec3<double>& c : colors) {
    points.colors.push_back({ByteColor(scale * c.x), ByteColor(scale * c.y), ByteColor(scale * c.z)});
  }
}

fs::path FindList(const std::string& path) {
  const fs::path file(path), folder = fs::absolute(file).parent_path();
  const std::string stem = file.stem().string();
  std::vector<fs::path> lists;
  for (const std::string& name : {stem + ".list.txt", file.filename().string() + ".list.txt", stem + "_list.txt"}) {
    lists.push_back(InAnyCase(folder, name));
  }
  lists.push_back(InAnyCase(folder, "list.txt"));
  // Bundler itself writes bundle/bundle.out and list.txt beside that folder.
  if (LowerAscii(folder.filename().string()) == "bundle") lists.push_back(InAnyCase(folder.parent_path(), "list.txt"));
  for (const fs::path& list : lists) {
    std::error_code ignored;
    if (fs::is_regular_file(list, ignored)) return list;
  }
  throw Error(StrCat(path, ": has no list of its photos beside it; put list.txt there, one name a line"));
}

// The names; "0 532.5" behind one is a focal length that Bundler began with.
std::vector<std::string> ReadList(const fs::path& path) {
  const std::string text = ReadFile(path.string());
  LineScanner lines(text);
  std::vector<std::string> names;
  while (const auto line = lines.Next()) {
    std::string_view name = Trimmed(*line);
    const size_t last = name.find_last_of(" \t");
    if (last != std::string_view::npos && ParseNumber<double>(name.substr(last + 1))) {
      const std::string_view before = Trimmed(name.substr(0, last));
      const size_t zero = before.find_last_of(" \t");
      if (zero != std::string_view::npos && before.substr(zero + 1) == "0") name = Trimmed(before.substr(0, zero));
    }
    if (!name.empty()) names.push_back(PlainName(std::string(name)));
  }
  return names;
}

// Fills in camera and pose.
void PlacePhoto(const BundlerCamera& camera, const PhotoInfo& size, const std::string& where, PosedPhoto& photo) {
  SPLAT_CHECK(size.width > 0, where, ": the size of the photo is not in the file, and no photo is there to tell it");
  SPLAT_CHECK(camera.IsFinite(), where, ": a number of it is not finite; export the file again");
  photo.intrinsics = {CameraModel::kRadial,
                      size.width,
                      size.height,
                      {camera.f, 0.5 * size.width, 0.5 * size.height, camera.k1, camera.k2}};
  Mat3<double> r = NearestRotation(TakeScaleOff(camera.rotation, where + ": its rotation").rotation);
  // Bundler's camera axes (x right, y up, z back) to ours (x right, y down, z forward).
  for (int row = 1; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) r(row, column) *= -1;
  }
  const Vec3<double>& t = camera.translation;
  photo.camera_from_world = {r, {t.x, -t.y, -t.z}};
}

}  // namespace

bool IsBundlerFile(const std::string& path) {
  return BeginningOf(path, kBegin.size()) == kBegin;
}

SceneDescription ReadBundler(const std::string& path, const std::string& image_folder) {
  SPLAT_CHECK(IsBundlerFile(path), path, ": is no file of Bundler, which begins with \"", kBegin, "\"");
  const std::string text = ReadFile(path);
  Words words(path, text);
  const size_t camera_count = words.Count("number of cameras"), point_count = words.Count("number of points");
  const std::vector<BundlerCamera> cameras = ReadCameras(words, camera_count);
  const fs::path list = FindList(path);
  const std::vector<std::string> names = ReadList(list);
  SPLAT_CHECK(names.size() == cameras.size(), path, ": has ", cameras.size(), " cameras, and ", list.string(),
              " names ", names.size(), " photos; both must be of one export");
  const std::string beside = fs::absolute(path).parent_path().string();
  const std::vector<PhotoInfo> sizes = SizesOfNamedPhotos(names, image_folder.empty() ? beside : image_folder);
  SceneDescription scene;
  scene.source = StrCat("Bundler file ", path);
  scene.opengl_axes = true;
  std::vector<std::string> not_placed;
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (cameras[i].f <= 0) {
      not_placed.push_back(names[i]);
      continue;
    }
    PosedPhoto& photo = scene.photos.emplace_back();
    photo.name = names[i];
    photo.path = (fs::path(image_folder) / names[i]).string();
    const std::string where = StrCat(path, ": camera ", i + 1, " ('", names[i], "')");
    ReadOrSayWhy(photo, [&] { PlacePhoto(cameras[i], sizes[i], where, photo); });
  }
  CheckAnyIsUsable(scene.photos);
  SPLAT_CHECK(!scene.photos.empty(), path, ": none of its ", cameras.size(), " cameras was placed");
  if (!not_placed.empty()) {
    scene.warnings.push_back(StrCat(path, ": ", not_placed.size(),
                                    not_placed.size() == 1 ? " camera was" : " cameras were",
                                    " not placed and left out: ", NamesInBrief(not_placed)));
  }
  AddPoints(path, words, point_count, scene);
  if (point_count == 0) {
    scene.warnings.push_back(StrCat(path, ": has no points; the training starts from random points"));
  }
  SortAndKeepOneOfEachName(list.string(), scene.photos, scene.warnings);
  return scene;
}

}  // namespace splat::data
