#include "formats/page/html_format.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/background.h"
#include "formats/page/viewer_page.h"
#include "formats/sog_format.h"
#include "io/atomic_file.h"
#include "io/base64.h"
#include "io/json_parse.h"
#include "io/mapped_file.h"
#include "io/percent_encoding.h"
#include "io/read_file.h"
#include "io/text_scan.h"
#include "scene/splat_transform.h"

namespace splat::formats {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kDataUrl = "data:application/octet-stream;base64,";
constexpr const char* kContentName = "scene.sog";  // tells the viewer the format
constexpr std::string_view kBegin = "id=\"sse-bootstrap\">", kEnd = "</script>";
constexpr const char* kAdvice = "export it again";

// --- Writing.

std::string SogOf(const SplatSelection& splats, const ExportOptions& options) {
  if (!options.sog_file.empty()) return ReadFile(options.sog_file);
  std::ostringstream sog;
  WriteSog(sog, splats, options);
  return std::move(sog).str();
}

// SogOf, whose refusals get the path of the page.
std::string SogFor(const std::string& path, const SplatSelection& splats, const ExportOptions& options) {
  try {
    return SogOf(splats, options);
  } catch (const Error& error) {
    throw Error(StrCat(path, ": ", error.what()));
  }
}

// Whatever a page is made of, in its frame.
struct PageScene {
  std::optional<SplatCloud> moved;  // where that is not the scene's
  SplatSelection splats;
  ExportOptions options;  // with the settings
};
std::unique_ptr<PageScene> PageSceneOf(const SplatSelection& splats, const ExportOptions& options) {
  auto scene = std::make_unique<PageScene>(PageScene{std::nullopt, splats, options});
  std::optional<ViewerSettings>& settings = scene->options.viewer;
  const auto move = [&](const Similarity3& page_from_scene) {
    scene->options.sog_file.clear();
    scene->moved = Transformed(AffineOf(page_from_scene), splats);
    scene->splats = SplatSelection(scene->moved->View());
  };
  std::optional<Similarity3> page_from_scene = options.page_from_scene;
  if (!settings && page_from_scene) {  // level in the page, and not in the scene
    move(*page_from_scene);
    settings = SettingsFromSplats(scene->splats);
    settings->scene_from_page = Inverse(*page_from_scene);
    return scene;
  }
  if (!settings) settings = SettingsFromSplats(splats);
  const double unit = PageUnit(*settings);
  if (!page_from_scene && unit != 1) page_from_scene = Similarity3{1 / unit};
  if (!page_from_scene) return scene;
  settings = InPageFrame(*settings, *page_from_scene);
  move(*page_from_scene);
  return scene;
}

void WritePage(std::ostream& out, const SplatSelection& splats, const ViewerSettings& settings,
               const std::string& content) {
  const std::string page = ViewerPage();
  struct Part {
    size_t place;
    std::string_view mark;
    std::string text;
  };
  std::vector<Part> parts = {{0, kSettingsMark, SuperSplatSettings(settings, splats.traits().background)},
                             {0, kContentMark, content},
                             {0, kNameMark, kContentName}};
  for (Part& part : parts) {
    part.place = page.find(part.mark);
    SPLAT_CHECK(part.place != std::string::npos, "this build's viewer page has no place for ", part.mark,
                "; run scripts/setup.sh and build again");
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.place < b.place; });
  size_t done = 0;
  for (const Part& part : parts) {
    out << std::string_view(page).substr(done, part.place - done) << part.text;
    done = part.place + part.mark.size();
  }
  out << std::string_view(page).substr(done);
}

// A file name as a relative URL.
std::string UrlOf(const std::string& name) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string url;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos);
    url += plain ? std::string(1, c) : std::string{'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return url;
}

// In single quotes, for a shell.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string HowToServe(const fs::path& page, const fs::path& beside) {
  const std::string folder = page.parent_path().empty() ? "." : page.parent_path().string();
  return StrCat(page.string(), " takes its splats from ", beside.filename().string(),
                " beside it, which browsers load from a server only: cd ", Quoted(folder),
                " && python3 -m http.server 8000, then open http://localhost:8000/", UrlOf(page.filename().string()));
}

void CheckReplaceable(const std::string& beside, const std::string& content, const ExportOptions& options) {
  if (options.overwrite_beside || !fs::exists(beside)) return;
  SPLAT_CHECK(MappedFile(beside).bytes() == content, beside,
              ": exists already, and the page needs a file of that name; choose another name or pass --overwrite");
}

// --- Reading.

// The file name that a relative URL is. Nothing if it leads elsewhere than to a file in the same folder.
std::optional<std::string> NameOf(std::string_view url) {
  const std::optional<std::string> decoded = PercentDecoded(url);
  if (!decoded) return std::nullopt;
  const std::string& name = *decoded;
  const bool plain = !name.empty() && name != "." && name != ".." &&
                     name.find_first_of(std::string("/\\:?#\0", 6)) == std::string::npos;
  return plain ? std::optional(name) : std::nullopt;
}

