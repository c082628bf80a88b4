#include "core/printable.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(Printable, LeavesVisibleTextOfAnyScriptAlone) {
  for (const char* text : {"", "a b/c.ply: 'x' 100 %", "Küche/写真 (1).jpg", "\xF0\x9F\x93\xB7"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, EscapesControlsAndLineEnds) {
  EXPECT_EQ(Printable("a\x1b[31mb\nc\r\td\x7f"), "a\\x1b[31mb\\nc\\r\\td\\x7f");
  EXPECT_EQ(Printable(std::string("\0\a", 2)), "\\x00\\x07");
  EXPECT_EQ(Printable("\xC2\x9B\x33m"), "\\u{009b}3m");               // a CSI of one character
  EXPECT_EQ(Printable("a\xE2\x80\xAEgpj.exe"), "a\\u{202e}gpj.exe");  // right to left
}

TEST(Printable, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(Printable("a\xFF\xC3"), "a\\xff\\xc3");
  EXPECT_EQ(Printable("\xC0\xAF"), "\\xc0\\xaf");           // too long a form of '/'
  EXPECT_EQ(Printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // half of a pair
}

TEST(Printable, CutsWhatIsAbsurdlyLong) {
  const std::string path(kLongestPath, 'p'), absurd(100000, 'n');
  EXPECT_EQ(Printable("a " + path + ": b"), "a " + path + ": b");
  EXPECT_EQ(Printable("a " + absurd + " b"),
            "a " + absurd.substr(0, 137) + "..." + absurd.substr(0, 59) + " b");  // 60 with the blank
  std::string words;
  while (words.size() < 100000) words += "word ";
  EXPECT_LT(Printable(words).size(), 4 * kLongestPath);
}

TEST(ShortName, KeepsBothEndsAndWholeCharacters) {
  EXPECT_EQ(ShortName(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(ShortName("a" + std::string(1000, 'x') + ".jpg"),
            "a" + std::string(136, 'x') + "..." + std::string(56, 'x') + ".jpg");
  std::string wide;
  for (int i = 0; i < 500; ++i) wide += "ü";
  EXPECT_EQ(Printable(ShortName("a" + wide)), ShortName("a" + wide)) << "no character is cut in two";
  EXPECT_EQ(Printable(ShortName(wide)), ShortName(wide));
}

}  // namespace
}  // namespace splat
