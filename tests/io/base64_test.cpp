#include "io/base64.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace splat {
namespace {

TEST(Base64, MakesTheTextsOfTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64(std::string("\xff\xfe\x00\xfb\xf0", 5)), "//4A+/A=");
}

TEST(Base64, GivesBackEveryByte) {
  Random random(3);
  std::string bytes;
  for (int size = 0; size < 300; ++size, bytes += char(random.Uniform(-128, 128))) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatNoEncoderMakes) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9v\n", "Zm9v Zm9", "Zg==Zm9v", "Z===", "====", "Zh==", "Zm9=", "Zm-_",
                           "Zm9vYmF", "=m9v", "Z=9v"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace splat
