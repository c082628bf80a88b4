#include "core/utf8.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

void ExpectFirst(std::string_view text, uint32_t code, size_t bytes) {
  EXPECT_EQ(FirstCharacterOf(text).code, code) << text;
  EXPECT_EQ(FirstCharacterOf(text).bytes, bytes) << text;
}

TEST(FirstCharacterOf, OneToFourBytes) {
  ExpectFirst("ab", 'a', 1);
  ExpectFirst("\xC3\xBCr", 0xFC, 2);
  ExpectFirst("\xE5\x86\x99", 0x5199, 3);
  ExpectFirst("\xF0\x9F\x93\xB7", 0x1F4F7, 4);
}

TEST(FirstCharacterOf, WhatIsNoUtf8HasNoBytes) {
  for (const char* text :
       {"", "\xFC", "\xFCr", "\xC3", "\xC3r", "\xBC", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    ExpectFirst(text, 0, 0);
  }
}

}  // namespace
}  // namespace splat
