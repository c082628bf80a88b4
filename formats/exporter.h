// This is the table of scene formats: it says which file names are written and read, and by what. docs/formats.md
// describes the files.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/parallel.h"
#include "core/rigid3.h"
#include "formats/page/viewer_settings.h"
#include "formats/quantize/kmeans.h"
#include "scene/crop.h"
#include "scene/splat_cloud.h"
#include "scene/splat_selection.h"

namespace splat::formats {

// This is the frame of the data in an .spz file, which does not state it.
enum class SpzFrame {
  kRaw,  // as in the PLY (RDF): what viewers take it for
  kRub,  // as SPZ's specification has it
};

struct ExportOptions {
  int spz_version = 3;  // 2, 3 or 4
  SpzFrame spz_frame = SpzFrame::kRaw;
  uint64_t seed = 42;            // of SOG's clustering
  Executor* executor = nullptr;  // for SOG's clustering, not owned; null: the calling thread
  PartsFitter fit_parts;         // the costly half of that, such as on a GPU; empty: the executor
  // These options are for .html.
  std::optional<ViewerSettings> viewer;  // where it opens; nothing: SettingsFromSplats
  // A frame of the page's own, upright and of usual size, for a scene that is not; readers undo it. If it is empty, the
  // page has the scene's frame, unless the viewer cannot work in its unit.
  std::optional<Similarity3> page_from_scene;
  uint64_t html_inline_bytes = 24'000'000;  // splats of more bytes lie beside the page: browsers limit data: URLs
  bool overwrite_beside = true;             // replace a file of the name that the one beside the page gets
  std::string sog_file;                     // a SOG file of the very same splats, taken instead of making one
};

struct ImportOptions {
  SpzFrame spz_frame = SpzFrame::kRaw;
};

// This says which files WriteScene wrote and what it left out.
struct WrittenScene {
  std::vector<std::string> files;  // paths; that of the scene file itself last
  std::string note;                // one line for the user, for example how to open it; empty if there is none
  std::string warning = {};        // one line about what viewers will show otherwise than it was; empty if nothing
  int64_t left_out = 0;            // splats that lie too far out for the format
};

// This says what a format has for an antialiased scene, one whose SceneTraits::antialiasing is not kNone.
enum class AntialiasedMark {
  kKnown,  // a place where other readers look
  kOwn,    // a place where only ours looks
  kNone,
};

// These numbers say about how large a file of a format becomes.
struct FileSize {
  int64_t bytes_per_splat;  // at SH degree 3
  int64_t further_bytes;    // what comes once: a palette, a page
};

// A format is a value with functions, not a class of a hierarchy: none has state.
struct Exporter {
  std::string name;         // in lists, such as "sog"
  std::string extension;    // of file names, such as ".sog"
  std::string description;  // a few words for help texts
  FileSize size;
  // Streams the file. Throws splat::Error without the path if the format cannot hold the splats.
  void (*write)(std::ostream& out, const SplatSelection& splats, const ExportOptions& options) = nullptr;
  int largest_sh_degree = math::kMaxShDegree;  // that the format holds; higher coefficients are left out
  // WriteScene calls this instead of `write`, with the path, for formats that may need more than one file; null for
  // others.
  WrittenScene (*write_files)(const std::string& path, const SplatSelection& splats,
                              const ExportOptions& options) = nullptr;
  // Says in one line what keeps this build from writing the format, and nothing if nothing does. It is null for a
  // format that every build can write.
  std::string (*lacks)() = nullptr;
  AntialiasedMark antialiased_mark = AntialiasedMark::kKnown;
  bool keeps_background = true;  // has a place for SceneTraits::background
  // These limits are for formats whose steps become coarse for all splats if a few lie far out; those are left out,
  // with a warning.
  std::optional<FarLimits> far = std::nullopt;
};

struct Importer {
  std::string extension;
  // Whether the file's first bytes say that it is of this format; null for formats that have no such mark, which are
  // known by their extension only.
  bool (*recognizes)(std::string_view bytes);
  // Reads the file's usable splats in the scene's frame. Memory is taken only after the sizes that a file announces
  // have been compared with those it has. `path` is for messages. Throws splat::Error naming it, what is wrong and what
  // to do.
  SplatCloud (*read)(std::string_view bytes, const std::string& path, const ImportOptions& options);
};

const std::vector<Exporter>& Exporters();
const std::vector<Importer>& Importers();

// "ply, spz, ...": all names, for messages and help texts.
std::string ExporterNames();

// Finds a format by its name. Throws splat::Error that lists the names.
const Exporter& ExporterNamed(const std::string& name);
// Finds a format by the end of a file's name, the longest that fits, in upper or lower case. Throws splat::Error that
// lists what there is.
const Exporter& ExporterFor(const std::string& path);

// Says what keeps this build from writing the format, such as a part that was not there when it was built, in one line
// that says what to do. The line is empty if nothing does.
std::string WhatLacks(const Exporter& exporter);

// Writes a scene file, whole or not at all. Throws splat::Error naming the path.
WrittenScene WriteScene(const std::string& path, const Exporter& exporter, const SplatSelection& splats,
                        const ExportOptions& options = {});

// Returns the file to read for a path: the meta.json of a folder, which is an unpacked SOG scene, or else the path
// itself. Throws splat::Error if a folder has none.
std::string SceneFileOf(const std::string& path);

// Reads a scene file of any format of the table, which is recognised by its content if possible, or else by its
// extension. The splats left out are counted in the result. Throws splat::Error.
SplatCloud ReadScene(const std::string& path, const ImportOptions& options = {});

// Reads as ReadScene does, for a program that draws or converts the scene. Throws splat::Error, too, if it holds no
// splat, or if more splats are unusable than are left.
SplatCloud ReadDrawableScene(const std::string& path, const ImportOptions& options = {});

// Returns what a user should know about a scene that was read from `path`, a line each: splats that were left out, and
// what was assumed or cut.
std::vector<std::string> WarningsOf(const SplatCloud& cloud, const std::string& path);

}  // namespace splat::formats
