#include "data/photos/folder_files.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/check.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// Files that people have beside photos or in their place, and a command that makes photos of them.
struct Kind {
  const char* extensions;  // each between blanks
  const char* advice;
};

constexpr Kind kVideo = {" .mp4 .mov .m4v .avi .mkv .webm .mts .m2ts .insv .360 .wmv .mpg .mpeg .3gp ",
                         "make photos of a video with ffmpeg -i VIDEO -vf fps=2 -qscale:v 2 PHOTOS/%04d.jpg"};
constexpr Kind kKinds[] = {
    {" .heic .heif .hif .avif ", "convert them with heif-convert FILE FILE.jpg (of libheif)"},
    {" .dng .cr2 .cr3 .crw .nef .nrw .arw .sr2 .srf .raf .orf .rw2 .rwl .pef .srw .3fr .fff .iiq .x3f .raw ",
     "develop them with darktable-cli FILE FILE.jpg"},
    {" .jxl ", "convert them with djxl FILE FILE.png"},
    {" .bmp .gif .ppm .pgm .pbm .pnm .pam .tga .jp2 .j2k .jpx .jxr .exr .hdr .psd .dib ",
     "convert them with magick FILE FILE.png"},
    kVideo,
};

bool IsOf(const Kind& kind, const std::string& extension) {
  return !extension.empty() && std::string(kind.extensions).find(" " + extension + " ") != std::string::npos;
}

}  // namespace

std::string LowerExtension(const std::string& name) {
  return LowerAscii(fs::path(name).extension().string());
}

std::vector<std::string> FilesBelow(const std::string& folder) {
  std::error_code ignored;
  if (fs::is_regular_file(folder, ignored)) {
    const bool video = IsOf(kVideo, LowerExtension(folder));
    throw Error(StrCat(folder, video ? ": is a video; " : ": is a file; give the folder with the photos",
                       video ? kVideo.advice : "", video ? " and give the folder PHOTOS" : ""));
  }
  SPLAT_CHECK(fs::is_directory(folder, ignored), folder, ": is not a folder that exists");
  std::vector<std::string> names;
  try {
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied);
    for (; entry != fs::recursive_directory_iterator(); ++entry) {
      // A link that leads nowhere, or to itself, is no file.
      const bool hidden = entry->path().filename().string().front() == '.';
      if (hidden && entry->is_directory(ignored)) entry.disable_recursion_pending();
      if (hidden || !entry->is_regular_file(ignored)) continue;
      names.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(StrCat(folder, ": cannot be listed: ", error.code().message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string DescribePassedOver(const std::string& folder) {
  std::map<std::string, int> counts;
  for (const std::string& name : FilesBelow(folder)) ++counts[LowerExtension(name)];
  std::string line;
  for (const Kind& kind : kKinds) {
    std::string found;
    for (const auto& [extension, count] : counts) {
      if (!IsOf(kind, extension)) continue;
      found += StrCat(found.empty() ? "" : ", ", count, " ", extension, count == 1 ? " file" : " files");
    }
    if (!found.empty()) line += StrCat(line.empty() ? "passed over " : "; ", found, ": ", kind.advice);
  }
  return line.empty() ? "" : StrCat(folder, ": ", line);
}

}  // namespace splat::data
