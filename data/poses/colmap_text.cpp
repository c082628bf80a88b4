// COLMAP's .txt files: one record a line (an image may have a second one), blank-separated, comments after #.
#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/color_range.h"
#include "data/poses/colmap_files.h"
#include "data/poses/point_colors.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

constexpr double kMaxColor = 255;
constexpr double kUnknownError = -1;

// Records of one file: skips comments and empty lines, and remembers the count that COLMAP writes in its comment.
class RecordScanner {
 public:
  RecordScanner(const std::string& path, std::string_view kind)
      : path_(path), kind_(kind), text_(ReadFile(path)), lines_(WithoutByteOrderMark(text_)) {}
  RecordScanner(const RecordScanner&) = delete;
  RecordScanner& operator=(const RecordScanner&) = delete;

  // Moves to the next line that begins a record; false at the end of the file.
  bool NextRecord() {
    while (const auto line = lines_.Next()) {
      line_ = Trimmed(*line);
      if (line_.empty()) continue;
      if (line_.front() != '#') return true;
      ReadComment();
    }
    return false;
  }
  // Moves to the next line that is no comment, unless `stay` says that it is not meant: then nothing moves. The line
  // may be empty, as it is at the end of the file.
  template <typename Predicate>
  void NextLineUnless(const Predicate& stay) {
    LineScanner ahead = lines_;
    std::string_view line = Trimmed(ahead.Next().value_or(std::string_view()));
    while (!line.empty() && line.front() == '#') line = Trimmed(ahead.Next().value_or(std::string_view()));
    line_ = {};
    if (stay(line)) return;
    lines_ = ahead;
    line_ = line;
  }

  template <typename T>
  T Number(const char* what) {
    const std::string_view word = TakeWord(line_);
    const auto value = ParseNumber<T>(word);
    SPLAT_CHECK(value.has_value(), Where(), ": ", what, " expected, '", word,
                "' found; correct the line or export again");
    return *value;
  }
  // A colour of 0..255, also as "163.0", which is a fraction.
  double Color(bool& fraction) {
    const std::string_view word = TakeWord(line_);
    fraction = fraction || word.find('.') != std::string_view::npos;
    const auto value = ParseNumber<double>(word);
    SPLAT_CHECK(value && *value >= 0 && *value <= kMaxColor, Where(), ": a colour (0 to 255) expected, '", word,
                "' found; correct the line or export again");
    return *value;
  }
  size_t WordsLeft() const {
    size_t count = 0;
    for (std::string_view rest = line_; !TakeWord(rest).empty();) ++count;
    return count;
  }
  std::string Word() { return std::string(TakeWord(line_)); }
  std::string Rest() { return std::string(Trimmed(line_)); }
  bool AtEnd() const { return Trimmed(line_).empty(); }
  std::string Where() const { return StrCat(path_, ": line ", lines_.line_number()); }

  // What the comment announced but the file does not hold.
  std::vector<std::string> Warnings(size_t found) const {
    if (!announced_ || *announced_ == found) return {};
    return {StrCat(path_, ": its comment announces ", *announced_, " ", kind_, ", it holds ", found,
                   "; the file may be truncated")};
  }

 private:
  // "# Number of images: 50, mean observations per image: 4000"
  void ReadComment() {
    const std::string announcement = StrCat("Number of ", kind_, ": ");
    const size_t begin = line_.find(announcement);
    if (begin == std::string_view::npos) return;
    const std::string_view number = line_.substr(begin + announcement.size());
    announced_ = ParseNumber<size_t>(number.substr(0, number.find_first_not_of("0123456789")));
  }

  std::string path_;
  std::string kind_;
  std::string text_;
  LineScanner lines_;
  std::string_view line_;
  std::optional<size_t> announced_;
};

bool IsPoints2d(std::string_view line) {
  while (!Trimmed(line).empty()) {
    const bool x = ParseNumber<double>(TakeWord(line)).has_value(), y = ParseNumber<double>(TakeWord(line)).has_value();
    if (!x || !y || !ParseNumber<int64_t>(TakeWord(line))) return false;
  }
  return true;
}

// Whether the line is that of an image: id, seven numbers of the pose, id of the camera, name.
bool IsImage(std::string_view line) {
  std::string_view rest = line;
  if (!ParseNumber<uint32_t>(TakeWord(rest))) return false;
  for (int i = 0; i < 7; ++i) {
    if (!ParseNumber<double>(TakeWord(rest))) return false;
  }
  return ParseNumber<uint32_t>(TakeWord(rest)) && !Trimmed(rest).empty() && !IsPoints2d(line);
}

// The line of an image's 2D points: x, y, id of the 3D point (or -1). It may be missing.
std::vector<Observation> ReadPoints2d(RecordScanner& scanner) {
  std::vector<Observation> observations;
  scanner.NextLineUnless(IsImage);
  while (!scanner.AtEnd()) {
    Observation observation;
    observation.x = scanner.Number<double>("x of a 2D point");
    observation.y = scanner.Number<double>("y of a 2D point");
    const int64_t point = scanner.Number<int64_t>("the id of a 3D point, or -1,");
    observation.point = uint64_t(point);
    if (point >= 0) observations.push_back(observation);
  }
  return observations;
}

// A line of points3D.txt.
struct TextPoint {
  ColmapPoint point;
  Vec3<double> color;          // as written
  bool has_fractions = false;  // a colour is written with a decimal point
  bool has_error = false;
};

