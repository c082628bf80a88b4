// This header says which photos a folder has, and what their headers say, without decoding them.
#pragma once

#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "data/photos/photo_header.h"

namespace splat::data {

// The orientation is that of EXIF, or of TIFF's own tag: 1..8 (1: as stored). Absent or broken it is 1. Camera and
// exposure are PhotoExif's.
struct PhotoInfo {
  int width = 0, height = 0;  // px as stored, before any rotation
  int exif_orientation = 1;
  int bits = 8;  // a sample
  std::string exif_camera = {};
  ExposureSettings exposure = {};
};

// The ends of photos' names, in any case. Of files that differ in these alone the first kind is preferred.
constexpr std::array<std::string_view, 8> kPhotoExtensions = {".jpg", ".jpeg", ".jpe",  ".jfif",
                                                              ".png", ".tif",  ".tiff", ".webp"};

// The list of them for messages: "jpg, jpeg, ...".
std::string PhotoExtensionsText();

// Whether a file is taken for a photo by its name: it ends in one of kPhotoExtensions.
bool HasPhotoExtension(const std::string& name);

// Lists the files in `folder` and below it that HasPhotoExtension. The names are relative and sorted bytewise. Hidden
// files are skipped. Throws splat::Error if the folder does not exist.
std::vector<std::string> ListPhotos(const std::string& folder);

// Returns whether the aspect of an image, width / height, is that of another one within a relative tolerance.
bool HasAspect(double width, double height, double of_width, double of_height, double tolerance);

// Reads size and EXIF from the file's header (about 0.1 ms). The format is told by the content, not by the name.
// Throws splat::Error naming the file if it is missing, empty, no JPEG, PNG, TIFF or WebP, or a PNG or WebP that ends
// early ("is not an image that can be read"). Broken pixel data shows only in ReadPhoto (image_io.h).
PhotoInfo ReadPhotoInfo(const std::string& path);

// Reads as ReadPhotoInfo does, for callers that need the size alone. Where ReadPhotoInfo throws, the width is 0, and
// the code that uses the photo (BuildDataset) says what is wrong with it.
PhotoInfo PhotoInfoOrNone(const std::string& path);

// Opens a photo and reads its header; the stream is left at its beginning. Throws splat::Error as ReadPhotoInfo
// does, and for an image that is too large to decode: of more than 2^29 pixels, or whose pixels take a
// fourth of the memory, or a huge one in a small file. Nothing is decoded before.
PhotoHeader OpenPhoto(const std::string& path, std::ifstream& stream);

}  // namespace splat::data
