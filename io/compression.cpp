#include "io/compression.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/check.h"

namespace splat {
namespace {

constexpr uint64_t kFreeExpansion = 256'000'000;            // bytes
constexpr uint64_t kLargestExpansion = 100;                 // times the size of the file
constexpr int kGzip = 15 + 16;                              // zlib's windowBits: the largest window, with gzip's header
constexpr std::string_view kMemberMark("\x1f\x8b\x08", 3);  // of a member whose data are deflated
constexpr int kGzipMemory = 8;                              // zlib's default
constexpr size_t kPieceBytes = 1 << 16, kFirstPieceBytes = 1 << 20;
constexpr size_t kLargestTail = 1 << 16;  // unpacked bytes behind what a format has, which are passed over

// zlib takes at most 32 bits at a time.
unsigned Piece(size_t size) {
  return unsigned(std::min<size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

void CheckExpansion(const std::string& path, uint64_t file_bytes, uint64_t unpacked_bytes) {
  SPLAT_CHECK(unpacked_bytes <= std::max(kFreeExpansion, kLargestExpansion * file_bytes), path, ": its ", file_bytes,
              " bytes announce ", unpacked_bytes,
              " unpacked ones, which is not credible; it is damaged or made to harm");
}

struct GzipWriter::State {
  explicit State(std::ostream& stream_out) : out(stream_out) {}
  std::ostream& out;
  z_stream stream = {};
  char buffer[kPieceBytes];
};

GzipWriter::GzipWriter(std::ostream& out) : state_(std::make_unique<State>(out)) {
  const int status =
      deflateInit2(&state_->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kGzipMemory, Z_DEFAULT_STRATEGY);
  SPLAT_CHECK(status == Z_OK, "zlib cannot begin to compress (status ", status, ")");
}

GzipWriter::~GzipWriter() {
  deflateEnd(&state_->stream);
}

void GzipWriter::Deflate(std::string_view bytes, bool last) {
  z_stream& stream = state_->stream;
  int status = Z_OK;
  do {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream.avail_in = Piece(bytes.size());
      bytes.remove_prefix(stream.avail_in);
    }
    stream.next_out = reinterpret_cast<Bytef*>(state_->buffer);
    stream.avail_out = kPieceBytes;
    status = deflate(&stream, last && bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    state_->out.write(state_->buffer, std::streamsize(kPieceBytes - stream.avail_out));
  } while (stream.avail_in > 0 || !bytes.empty() || stream.avail_out == 0 || (last && status != Z_STREAM_END));
}

void GzipWriter::Write(std::string_view bytes) {
  Deflate(bytes, false);
}

void GzipWriter::Finish() {
  Deflate({}, true);
}

struct GzipReader::State {
  State(std::string_view bytes, std::string file) : rest(bytes), path(std::move(file)) {}
  std::string_view rest;  // not given to zlib yet
  std::string path;
  z_stream stream = {};
  bool ended = false;

  // Goes on with the next member, if there is one: a gzip file may be several, one behind the other.
  bool EnterNextMember() {
    const std::string_view left(reinterpret_cast<const char*>(stream.next_in), stream.avail_in + rest.size());
    return left.substr(0, kMemberMark.size()) == kMemberMark && inflateReset(&stream) == Z_OK;
  }
};

GzipReader::GzipReader(std::string_view bytes, std::string path)
    : state_(std::make_unique<State>(bytes, std::move(path))) {
  const int status = inflateInit2(&state_->stream, kGzip);
  SPLAT_CHECK(status == Z_OK, state_->path, ": zlib cannot begin to unpack it (status ", status, ")");
}

GzipReader::~GzipReader() {
  inflateEnd(&state_->stream);
}

bool GzipReader::Recognizes(std::string_view bytes) {
  return bytes.substr(0, 2) == "\x1f\x8b";
}

// Returns how many bytes there were; fewer than `size` at the end only.
size_t GzipReader::Inflate(char* to, size_t size) {
  z_stream& stream = state_->stream;
  size_t done = 0;
  while (done < size && !state_->ended) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(state_->rest.data()));
      stream.avail_in = Piece(state_->rest.size());
      state_->rest.remove_prefix(stream.avail_in);
    }
    const unsigned piece = Piece(size - done);
    stream.next_out = reinterpret_cast<Bytef*>(to + done);
    stream.avail_out = piece;
    const int status = inflate(&stream, Z_NO_FLUSH);
    done += piece - stream.avail_out;
    state_->ended = status == Z_STREAM_END && !state_->EnterNextMember();
    SPLAT_CHECK(status != Z_BUF_ERROR, state_->path, ": its gzip data end too early; it is truncated, copy it again");
    SPLAT_CHECK(status == Z_OK || status == Z_STREAM_END, state_->path,
                ": its gzip data are damaged; copy it again or export it again");
  }
  return done;
}

std::string GzipReader::Read(size_t size) {
  std::string bytes;  // grows with what there is, not with what is asked for
  size_t found = 0;
  while (found < size) {
    bytes.resize(std::min(size, found + std::max(found, kFirstPieceBytes)));
    const size_t wanted = bytes.size() - found, read = Inflate(bytes.data() + found, wanted);
    found += read;
    if (read < wanted) break;
  }
  SPLAT_CHECK(found == size, state_->path, ": its gzip data hold ", size - found,
              " bytes less than it announces; it is damaged, export it again");
  return bytes;
}

void GzipReader::ExpectEnd() {
  std::string tail(kLargestTail, '\0');
  Inflate(tail.data(), tail.size());
  SPLAT_CHECK(state_->ended, state_->path, ": its gzip data go on far behind what it announces; it is damaged");
}

struct ZstdWriter::State {
  std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context{ZSTD_createCCtx(), ZSTD_freeCCtx};
  std::string frame;
};

ZstdWriter::ZstdWriter(int level) : state_(std::make_unique<State>()) {
  SPLAT_CHECK(state_->context != nullptr, "zstd has no memory to compress");
  ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, level);
}

