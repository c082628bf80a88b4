#include "formats/exporter.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "formats/compressed_ply_format.h"
#include "formats/gltf_format.h"
#include "formats/ksplat_format.h"
#include "formats/page/html_format.h"
#include "formats/page/viewer_page.h"
#include "formats/ply_format.h"
#include "formats/sog_format.h"
#include "formats/splat_format.h"
#include "formats/spz_format.h"
#include "io/atomic_file.h"
#include "io/mapped_file.h"
#include "io/text_scan.h"

namespace splat::formats {
namespace {

// The entry whose extension ends `path`, the longest one; null if there is none.
template <typename Entry>
const Entry* FindByExtension(const std::vector<Entry>& entries, const std::string& path) {
  const Entry* best = nullptr;
  for (const Entry& entry : entries) {
    if (!HasExtension(path, entry.extension)) continue;
    if (best == nullptr || entry.extension.size() > best->extension.size()) best = &entry;
  }
  return best;
}

// "a, b, c" of one member of each entry.
template <typename Entry>
std::string Listed(const std::vector<Entry>& entries, std::string Entry::*member) {
  std::string list;
  for (const Entry& entry : entries) list += (list.empty() ? "" : ", ") + entry.*member;
  return list;
}

// What all formats have to say; a format says the rest by name.
Exporter Format(const std::string& name, const std::string& description, const FileSize& size,
                void (*write)(std::ostream&, const SplatSelection&, const ExportOptions&)) {
  Exporter format;
  format.name = name;
  format.extension = "." + name;
  format.description = description;
  format.size = size;
  format.write = write;
  return format;
}

Exporter PlyFormat() {
  return Format("ply", "the layout of Inria's trainer, lossless", {248, 0}, WriteSplatPly);
}

Exporter CompressedPlyFormat() {
  Exporter format =
      Format("compressed.ply", "PlayCanvas' compressed PLY, a quarter of the size", {61, 0}, WriteCompressedPly);
  format.far = kCompressedPlyFar;
  return format;
}

Exporter SplatFormat() {
  Exporter format = Format("splat", "32 bytes a splat, without view-dependent colour", {32, 0}, WriteSplatFile);
  format.largest_sh_degree = 0;
  format.antialiased_mark = AntialiasedMark::kNone;
  format.keeps_background = false;
  return format;
}

Exporter SpzFormat() {
  Exporter format = Format("spz", "Niantic's SPZ, a tenth of the size", {25, 0}, WriteSpz);
  format.keeps_background = false;
  format.far = FarLimits();
  return format;
}

Exporter SogFormat() {
  Exporter format = Format("sog", "PlayCanvas' SOG, about a sixth of the size", {16, 600'000}, WriteSog);
  format.far = FarLimits();
  return format;
}

Exporter GlbFormat() {
  Exporter format = Format("glb", "glTF with KHR_gaussian_splatting, lossless", {240, 0}, WriteGlb);
  format.antialiased_mark = AntialiasedMark::kOwn;
  return format;
}

Exporter HtmlFormat() {
  Exporter format = Format("html", "a page that shows the scene in any browser", {22, 4'200'000}, WriteHtml);
  format.write_files = WriteHtmlFiles;
  format.lacks = WhatHtmlLacks;
  format.far = FarLimits();
  return format;
}

constexpr const char* kUnusable = " splats have values that are no numbers or that no float holds, or no rotation";

}  // namespace

const std::vector<Exporter>& Exporters() {
  static const std::vector<Exporter> exporters = {PlyFormat(), CompressedPlyFormat(), SplatFormat(), SpzFormat(),
                                                  SogFormat(), GlbFormat(),           HtmlFormat()};
  return exporters;
}

const std::vector<Importer>& Importers() {
  static const std::vector<Importer> importers = {
      {".compressed.ply", IsCompressedPly, ReadCompressedPly},  // before those that it is a kind of
      {".ply", IsPly, ReadSplatPly},
      {".spz", IsSpz, ReadSpz},
      {".sog", IsSog, ReadSog},
      {"meta.json", IsSogMeta, ReadSogMeta},
      {".glb", IsGlb, ReadGlb},
      {".gltf", IsGltf, ReadGlb},
      {".html", IsHtml, ReadHtml},
      {".splat", nullptr, ReadSplatFile},
      {".ksplat", nullptr, ReadKsplat},
  };
  return importers;
}

std::string ExporterNames() {
  return Listed(Exporters(), &Exporter::name);
}

const Exporter& ExporterNamed(const std::string& name) {
  for (const Exporter& exporter : Exporters()) {
    if (exporter.name == name) return exporter;
  }
  throw Error(StrCat("'", name, "' is no format; use one of ", ExporterNames()));
}

const Exporter& ExporterFor(const std::string& path) {
  const Exporter* exporter = FindByExtension(Exporters(), path);
  SPLAT_CHECK(exporter != nullptr, path, ": its name ends in none of the formats that can be written: ",
              Listed(Exporters(), &Exporter::extension));
  return *exporter;
}

std::string WhatLacks(const Exporter& exporter) {
  return exporter.lacks != nullptr ? exporter.lacks() : "";
}

WrittenScene WriteScene(const std::string& path, const Exporter& exporter, const SplatSelection& given,
                        const ExportOptions& options) {
  const std::string lacks = WhatLacks(exporter);
  SPLAT_CHECK(lacks.empty(), path, ": ", lacks);
  SplatSelection splats = given;
  const int64_t far = exporter.far ? LeaveOutFar(splats, *exporter.far) : 0;
  std::string warning;
  if (far > 0) {
    warning = StrCat(path, ": ", far, " of ", given.count(),
                     " splats lie too far out for this format and are left out; .ply and .glb keep them");
  }
  if (exporter.write_files != nullptr) {
    WrittenScene written = exporter.write_files(path, splats, options);
    written.left_out = far;
    if (far > 0) written.warning += (written.warning.empty() ? "" : "; ") + warning;
    return written;
  }
  if (splats.traits().antialiasing != Antialiasing::kNone && exporter.antialiased_mark != AntialiasedMark::kKnown) {
    warning += StrCat(warning.empty() ? "" : "; ", path,
                      ": viewers find no mark of antialiased scenes in this format, and draw small splats too bright");
  }
  WriteFileAtomically(path, [&](std::ostream& out) {
    try {
      exporter.write(out, splats, options);
    } catch (const Error& error) {
      throw Error(StrCat(path, ": ", error.what()));
    }
  });
  return {{path}, "", warning, far};
}

std::string SceneFileOf(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return path;
  std::string meta = (std::filesystem::path(path) / "meta.json").string();
  SPLAT_CHECK(std::filesystem::exists(meta, ignored), path,
              ": is a folder without a meta.json, as an unpacked SOG scene has it; name the scene file within");
  return meta;
}

SplatCloud ReadScene(const std::string& given, const ImportOptions& options) {
  const std::string path = SceneFileOf(given);
  const MappedFile file(path);
  for (const Importer& importer : Importers()) {
    if (importer.recognizes != nullptr && importer.recognizes(file.bytes())) {
      return importer.read(file.bytes(), path, options);
    }
  }
  const Importer* by_name = FindByExtension(Importers(), path);
  SPLAT_CHECK(by_name != nullptr, path, ": is no scene file of a known kind; those are ",
              Listed(Importers(), &Importer::extension));
  return by_name->read(file.bytes(), path, options);
}

SplatCloud ReadDrawableScene(const std::string& path, const ImportOptions& options) {
  SplatCloud cloud = ReadScene(path, options);
  // Numbers in the other order of bytes, or of another layout, are no numbers in the most part.
  SPLAT_CHECK(cloud.left_out <= cloud.count(), path, ": ", cloud.left_out, " of its ", cloud.left_out + cloud.count(),
              kUnusable, "; it is damaged, or its header names another byte order or layout: export it again");
  SPLAT_CHECK(cloud.count() > 0, path, ": holds no splat");
  return cloud;
}

std::vector<std::string> WarningsOf(const SplatCloud& cloud, const std::string& path) {
  std::vector<std::string> warnings = cloud.notes;
  if (cloud.left_out > 0)
    warnings.insert(warnings.begin(), StrCat(path, ": ", FormatCount(cloud.left_out), kUnusable, ", and are left out"));
  return warnings;
}

}  // namespace splat::formats
