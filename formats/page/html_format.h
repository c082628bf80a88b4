// This header writes and reads a page that shows the scene in any browser (.html): the SuperSplat viewer with the
// splats as SOG, inside the page or in a file beside it. The source is the documentation of the viewer's package;
// docs/formats.md describes the page.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "formats/exporter.h"

namespace splat::formats {

// The name of the file beside a page ends in this instead of ".html", if the page has a frame of its own
// (ViewerSettings): it is then not one of the scene's files.
constexpr const char* kOwnFrameExtension = ".page.sog";

// Whether the bytes begin as those of a page do.
bool IsHtml(std::string_view bytes);

// Writes a page that holds the splats, however many they are. Throws splat::Error if this build has no viewer page
// (viewer_page.h), and as WriteSog does.
void WriteHtml(std::ostream& out, const SplatSelection& splats, const ExportOptions& options);

// Writes the page; where its SOG has more than `options.html_inline_bytes`, that lies beside it as "<stem>.sog", or
// with kOwnFrameExtension. Both files appear or neither; a file of that name with other content is replaced only if
// `options.overwrite_beside`.
WrittenScene WriteHtmlFiles(const std::string& path, const SplatSelection& splats, const ExportOptions& options);

// Reads pages of that kind, by ReadSog. Throws splat::Error if the file is not such a page or its data are not whole.
SplatCloud ReadHtml(std::string_view bytes, const std::string& path, const ImportOptions& options);

}  // namespace splat::formats
