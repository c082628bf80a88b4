#include "formats/photo_colors_file.h"

#include <cmath>

#include "core/check.h"
#include "io/json_file.h"
#include "io/json_names.h"
#include "io/json_parse.h"
#include "io/read_file.h"

namespace splat::formats {
namespace {

constexpr const char* kControls[] = {"blue", "red", "green", "grey"};  // as PhotoColor::chromaticity
constexpr const char* kChannels[] = {"red", "green", "blue"};          // as LensColor
constexpr double kMostStops = 20;                                      // 2^20 is no exposure that a photo is off by

double Finite(const Json& json) {
  SPLAT_CHECK(json.is_number(), "expected a number, found ", json.dump());
  const double value = json.get<double>();
  SPLAT_CHECK(std::isfinite(value), "a number is not finite");
  return value;
}

const Json& Entry(const Json& json, const char* key) {
  SPLAT_CHECK(json.is_object() && json.contains(key), "has no ", key);
  return json[key];
}

Vec2<double> PairOf(const Json& json) {
  SPLAT_CHECK(json.is_array() && json.size() == 2, "expected two numbers, found ", json.dump());
  return {Finite(json[0]), Finite(json[1])};
}

Json JsonOf(const PhotoColor& photo) {
  Json chromaticity;
  for (size_t k = 0; k < photo.chromaticity.size(); ++k) {
    chromaticity[kControls[k]] = {photo.chromaticity[k].x, photo.chromaticity[k].y};
  }
  return {{"exposure", photo.exposure}, {"lens", photo.lens}, {"chromaticity", chromaticity}};
}

PhotoColor PhotoOf(const std::string& name, const Json& json) {
  PhotoColor photo;
  photo.name = NameFromJson(name);
  photo.exposure = Finite(Entry(json, "exposure"));
  SPLAT_CHECK(std::abs(photo.exposure) <= kMostStops, "exposure is ", photo.exposure, " stops, expected at most ",
              kMostStops);
  const Json& lens = Entry(json, "lens");
  SPLAT_CHECK(lens.is_number_integer(), "lens is ", lens.dump(), ", expected the number of a lens");
  photo.lens = lens.get<int>();
  for (size_t k = 0; k < photo.chromaticity.size(); ++k) {
    photo.chromaticity[k] = PairOf(Entry(Entry(json, "chromaticity"), kControls[k]));
  }
  return photo;
}

Json JsonOf(const LensColor& lens) {
  Json json;
  for (size_t c = 0; c < lens.size(); ++c) {
    json[kChannels[c]] = {{"center", {lens[c].center.x, lens[c].center.y}}, {"coefficients", lens[c].coefficients}};
  }
  return json;
}

LensColor LensOf(const Json& json) {
  LensColor lens;
  for (size_t c = 0; c < lens.size(); ++c) {
    const Json& channel = Entry(json, kChannels[c]);
    lens[c].center = PairOf(Entry(channel, "center"));
    const Json& coefficients = Entry(channel, "coefficients");
    SPLAT_CHECK(coefficients.is_array() && coefficients.size() == 3, "expected three coefficients, found ",
                coefficients.dump());
    for (size_t k = 0; k < 3; ++k) lens[c].coefficients[k] = Finite(coefficients[k]);
  }
  return lens;
}

// Calls read(), whose errors name the file and what of it.
template <typename Read>
auto Named(const std::string& path, const std::string& what, const Read& read) {
  try {
    return read();
  } catch (const std::exception& error) {
    throw Error(StrCat(path, ": ", what, ": ", error.what()));
  }
}

}  // namespace

void WritePhotoColors(const std::string& path, const PhotoColors& colors) {
  Json json;
  json["description"] =
      "what each photo differs from the scene in: exposure in stops, shifts of the chromaticities r, g of four "
      "colours, and the vignetting of its lens, the place of which in lenses it names";
  json["photos"] = Json::object();
  for (const PhotoColor& photo : colors.photos) json["photos"][photo.name] = JsonOf(photo);
  json["lenses"] = Json::array();
  for (const LensColor& lens : colors.lenses) json["lenses"].push_back(JsonOf(lens));
  WriteJson(path, json);
}

PhotoColors ReadPhotoColors(const std::string& path) {
  const Json json = ParseJson<Json>(ReadFile(path), path);
  SPLAT_CHECK(json.is_object() && json.contains("photos") && json["photos"].is_object() && json.contains("lenses") &&
                  json["lenses"].is_array(),
              path, ": has no photos and lenses; expected the photo_colors.json of a run");
  PhotoColors colors;
  for (const Json& lens : json["lenses"]) {
    const std::string what = StrCat("lens ", colors.lenses.size());
    colors.lenses.push_back(Named(path, what, [&] { return LensOf(lens); }));
  }
  for (const auto& [name, photo] : json["photos"].items()) {
    const std::string what = "photo " + name;
    colors.photos.push_back(Named(path, what, [&, &photo_name = name, &entry = photo] {
      PhotoColor color = PhotoOf(photo_name, entry);
      SPLAT_CHECK(color.lens >= 0 && size_t(color.lens) < colors.lenses.size(), "lens is ", color.lens, ", of ",
                  colors.lenses.size());
      return color;
    }));
  }
  return colors;
}

}  // namespace splat::formats
