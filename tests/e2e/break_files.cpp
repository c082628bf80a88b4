// Preloaded into a program under test (LD_PRELOAD): a file that is given the name in SPLAT_BREAK_FILE loses all bytes
// behind its first eighth, which become 0, before it is renamed. So it is whole in length, and wrong, as after a fault
// of a disk or of a writer. The files of our programs are written to a temporary name and renamed.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void BreakFile(const char* path) {
  std::FILE* file = std::fopen(path, "r+b");
  if (!file) return;
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file);
  std::fseek(file, size / 8, SEEK_SET);
  for (long i = size / 8; i < size; ++i) std::fputc(0, file);
  std::fclose(file);
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

extern "C" int rename(const char* from, const char* to) noexcept {
  using Rename = int (*)(const char*, const char*);
  static const auto real = reinterpret_cast<Rename>(dlsym(RTLD_NEXT, "rename"));
  const char* name = std::getenv("SPLAT_BREAK_FILE");
  if (name && EndsWith(to, name)) BreakFile(from);
  return real(from, to);
}