TextPoint ReadPoint(RecordScanner& scanner) {
  TextPoint read;
  ColmapPoint& point = read.point;
  point.id = scanner.Number<uint64_t>("a point id");
  for (double* x : {&point.position.x, &point.position.y, &point.position.z})
    *x = scanner.Number<double>("a coordinate");
  for (double* c : {&read.color.x, &read.color.y, &read.color.z}) *c = scanner.Color(read.has_fractions);
  // The tracks are pairs of numbers, so an even number of words says that the error is missing.
  read.has_error = scanner.WordsLeft() % 2 == 1;
  point.error_px = read.has_error ? scanner.Number<double>("the reprojection error") : kUnknownError;
  while (!scanner.AtEnd()) {
    scanner.Number<uint32_t>("the image id of a track element");
    scanner.Number<uint32_t>("the point index of a track element");
  }
  return read;
}

// Colours that are written with a point may be of 0..1 instead of 0..255.
void SetColors(const std::string& path, const std::vector<Vec3<double>>& colors, bool fractions,
               ColmapFile<ColmapPoint>& file) {
  ColorRange range;
  for (const Vec3<double>& c : colors) {
    for (const double number : {c.x, c.y, c.z}) range.Add(number);
  }
  const double scale = kFullByte / range.FullLight(fractions);
  for (size_t i = 0; i < colors.size(); ++i) {
    const Vec3<double>& c = colors[i];
    file.records[i].color = {ByteColor(scale * c.x), ByteColor(scale * c.y), ByteColor(scale * c.z)};
  }
  if (!fractions) return;
  file.warnings.push_back(StrCat(path, ": its colours are no whole numbers; they were ",
                                 scale > 1 ? "taken for 0..1 and multiplied by 255" : "rounded"));
}

}  // namespace

ColmapFile<ColmapCamera> ReadTextCameras(const std::string& path) {
  RecordScanner scanner(path, "cameras");
  ColmapFile<ColmapCamera> file;
  while (scanner.NextRecord()) {
    ColmapCamera camera;
    camera.id = scanner.Number<uint32_t>("a camera id");
    camera.model = CameraModelFromName(scanner.Word(), StrCat(scanner.Where(), ": camera ", camera.id));
    camera.width = scanner.Number<uint64_t>("the width in pixels");
    camera.height = scanner.Number<uint64_t>("the height in pixels");
    camera.params.resize(size_t(CameraModelParamCount(camera.model)));
    for (double& param : camera.params) param = scanner.Number<double>("a camera parameter");
    SPLAT_CHECK(scanner.AtEnd(), scanner.Where(), ": camera ", camera.id, ": model ", CameraModelName(camera.model),
                " has ", camera.params.size(), " parameters, but '", scanner.Rest(), "' follows them");
    file.records.push_back(std::move(camera));
  }
  file.warnings = scanner.Warnings(file.records.size());
  return file;
}

ColmapFile<ColmapImage> ReadTextImages(const std::string& path) {
  RecordScanner scanner(path, "images");
  ColmapFile<ColmapImage> file;
  size_t damaged = 0;
  std::string damage;  // of the first damaged line
  while (scanner.NextRecord()) {
    ColmapImage image;
    try {
      image.id = scanner.Number<uint32_t>("an image id");
      for (double& q : image.rotation) q = scanner.Number<double>("a quaternion component");
      for (double& t : image.translation) t = scanner.Number<double>("a translation component");
      image.camera_id = scanner.Number<uint32_t>("a camera id");
    } catch (const Error& error) {
      if (damaged++ == 0) damage = error.what();
      ReadPoints2d(scanner);
      continue;
    }
    image.name = scanner.Rest();
    image.observations = ReadPoints2d(scanner);
    file.records.push_back(std::move(image));
  }
  SPLAT_CHECK(damaged == 0 || !file.records.empty(), damage);
  if (damaged > 1) damage += StrCat(" (and ", damaged - 1, " other lines)");
  if (damaged > 0) file.warnings = {damage + "; the images of such lines are left out"};
  if (damaged == 0) file.warnings = scanner.Warnings(file.records.size());
  return file;
}

ColmapFile<ColmapPoint> ReadTextPoints(const std::string& path) {
  RecordScanner scanner(path, "points");
  ColmapFile<ColmapPoint> file;
  std::vector<Vec3<double>> colors;  // as written
  bool fractions = false;            // a colour is written with a point
  size_t without_error = 0, damaged = 0;
  while (scanner.NextRecord()) {
    try {
      const TextPoint point = ReadPoint(scanner);
      fractions = fractions || point.has_fractions;
      without_error += point.has_error ? 0 : 1;
      file.records.push_back(point.point);
      colors.push_back(point.color);
    } catch (const Error& error) {
      if (damaged++ == 0) file.damage = error.what();
    }
  }
  SPLAT_CHECK(damaged == 0 || !file.records.empty(), file.damage);
  if (damaged > 1) file.damage += StrCat(" (and ", damaged - 1, " other lines)");
  if (damaged == 0) file.warnings = scanner.Warnings(file.records.size());
  if (without_error > 0) {
    file.warnings.push_back(StrCat(path, ": ", without_error, " of ", file.records.size(),
                                   " rows have no reprojection error; they were taken without"));
  }
  SetColors(path, colors, fractions, file);
  return file;
}

}  // namespace splat::data
