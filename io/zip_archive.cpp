#include "io/zip_archive.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "core/check.h"

namespace splat {
namespace {

constexpr unsigned long kFirstDosDate = 0x00210000;  // 1980-01-01

// minizip's file functions on a stream that begins where it stands. Their `opaque` is this.
struct StreamFile {
  std::ostream* out;
  std::streamoff begin;
};

StreamFile& FileOf(void* opaque) {
  return *static_cast<StreamFile*>(opaque);
}

zlib_filefunc64_def StreamFunctions(StreamFile& file) {
  zlib_filefunc64_def functions = {};
  functions.opaque = &file;
  functions.zopen64_file = [](voidpf opaque, const void*, int) -> voidpf { return opaque; };
  functions.zread_file = [](voidpf, voidpf, void*, uLong) -> uLong { return 0; };
  functions.zwrite_file = [](voidpf opaque, voidpf, const void* bytes, uLong size) -> uLong {
    FileOf(opaque).out->write(static_cast<const char*>(bytes), std::streamsize(size));
    return FileOf(opaque).out->good() ? size : 0;
  };
  functions.ztell64_file = [](voidpf opaque, voidpf) -> ZPOS64_T {
    return ZPOS64_T(std::streamoff(FileOf(opaque).out->tellp()) - FileOf(opaque).begin);
  };
  functions.zseek64_file = [](voidpf opaque, voidpf, ZPOS64_T offset, int origin) -> long {
    std::ostream& out = *FileOf(opaque).out;
    if (origin == ZLIB_FILEFUNC_SEEK_SET) out.seekp(FileOf(opaque).begin + std::streamoff(offset));
    if (origin == ZLIB_FILEFUNC_SEEK_CUR) out.seekp(std::streamoff(offset), std::ios::cur);
    if (origin == ZLIB_FILEFUNC_SEEK_END) out.seekp(std::streamoff(offset), std::ios::end);
    return out.good() ? 0 : -1;
  };
  functions.zclose_file = [](voidpf, voidpf) -> int { return 0; };
  functions.zerror_file = [](voidpf opaque, voidpf) -> int { return FileOf(opaque).out->good() ? 0 : 1; };
  return functions;
}

// A file for minizip that lies in memory and is only read.
struct MemoryFile {
  std::string_view bytes;
  size_t position = 0;
};

MemoryFile& MemoryOf(void* opaque) {
  return *static_cast<MemoryFile*>(opaque);
}

zlib_filefunc64_def MemoryFunctions(MemoryFile& file) {
  zlib_filefunc64_def functions = {};
  functions.opaque = &file;
  functions.zopen64_file = [](voidpf opaque, const void*, int) -> voidpf { return opaque; };
  functions.zread_file = [](voidpf opaque, voidpf, void* to, uLong size) -> uLong {
    MemoryFile& memory = MemoryOf(opaque);
    const size_t count = std::min<size_t>(size, memory.bytes.size() - memory.position);
    std::memcpy(to, memory.bytes.data() + memory.position, count);
    memory.position += count;
    return uLong(count);
  };
  functions.zwrite_file = [](voidpf, voidpf, const void*, uLong) -> uLong { return 0; };
  functions.ztell64_file = [](voidpf opaque, voidpf) -> ZPOS64_T { return MemoryOf(opaque).position; };
  functions.zseek64_file = [](voidpf opaque, voidpf, ZPOS64_T offset, int origin) -> long {
    MemoryFile& memory = MemoryOf(opaque);
    const size_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                        : origin == ZLIB_FILEFUNC_SEEK_CUR ? memory.position
                                                           : memory.bytes.size();
    if (offset > memory.bytes.size() - base) return -1;
    memory.position = base + size_t(offset);
    return 0;
  };
  functions.zclose_file = [](voidpf, voidpf) -> int { return 0; };
  functions.zerror_file = [](voidpf, voidpf) -> int { return 0; };
  return functions;
}

// "folder/file" of "folder\file", "./folder/file" or "/folder/file".
std::string PlainName(std::string name) {
  std::replace(name.begin(), name.end(), '\\', '/');
  while (name.compare(0, 2, "./") == 0 || name.compare(0, 1, "/") == 0) name.erase(0, name[0] == '.' ? 2 : 1);
  return name;
}

struct Entry {
  std::string name;
  unz64_file_pos place = {};
};

// All entries, as far as the list of them can be read.
std::vector<Entry> EntriesOf(unzFile zip) {
  std::vector<Entry> entries;
  std::string name((1 << 16) + 1, '\0');  // the longest that the format has, and a zero
  for (int status = unzGoToFirstFile(zip); status == UNZ_OK; status = unzGoToNextFile(zip)) {
    Entry entry;
    if (unzGetCurrentFileInfo64(zip, nullptr, name.data(), uLong(name.size()), nullptr, 0, nullptr, 0) != UNZ_OK ||
        unzGetFilePos64(zip, &entry.place) != UNZ_OK) {
      break;
    }
    entry.name = PlainName(name.c_str());
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

struct ZipWriter::State {
  explicit State(std::ostream& out) : file{&out, out.tellp()}, functions(StreamFunctions(file)) {}
  StreamFile file;
  zlib_filefunc64_def functions;
  zipFile zip = nullptr;
};

ZipWriter::ZipWriter(std::ostream& out) : state_(std::make_unique<State>(out)) {
  state_->zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &state_->functions);
  SPLAT_CHECK(state_->zip != nullptr, "the zip archive cannot be begun");
}

ZipWriter::~ZipWriter() {
  if (state_->zip != nullptr) zipClose(state_->zip, nullptr);
}

void ZipWriter::Add(const std::string& name, std::string_view bytes) {
  zip_fileinfo info = {};
  info.dosDate = kFirstDosDate;
  int status = zipOpenNewFileInZip(state_->zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, 0, 0);
  if (status == ZIP_OK) status = zipWriteInFileInZip(state_->zip, bytes.data(), unsigned(bytes.size()));
  if (status == ZIP_OK) status = zipCloseFileInZip(state_->zip);
  SPLAT_CHECK(status == ZIP_OK, name, " cannot be written into the zip archive; the disk may be full");
}

void ZipWriter::Finish() {
  const int status = zipClose(std::exchange(state_->zip, nullptr), nullptr);
  SPLAT_CHECK(status == ZIP_OK, "the zip archive cannot be ended; the disk may be full");
}

struct ZipReader::State {
  State(std::string_view bytes, std::string archive)
      : path(std::move(archive)), file{bytes}, functions(MemoryFunctions(file)) {}

  // Makes an entry the current one; of several with a name, the first.
  void Find(const std::string& name) {
    const std::string plain = PlainName(name);
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == plain; });
    SPLAT_CHECK(found != entries.end(), path, ": holds no ", name,
                "; it is damaged or of another kind, export it again");
    if (unzGoToFilePos64(zip, &found->place) != UNZ_OK) FailDamaged(name);
  }
  unz_file_info64 InfoOf(const std::string& name) {
    Find(name);
    unz_file_info64 info = {};
    if (unzGetCurrentFileInfo64(zip, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) FailDamaged(name);
    return info;
  }
  [[noreturn]] void FailDamaged(const std::string& name) const {
    throw Error(StrCat(path, ": ", name, " within it is damaged; copy it again or export it again"));
  }

  std::string path;
  MemoryFile file;
  zlib_filefunc64_def functions;
  unzFile zip = nullptr;
  std::vector<Entry> entries;
};

ZipReader::ZipReader(std::string_view bytes, std::string path)
    : state_(std::make_unique<State>(bytes, std::move(path))) {
  // minizip is content with an end record that is cut.
  constexpr size_t kEndRecordBytes = 22;
  const size_t end = bytes.rfind(std::string_view("PK\x05\x06", 4));
  const bool whole = end != std::string_view::npos && bytes.size() - end >= kEndRecordBytes;
  if (whole) state_->zip = unzOpen2_64("", &state_->functions);
  SPLAT_CHECK(state_->zip != nullptr, state_->path,
              ": is no whole zip archive; it is truncated or damaged, copy it again");
  state_->entries = EntriesOf(state_->zip);
}

ZipReader::~ZipReader() {
  if (state_->zip != nullptr) unzClose(state_->zip);
}

bool ZipReader::Recognizes(std::string_view bytes) {
  return bytes.substr(0, 4) == "PK\x03\x04";
}

std::vector<std::string> ZipReader::Names() const {
  std::vector<std::string> names;
  names.reserve(state_->entries.size());
  for (const Entry& entry : state_->entries) names.push_back(entry.name);
  return names;
}

uint64_t ZipReader::SizeOf(const std::string& name) {
  return state_->InfoOf(name).uncompressed_size;
}

std::string ZipReader::Read(const std::string& name) {
  constexpr uLong kEncrypted = 1, kStored = 0;
  const unz_file_info64 info = state_->InfoOf(name);
  SPLAT_CHECK((info.flag & kEncrypted) == 0, state_->path, ": ", name, " within it has a password; pack it without");
  SPLAT_CHECK(info.compression_method == kStored || info.compression_method == Z_DEFLATED, state_->path, ": ", name,
              " within it is compressed by method ", info.compression_method,
              ", which cannot be read; pack it without compression");
  std::string bytes(size_t(info.uncompressed_size), '\0');
  if (unzOpenCurrentFile(state_->zip) != UNZ_OK) state_->FailDamaged(name);
  size_t done = 0;
  while (done < bytes.size()) {
    const size_t piece = std::min<size_t>(bytes.size() - done, 1 << 30);
    const int read = unzReadCurrentFile(state_->zip, bytes.data() + done, unsigned(piece));
    if (read <= 0) break;
    done += size_t(read);
  }
  const int status = unzCloseCurrentFile(state_->zip);  // checks the sum
  if (done < bytes.size() || status != UNZ_OK) state_->FailDamaged(name);
  return bytes;
}

}  // namespace splat
