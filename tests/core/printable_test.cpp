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

}  // namespace
}  // namespace splat
