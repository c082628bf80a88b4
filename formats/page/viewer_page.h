// The viewer of .html files is the page that scripts/fetch_viewer.sh makes of the SuperSplat viewer; the program
// contains it.
#pragma once

#include <string>

namespace splat::formats {

// These marks stand in the page for what a scene fills in; each occurs once.
constexpr const char* kSettingsMark = "@@SPLAT_SETTINGS@@";  // JSON
constexpr const char* kContentMark = "@@SPLAT_CONTENT@@";    // URL of the splats, in a JSON string
constexpr const char* kNameMark = "@@SPLAT_NAME@@";          // file name that tells their format, in a JSON string

// Whether this build has the page.
bool HasViewerPage();
// Says what to do if the program has no page; empty if it has one.
std::string WhatHtmlLacks();

// The page, unpacked. Throws splat::Error that says what to do if this build has none.
std::string ViewerPage();

}  // namespace splat::formats