// What the page gives its viewer.
Json BootstrapOf(std::string_view bytes, const std::string& path) {
  size_t begin = bytes.find(kBegin);
  SPLAT_CHECK(begin != std::string_view::npos, path,
              ": is a page without splats for the SuperSplat viewer, or it is truncated; ", kAdvice);
  begin += kBegin.size();
  const size_t end = bytes.find(kEnd, begin);
  SPLAT_CHECK(end != std::string_view::npos && bytes.find("</html>", end) != std::string_view::npos, path,
              ": it has no end; it is truncated, copy it again or ", kAdvice);
  const std::string_view text = bytes.substr(begin, end - begin);
  Json json = ParseJsonOrDiscard<Json>(text, path);
  SPLAT_CHECK(json.is_object(), path, ": what it gives to its viewer is no JSON; it is damaged, ", kAdvice);
  return json;
}

Affine3 SceneFromPage(const Json& rows, const std::string& path) {
  Affine3 transform;
  double translation[3] = {};
  bool whole = rows.is_array() && rows.size() == 3;
  for (size_t i = 0; whole && i < 3; ++i) {
    whole = rows[i].is_array() && rows[i].size() == 4;
    for (size_t j = 0; whole && j < 4; ++j) {
      whole = rows[i][j].is_number();
      if (whole) (j < 3 ? transform.linear(int(i), int(j)) : translation[i]) = rows[i][j].get<double>();
    }
  }
  transform.translation = {translation[0], translation[1], translation[2]};
  const double determinant = Determinant(transform.linear);
  SPLAT_CHECK(whole && std::isfinite(determinant) && determinant != 0, path,
              ": its sceneFromPage is no frame; it is damaged, ", kAdvice);
  return transform;
}

SplatCloud ReadPayload(const std::string& url, const std::string& path, const ImportOptions& options) {
  const auto checked = [](std::string_view sog, const std::string& where) {
    SPLAT_CHECK(IsSog(sog), where, ": the splats of the page are no SOG file, the only kind that can be read; ",
                kAdvice);
    return sog;
  };
  if (url.rfind("data:", 0) == 0) {
    const bool known = url.rfind(kDataUrl, 0) == 0;
    const auto sog =
        known ? DecodeBase64(std::string_view(url).substr(std::char_traits<char>::length(kDataUrl))) : std::nullopt;
    SPLAT_CHECK(sog, path, ": its splats are no proper base64; it is damaged, ", kAdvice);
    return ReadSog(checked(*sog, path), path, options);
  }
  const auto name = NameOf(url);
  SPLAT_CHECK(name, path, ": its splats lie elsewhere than in its folder; only a file beside the page is read");
  const std::string beside = (fs::path(path).parent_path() / *name).string();
  const MappedFile file(beside);
  return ReadSog(checked(file.bytes(), beside), beside, options);
}

}  // namespace

bool IsHtml(std::string_view bytes) {
  const std::string begin = LowerAscii(std::string(bytes.substr(0, 15)));
  return begin.rfind("<!doctype html", 0) == 0 || begin.rfind("<html", 0) == 0;
}

void WriteHtml(std::ostream& out, const SplatSelection& splats, const ExportOptions& options) {
  const auto scene = PageSceneOf(splats, options);
  WritePage(out, scene->splats, *scene->options.viewer, kDataUrl + EncodeBase64(SogOf(scene->splats, scene->options)));
}

WrittenScene WriteHtmlFiles(const std::string& path, const SplatSelection& given, const ExportOptions& given_options) {
  const auto scene = PageSceneOf(given, given_options);
  const SplatSelection& splats = scene->splats;
  const ExportOptions& options = scene->options;
  const ViewerSettings& settings = *options.viewer;
  const std::string sog = SogFor(path, splats, options);
  if (sog.size() <= options.html_inline_bytes) {
    const std::string content = kDataUrl + EncodeBase64(sog);
    WriteFileAtomically(path, [&](std::ostream& out) { WritePage(out, splats, settings, content); });
    return {{path}, ""};
  }
  const fs::path beside = fs::path(path).replace_extension(settings.scene_from_page ? kOwnFrameExtension : ".sog");
  CheckReplaceable(beside.string(), sog, options);
  // The page is all but there, under its temporary name, when the file beside it appears.
  WriteFileAtomically(path, [&](std::ostream& out) {
    WritePage(out, splats, settings, UrlOf(beside.filename().string()));
    if (!out.flush()) return;
    WriteFileAtomically(beside.string(), sog);
  });
  return {{beside.string(), path}, HowToServe(path, beside)};
}

SplatCloud ReadHtml(std::string_view bytes, const std::string& path, const ImportOptions& options) {
  const Json bootstrap = BootstrapOf(bytes, path);
  const auto url = bootstrap.find("contentUrl");
  SPLAT_CHECK(url != bootstrap.end() && url->is_string(), path, ": it does not say where its splats are; ", kAdvice);
  SplatCloud cloud = ReadPayload(url->get_ref<const std::string&>(), path, options);
  const auto settings = bootstrap.find("settings");
  if (settings != bootstrap.end() && settings->is_object() && settings->contains("sceneFromPage")) {
    Transform(SceneFromPage(settings->at("sceneFromPage"), path), cloud);
  }
  if (!cloud.traits.background && settings != bootstrap.end() && settings->is_object() &&
      settings->contains("background")) {
    // Black stands for none, too.
    const auto color = BackgroundOf(settings->at("background"), "color");
    if (color != Rgb{0, 0, 0}) cloud.traits.background = color;
  }
  return cloud;
}

}  // namespace splat::formats
