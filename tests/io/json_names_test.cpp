// Names of files survive JSON, whatever bytes they have.
#include "io/json_names.h"

#include <gtest/gtest.h>

#include <set>

#include "io/atomic_file.h"
#include "io/json_file.h"
#include "io/read_file.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

TEST(JsonNames, Utf8StaysAndOtherBytesAreWrittenAsMessagesShowThem) {
  for (const char* name : {"", "a b/c.jpg", "Küche/写真 (1).jpg", "a\\b.jpg", "\\x", "\\xg0", "\\x41.jpg"}) {
    EXPECT_EQ(NameInJson(name), name);
  }
  EXPECT_EQ(NameInJson("f\xFCr \xFF.jpg"), "f\\xfcr \\xff.jpg");
}

TEST(JsonNames, NamesComeBackAndNeverShareAText) {
  const std::set<std::string> names = {"f\xFCr.jpg",
                                       "f\xF6r.jpg",
                                       "f\\xfcr.jpg",
                                       "f\\x5cxfcr.jpg",
                                       "\\x5c",
                                       "\\x5cx5c",
                                       "\\\xFC",
                                       "Küche.jpg",
                                       "\\xFC.jpg",
                                       "\\x41.jpg",
                                       "\\\\x80\\x",
                                       "\xC3",
                                       "\xC3\xBC",
                                       "a\xED\xA0\x80"
                                       "z"};
  std::set<std::string> texts;
  for (const std::string& name : names) {
    EXPECT_EQ(NameFromJson(NameInJson(name)), name);
    texts.insert(NameInJson(name));
  }
  EXPECT_EQ(texts.size(), names.size());
}

TEST(JsonNames, FilesHaveThemAsTextAndAsKeys) {
  const testing::TempDir folder;
  WriteJson(folder / "a.json", {{"f\xFCr", {{"list", {"\xF6", 1, true, nullptr}}}}});
  const Json read = Json::parse(ReadFile(folder / "a.json"));
  EXPECT_EQ(read, Json({{"f\\xfcr", {{"list", {"\\xf6", 1, true, nullptr}}}}}));
}

}  // namespace
}  // namespace splat
