// This header writes and reads zip archives, in memory and in streams.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace splat {

// Writes entries as they are, without compression (what they hold is compressed already), zip64 or comment. They are
// dated 1980-01-01, so that equal entries give equal bytes. The stream must be able to seek. Throws splat::Error.
class ZipWriter {
 public:
  explicit ZipWriter(std::ostream& out);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void Add(const std::string& name, std::string_view bytes);
  void Finish();  // once, at the end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads stored or deflated entries, and throws splat::Error naming the path. Names have the form "folder/file" also
// where the archive has "folder\file" or "./folder/file", as some tools write them. The reader does not own the bytes.
class ZipReader {
 public:
  ZipReader(std::string_view bytes, std::string path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  static bool Recognizes(std::string_view bytes);

  std::vector<std::string> Names() const;  // of all entries, in their order

  // Size of an entry as the archive announces it, unpacked.
  uint64_t SizeOf(const std::string& name);
  // Returns the bytes of an entry, with their checksum checked. The caller has found SizeOf acceptable.
  std::string Read(const std::string& name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace splat
