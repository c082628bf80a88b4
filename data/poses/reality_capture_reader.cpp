#include "data/poses/reality_capture_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include "core/check.h"
#include "core/constants.h"
#include "core/format.h"
#include "data/photos/photo_files.h"
#include "data/poses/brown_camera.h"
#include "data/poses/named_photo_sizes.h"
#include "data/poses/photo_matching.h"
#include "data/poses/pose_files.h"
#include "data/poses/unusable_poses.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr double kFilm_mm = 36;
// As a part of the longer side; more is a file that has the principal point in millimetres of the film.
constexpr double kMaxPrincipalPoint = 0.1;

// What parts the fields of a table, by its line of columns: a comma, or else the semicolon or tab of spreadsheets.
char SeparatorOf(std::string_view line) {
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

// The fields of a line. One in quotation marks may hold separators; two such marks in it stand for one.
std::vector<std::string> FieldsOf(std::string_view line, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool mark = line[i] == '"';
    if (mark && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (mark) {
      quoted = !quoted;
    } else if (line[i] == separator && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  for (std::string& field : fields) field = std::string(Trimmed(field));
  return fields;
}

// Where each column stands, by its usual name.
using Columns = std::map<std::string, size_t>;

const std::vector<std::string> kPoseColumns = {"name", "x", "y", "alt", "heading", "pitch", "roll", "f"};

Columns ColumnsOf(std::string_view line, char separator) {
  static const std::map<std::string, std::string> kUsual = {{"yaw", "heading"}, {"f_35mm", "f"}, {"px_norm", "px"},
                                                            {"py_norm", "py"},  {"z", "alt"},    {"altitude", "alt"}};
  Columns columns;
  const std::vector<std::string> fields = FieldsOf(line, separator);
  for (size_t i = 0; i < fields.size(); ++i) {
    std::string name = LowerAscii(fields[i]);
    if (i == 0 && !name.empty() && name.front() == '#') name = std::string(Trimmed(std::string_view(name).substr(1)));
    const auto usual = kUsual.find(name);
    columns.emplace(usual == kUsual.end() ? name : usual->second, i);
  }
  return columns;
}

// The columns of a pose that are not there.
std::vector<std::string> MissingOf(const Columns& columns) {
  std::vector<std::string> missing;
  for (const std::string& name : kPoseColumns) {
    if (!columns.count(name)) missing.push_back(name);
  }
  return missing;
}

// What stands before the lines of the cameras.
struct Header {
  Columns columns;
  char separator = ',';
  std::optional<size_t> cameras;  // how many are announced
};

// Reads up to the line of columns, which "#cameras 12" and empty lines may precede; nothing where the text ends before.
std::optional<Header> NextHeader(LineScanner& lines) {
  constexpr std::string_view kCount = "#cameras ";
  Header header;
  while (const auto line = lines.Next()) {
    const std::string_view text = Trimmed(WithoutByteOrderMark(*line));
    if (text.empty()) continue;
    if (text.substr(0, kCount.size()) == kCount) {
      header.cameras = ParseNumber<size_t>(Trimmed(text.substr(kCount.size())));
      continue;
    }
    header.separator = SeparatorOf(text);
    header.columns = ColumnsOf(text, header.separator);
    return header;
  }
  return std::nullopt;
}

// A line as its columns.
struct Row {
  const Columns& columns;
  std::vector<std::string> fields;
  std::string where;           // "path: line 3"
  bool decimal_comma = false;  // may stand in a number, as the separator is another

  // Nothing where it is no finite number.
  std::optional<double> NumberIn(const std::string& column) const {
    std::string text = fields[columns.at(column)];
    if (decimal_comma) std::replace(text.begin(), text.end(), ',', '.');
    const auto value = ParseNumber<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
  }
  double Number(const std::string& column) const {
    const auto value = NumberIn(column);
    SPLAT_CHECK(value, where, ": '", fields[columns.at(column)], "' in the column ", column,
                " is not a number; export the file again");
    return *value;
  }
  double NumberOrZero(const std::string& column) const { return columns.count(column) ? Number(column) : 0; }
};

std::vector<Row> ReadRows(const std::string& path, LineScanner& lines, const Header& header) {
  const Columns& columns = header.columns;
  std::vector<Row> rows;
  size_t least = 0;  // fields
  for (const auto& [name, column] : columns) least = std::max(least, column + 1);
  while (const auto line = lines.Next()) {
    if (Trimmed(*line).empty()) continue;
    Row row = {columns, FieldsOf(*line, header.separator), StrCat(path, ": line ", lines.line_number()),
               header.separator != ','};
    SPLAT_CHECK(row.fields.size() >= least, row.where, ": has ", row.fields.size(), " of ", least,
                " columns; the file is truncated or damaged: export it again");
    SPLAT_CHECK(!row.fields[columns.at("name")].empty(), row.where, ": names no photo");
    rows.push_back(std::move(row));
  }
  SPLAT_CHECK(!rows.empty(), path, ": holds no cameras; align the photos and export again");
  return rows;
}

// The heading turns clockwise from the y axis, seen from above; a camera with all angles zero looks straight down, and
// the upper side of its photo is where y points. World axes: x east, y north, z up.
Rigid3 PoseOf(const Row& row) {
  const double heading = row.Number("heading") * kRadiansPerDegree, pitch = row.Number("pitch") * kRadiansPerDegree,
               roll = row.Number("roll") * kRadiansPerDegree;
  const double ch = std::cos(heading), sh = std::sin(heading), cp = std::cos(pitch), sp = std::sin(pitch),
               cr = std::cos(roll), sr = std::sin(roll);
  const Mat3<double> about_z = {{{ch, sh, 0}, {-sh, ch, 0}, {0, 0, 1}}};
  const Mat3<double> about_x = {{{1, 0, 0}, {0, cp, -sp}, {0, sp, cp}}};
  const Mat3<double> about_y = {{{cr, 0, sr}, {0, 1, 0}, {-sr, 0, cr}}};
  // The camera axes of these angles are x right, y up, z back; ours are x right, y down, z forward.
  const Mat3<double> ours = {{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}};
  const Rigid3 world_from_camera = {about_z * about_x * about_y * ours,
                                    {row.Number("x"), row.Number("y"), row.Number("alt")}};
  return Inverse(world_from_camera);
}

// `unit` is the part of the longer side that a step of the principal point's columns is.
Intrinsics IntrinsicsOf(const Row& row, const PhotoInfo& size, double unit) {
  SPLAT_CHECK(size.width > 0, row.where, ": the size of the photo ", row.fields[row.columns.at("name")],
              " is not in the file, and no photo is there to tell it");
  const double longer_side = std::max(size.width, size.height);
  const double f = row.Number("f");
  SPLAT_CHECK(f > 0, row.where, ": the focal length ", f, " is not positive");
  BrownCamera camera;
  camera.width = size.width;
  camera.height = size.height;
  camera.fx = camera.fy = f / kFilm_mm * longer_side;
  camera.cx = 0.5 * size.width + row.NumberOrZero("px") * unit * longer_side;
  camera.cy = 0.5 * size.height + row.NumberOrZero("py") * unit * longer_side;
  const char* const k[] = {"k1", "k2", "k3", "k4"};
  for (int i = 0; i < 4; ++i) camera.k[i] = row.NumberOrZero(k[i]);
  camera.t[0] = row.NumberOrZero("t1");
  camera.t[1] = row.NumberOrZero("t2");
  return camera.ToIntrinsics();
}

// RealityCapture writes the principal point as a part of the longer side. A file that has one which is too far out for
// that has it in millimetres of the film, as the focal length is. What is no number is said of its own photo.
double UnitOfPrincipalPoints(const std::string& path, const std::vector<Row>& rows,
                             std::vector<std::string>& warnings) {
  double farthest = 0;
  for (const char* column : {"px", "py"}) {
    if (rows.front().columns.count(column) == 0) continue;
    for (const Row& row : rows) farthest = std::max(farthest, std::abs(row.NumberIn(column).value_or(0)));
  }
  if (farthest <= kMaxPrincipalPoint) return 1;
  warnings.push_back(StrCat(path, ": its principal points, up to ", farthest,
                            ", are too far out for a part of the longer side; they were taken for millimetres of a ",
                            kFilm_mm, " mm film"));
  return 1 / kFilm_mm;
}

}  // namespace

bool IsRealityCaptureCsv(const std::string& path) {
  const std::string begin = BeginningOf(path, kPosesBeginWithin_bytes);
  LineScanner lines(begin);
  const auto header = NextHeader(lines);
  return header && MissingOf(header->columns).empty();
}

SceneDescription ReadRealityCapture(const std::string& path, const std::string& image_folder) {
  const std::string text = ReadFile(path);
  LineScanner lines(text);
  const Header header = NextHeader(lines).value_or(Header());
  const Columns& columns = header.columns;
  const std::vector<std::string> missing = MissingOf(columns);
  SPLAT_CHECK(missing.empty(), path, ": is no export of camera parameters from RealityCapture; the columns ",
              NamesInBrief(missing), " are missing (export \"Internal/External camera parameters\")");
  const std::vector<Row> rows = ReadRows(path, lines, header);
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const Row& row : rows) names.push_back(PlainName(row.fields[columns.at("name")]));
  const std::string beside = fs::absolute(path).parent_path().string();
  const std::vector<PhotoInfo> sizes = SizesOfNamedPhotos(names, image_folder.empty() ? beside : image_folder);
  SceneDescription scene;
  scene.source = StrCat("RealityCapture cameras ", path);
  if (header.cameras && *header.cameras != rows.size()) {
    scene.warnings.push_back(StrCat(path, ": announces ", *header.cameras, " cameras and holds ", rows.size(),
                                    "; the file may be truncated"));
  }
  const double unit = UnitOfPrincipalPoints(path, rows, scene.warnings);
  for (size_t i = 0; i < rows.size(); ++i) {
    PosedPhoto& photo = scene.photos.emplace_back();
    photo.name = names[i];
    photo.path = (fs::path(image_folder) / names[i]).string();
    ReadOrSayWhy(photo, [&] { photo.intrinsics = IntrinsicsOf(rows[i], sizes[i], unit); });
    ReadOrSayWhy(photo, [&] { photo.camera_from_world = PoseOf(rows[i]); });
  }
  CheckAnyIsUsable(scene.photos);
  SortAndKeepOneOfEachName(path, scene.photos, scene.warnings);
  return scene;
}

}  // namespace splat::data
