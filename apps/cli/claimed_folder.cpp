#include "apps/cli/claimed_folder.h"

#include <filesystem>

#include "core/check.h"
#include "io/temporary_file.h"

namespace splat::apps {

namespace fs = std::filesystem;

std::unique_ptr<FileLock> ClaimFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  SPLAT_CHECK(!error && fs::is_directory(path), "--output ", path, ": the folder cannot be made",
              error ? ": " + error.message() : std::string());
  auto claim =
      std::make_unique<FileLock>(LockOfFolder(path), StrCat("--output ", path), "wait for it or choose another folder");
  RemoveAbandonedFiles(path);
  return claim;
}

}  // namespace splat::apps
