#include "formats/page/viewer_page.h"

#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "io/byte_reader.h"
#include "io/compression.h"

#if defined(SPLAT_VIEWER_PAGE)
// The file as it is, a gzip stream, between two symbols.
asm(".pushsection .rodata\n"
    ".hidden splat_viewer_page\n"
    ".global splat_viewer_page\n"
    ".hidden splat_viewer_page_end\n"
    ".global splat_viewer_page_end\n"
    "splat_viewer_page:\n"
    ".incbin \"" SPLAT_VIEWER_PAGE
    "\"\n"
    "splat_viewer_page_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern const char kViewerPage[] asm("splat_viewer_page");
extern const char kViewerPageEnd[] asm("splat_viewer_page_end");
#endif

namespace splat::formats {
namespace {

std::string_view PackedPage() {
#if defined(SPLAT_VIEWER_PAGE)
  return {kViewerPage, size_t(kViewerPageEnd - kViewerPage)};
#else
  return {};
#endif
}

}  // namespace

bool HasViewerPage() {
  return !PackedPage().empty();
}

std::string WhatHtmlLacks() {
  if (HasViewerPage()) return {};
  return "this build has no viewer page, which .html needs; run scripts/setup.sh and build again";
}

std::string ViewerPage() {
  SPLAT_CHECK(HasViewerPage(), WhatHtmlLacks());
  const std::string_view packed = PackedPage();
  // A gzip stream ends with the size of what it holds.
  const auto size = FromLittleEndian<uint32_t>(packed.data() + packed.size() - sizeof(uint32_t));
  return GzipReader(packed, "the viewer page").Read(size);
}

}  // namespace splat::formats
