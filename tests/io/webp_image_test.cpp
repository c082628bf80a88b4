#include "io/webp_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/support/error_message.h"

namespace splat {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::HasSubstr;

RgbaImage Noise(int width, int height) {
  RgbaImage image(width, height);
  Random random(1);
  for (uint8_t& byte : image.bytes) byte = uint8_t(random.Below(256));
  return image;
}

TEST(Webp, KeepsEveryByteAlsoWhereAlphaIsZero) {
  RgbaImage image = Noise(20, 12);
  for (int i = 0; i < 100; ++i) image.Pixel(i)[3] = 0;
  const std::string file = EncodeWebp(image);
  EXPECT_EQ(WebpPixelBytes(file, "a"), 960u);
  const RgbaImage decoded = DecodeWebp(file, "a");
  EXPECT_EQ(decoded.width, 20);
  EXPECT_EQ(decoded.height, 12);
  EXPECT_EQ(decoded.bytes, image.bytes);
}

TEST(Webp, RefusesWhatItIsNot) {
  EXPECT_THAT(ErrorMessageOf([] { DecodeWebp("no image at all", "a.sog: x.webp"); }),
              HasSubstr("a.sog: x.webp: is no WebP image"));
  std::string file = EncodeWebp(Noise(64, 64));
  EXPECT_THAT(ErrorMessageOf([&] { DecodeWebp(file.substr(0, file.size() / 2), "x.webp"); }), HasSubstr("x.webp"));
  EXPECT_THAT(ErrorMessageOf([] { EncodeWebp(RgbaImage(16384, 1)); }), HasSubstr("16384 x 1"));
}

}  // namespace
}  // namespace splat