ZstdWriter::~ZstdWriter() = default;

void ZstdWriter::Compress(std::string_view bytes, bool last) {
  ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
  size_t left = 0;
  do {
    const size_t begin = state_->frame.size();
    state_->frame.resize(begin + kPieceBytes);
    ZSTD_outBuffer out = {state_->frame.data() + begin, kPieceBytes, 0};
    left = ZSTD_compressStream2(state_->context.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    state_->frame.resize(begin + out.pos);
    SPLAT_CHECK(!ZSTD_isError(left), "zstd cannot compress: ", ZSTD_getErrorName(left));
  } while (in.pos < in.size || (last && left > 0));
}

void ZstdWriter::Write(std::string_view bytes) {
  Compress(bytes, false);
}

std::string ZstdWriter::Finish() {
  Compress({}, true);
  return std::move(state_->frame);
}

std::string UnpackZstd(std::string_view frame, size_t size, const std::string& path) {
  const unsigned long long announced = ZSTD_getFrameContentSize(frame.data(), frame.size());
  // This is the size of the first frame; there may be several, and some that must be skipped.
  SPLAT_CHECK(announced <= size || announced == ZSTD_CONTENTSIZE_UNKNOWN, path,
              ": its zstd data are damaged or announce another size than its header; copy it again or export it again");
  std::string bytes(size, '\0');
  const size_t found = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  SPLAT_CHECK(!ZSTD_isError(found), path, ": its zstd data are damaged (", ZSTD_getErrorName(found),
              "); copy it again or export it again");
  SPLAT_CHECK(found == size, path, ": its zstd data hold ", found, " bytes instead of the ", size,
              " that it announces; it is damaged, export it again");
  return bytes;
}

}  // namespace splat
