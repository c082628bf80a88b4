// This header has gzip and zstd for the formats that compress, with bounds on what a file may expand to.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace splat {

// Refuses a file of `file_bytes` that announces `unpacked_bytes`, if that is more than memory should be taken for on
// the file's word: over 256 MB and over 100 times its size. Real scenes shrink by 2 to 20. Throws splat::Error.
void CheckExpansion(const std::string& path, uint64_t file_bytes, uint64_t unpacked_bytes);

// Compresses to a stream, piece by piece. The bytes do not depend on how the input is cut into pieces.
class GzipWriter {
 public:
  explicit GzipWriter(std::ostream& out);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  void Write(std::string_view bytes);
  void Finish();  // once, at the end

 private:
  struct State;
  void Deflate(std::string_view bytes, bool last);
  std::unique_ptr<State> state_;
};

// Decompresses piece by piece, all members of a file as one, and throws splat::Error naming the path. The reader does
// not own the bytes.
class GzipReader {
 public:
  GzipReader(std::string_view bytes, std::string path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  static bool Recognizes(std::string_view bytes);

  std::string Read(size_t size);  // exactly so many bytes
  void ExpectEnd();               // checks the sum at the end; a few further bytes are passed over

 private:
  struct State;
  size_t Inflate(char* to, size_t size);
  std::unique_ptr<State> state_;
};

// Compresses one zstd frame piece by piece; Finish returns it.
class ZstdWriter {
 public:
  explicit ZstdWriter(int level);
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  void Write(std::string_view bytes);
  std::string Finish();

 private:
  struct State;
  void Compress(std::string_view bytes, bool last);
  std::unique_ptr<State> state_;
};

// Returns the content of a zstd frame, or of several, which must be `size` bytes. Throws splat::Error naming the path.
std::string UnpackZstd(std::string_view frame, size_t size, const std::string& path);

}  // namespace splat
