#include "capture/texture.h"

#include <cmath>

#include "capture/noise.h"
#include "core/srgb.h"

namespace splat::capture {
namespace {

using Rgb = Vec3<double>;

// One colour of the texture's three, or one between them, by hash.
Rgb PaletteColor(const Texture& texture, uint32_t hash) {
  const double pick = Unit(hash, 11), t = Unit(hash, 12);
  if (pick < 0.3) return Mix(texture.base, texture.first, t);
  if (pick < 0.65) return Mix(texture.first, texture.second, t);
  return Mix(texture.second, texture.base, t);
}

// 1 inside a band of half width `half` about 0, 0 outside, soft by the footprint.
double Band(double distance, double half, double footprint) {
  const double soft = std::max(footprint, 0.1 * half);
  return 1 - SmoothStep(half - soft, half + soft, std::abs(distance));
}

Rgb Shade(const Rgb& color, double brightness) {
  return std::max(0.0, 1 + brightness) * color;
}

// Chips of the palette's colours over `under`: cells of two sizes, a share of them filled.
Rgb Chips(const Texture& texture, const TexturePoint& at, const Rgb& under, double share) {
  Rgb color = under;
  for (uint32_t layer = 0; layer < 3; ++layer) {
    const double cell = texture.scale * (layer == 0 ? 1 : layer == 1 ? 0.55 : 0.32);
    const Speckle speckle = SpeckleAt(at.x_in_local, cell, at.footprint, texture.seed + 31 * layer);
    if (Unit(speckle.hash, 7) < share) {
      color =
          Mix(color, Shade(PaletteColor(texture, speckle.hash), 0.3 * (Unit(speckle.hash, 8) - 0.5)), speckle.cover);
    }
  }
  return color;
}

Rgb Wood(const Texture& texture, const TexturePoint& at) {
  const double row = at.uv.y / texture.scale;
  const int plank = int(std::floor(row));
  const uint32_t hash = HashLattice(plank, 17, 0, texture.seed);
  const Vec3<double> stretched = {0.16 * at.uv.x + 3 * Unit(hash, 1), at.uv.y + plank, 0};
  const double warp = FractalNoise(stretched, 0.35 * texture.scale, 0.7 * at.footprint, hash);
  const double rings = std::sin(22 * warp + 9 * stretched.y / texture.scale);
  const double wide = 1 - SmoothStep(0.02, 0.12, at.footprint / texture.scale);
  Rgb color = Mix(texture.base, texture.first, Clamp01(0.45 + 0.3 * warp + 0.2 * rings * wide));
  color = Shade(color, 0.5 * (Unit(hash, 2) - 0.5));
  const Speckle knot =
      SpeckleAt({0.5 * at.uv.x, at.uv.y, double(plank)}, 0.45 * texture.scale, at.footprint, texture.seed + 3);
  if (Unit(knot.hash, 7) < 0.35) color = Mix(color, texture.second, (0.35 + 0.4 * Unit(knot.hash, 8)) * knot.cover);
  const double length = 7 * texture.scale, along = at.uv.x / length + Unit(hash, 3);
  const double gap =
      std::min(std::abs(row - std::round(row)) * texture.scale, std::abs(along - std::round(along)) * length);
  return Mix(color, Shade(texture.second, -0.4), 0.8 * Band(gap, 0.03 * texture.scale, at.footprint));
}

Rgb Bricks(const Texture& texture, const TexturePoint& at) {
  const double height = 0.45 * texture.scale, row_position = at.uv.y / height;
  const int row = int(std::floor(row_position));
  const double column_position = at.uv.x / texture.scale + (row % 2 != 0 ? 0.5 : 0.0);
  const int column = int(std::floor(column_position));
  const uint32_t hash = HashLattice(column, row, 5, texture.seed);
  const double from_side = (0.5 - std::abs(column_position - column - 0.5)) * texture.scale;
  const double from_top = (0.5 - std::abs(row_position - row - 0.5)) * height;
  Rgb brick = Mix(texture.base, texture.first, Unit(hash, 1));
  if (Unit(hash, 2) < 0.2) brick = Mix(brick, texture.second, 0.6);
  brick = Shade(brick, 0.45 * FractalNoise(at.x_in_local, 0.6 * texture.scale, at.footprint, hash));
  const double joint = 0.045 * texture.scale;
  const Rgb mortar =
      Shade(LinearFromSrgb(0xb8b0a0), 0.3 * FractalNoise(at.x_in_local, 0.2, at.footprint, texture.seed));
  const double soft = std::max(at.footprint, 0.3 * joint);
  return Mix(mortar, brick, SmoothStep(joint - soft, joint + soft, std::min(from_side, from_top)));
}

Rgb Marble(const Texture& texture, const TexturePoint& at) {
  const double large = FractalNoise(at.x_in_local, texture.scale, at.footprint, texture.seed);
  const double veins = FractalNoise(at.x_in_local, 1.3 * texture.scale, at.footprint, texture.seed + 7);
  const double fine = FractalNoise(at.x_in_local, 0.5 * texture.scale, at.footprint, texture.seed + 8);
  Rgb color = Mix(texture.base, texture.first, SmoothStep(-0.35, 0.35, large));
  color = Mix(color, texture.second, 0.85 * (1 - SmoothStep(0.01, 0.08, std::abs(veins))));
  return Mix(color, texture.second, 0.5 * (1 - SmoothStep(0.0, 0.05, std::abs(fine))));
}

Rgb Terrazzo(const Texture& texture, const TexturePoint& at) {
  const double stain = FractalNoise(at.x_in_local, 3 * texture.scale, at.footprint, texture.seed + 90);
  return Chips(texture, at, Shade(texture.base, 0.35 * stain), 0.8);
}

// Each letter is a block of 3 x 5 dots, set by the bits of its hash.
Rgb Text(const Texture& texture, const TexturePoint& at) {
  const double line_height = texture.scale, letter_width = 0.62 * line_height;
  const int line = int(std::floor(at.uv.y / line_height)), letter = int(std::floor(at.uv.x / letter_width));
  const uint32_t hash = HashLattice(letter, line, 23, texture.seed);
  const double tint = FractalNoise(at.x_in_local, 4 * line_height, at.footprint, texture.seed);
  const Rgb paper = Shade(texture.base, 0.25 * tint);
  if (Unit(hash, 1) < 0.2) return paper;
  const double x = (at.uv.x / letter_width - letter - 0.12) / 0.76 * 3,
               y = (at.uv.y / line_height - line - 0.14) / 0.72 * 5;
  const double dot = 0.76 * letter_width / 3, soft = std::max(0.15, 0.8 * at.footprint / dot);
  double ink = 0;
  for (int i = 0; i < 15; ++i) {
    if ((hash >> (i + 4)) % 2 == 0) continue;
    const int column = i % 3, row = i / 3;
    const double dx = std::abs(x - column - 0.5), dy = std::abs(y - row - 0.5);
    ink = std::max(ink, 1 - SmoothStep(0.55 - soft, 0.55 + soft, std::max(dx, dy)));
  }
  const uint32_t word = HashLattice(letter / 6, line, 29, texture.seed);
  return Mix(paper, Unit(word, 1) < 0.3 ? texture.first : texture.second, 0.9 * ink);
}

Rgb Mosaic(const Texture& texture, const TexturePoint& at) {
  const Voronoi voronoi = VoronoiAt(at.x_in_local, texture.scale, texture.seed);
  const double stain = FractalNoise(at.x_in_local, 0.8 * texture.scale, at.footprint, texture.seed + 2);
  const Rgb tile = Shade(PaletteColor(texture, voronoi.hash), 0.5 * (Unit(voronoi.hash, 9) - 0.5) + 0.25 * stain);
  const double joint = 0.08 * texture.scale, soft = std::max(at.footprint, 0.5 * joint);
  return Mix(LinearFromSrgb(0x4a443c), tile, SmoothStep(joint - soft, joint + soft, voronoi.edge));
}

Rgb Pottery(const Texture& texture, const TexturePoint& at) {
  const double stain = FractalNoise(at.x_in_local, 2 * texture.scale, at.footprint, texture.seed + 1);
  const Rgb clay = Shade(texture.base, 0.35 * stain);
  const double height = at.uv.y / texture.scale;
  const int band = int(std::floor(height));
  const uint32_t hash = HashLattice(band, 3, 1, texture.seed);
  const double from_middle = (height - band - 0.5) * texture.scale;
  const double border = Band(std::abs(from_middle) - 0.45 * texture.scale, 0.06 * texture.scale, at.footprint);
  const double along = at.uv.x / (0.8 * texture.scale) + Unit(hash, 1);
  const int motif = int(std::floor(along));
  const uint32_t motif_hash = HashLattice(band, motif, 2, texture.seed);
  const double x = along - motif - 0.5, y = from_middle / texture.scale, size = 0.15 + 0.15 * Unit(motif_hash, 2);
  double paint = 0;
  if (Unit(hash, 4) < 0.4) {
    paint = Band(std::sqrt(x * x + y * y) * texture.scale, size * texture.scale, at.footprint);
  } else if (Unit(hash, 4) < 0.75) {
    paint = Band((std::abs(x) + std::abs(y) - 0.28) * texture.scale, (0.3 * size + 0.02) * texture.scale, at.footprint);
  } else {
    paint = Band((x + y * (Unit(motif_hash, 3) < 0.5 ? 0.7 : -0.7)) * texture.scale, size * 0.6 * texture.scale,
                 at.footprint);
  }
  const Rgb ink = Unit(motif_hash, 5) < 0.5 ? texture.first : texture.second;
  return Mix(Mix(clay, ink, 0.9 * paint), texture.second, 0.8 * border);
}

Rgb Plaster(const Texture& texture, const TexturePoint& at) {
  const double clouds = FractalNoise(at.x_in_local, 5 * texture.scale, 2 * at.footprint, texture.seed);
  const double stains = FractalNoise(at.x_in_local, 1.5 * texture.scale, 2 * at.footprint, texture.seed + 1);
  Rgb color = Mix(texture.base, texture.first, Clamp01(0.5 + 1.1 * clouds));
  color = Mix(color, texture.second, 0.45 * SmoothStep(0.12, 0.4, stains));
  return Mix(color, Chips(texture, at, color, 0.55), 0.7);
}

Rgb Rug(const Texture& texture, const TexturePoint& at) {
  const double gx = at.uv.x / texture.scale, gy = at.uv.y / texture.scale;
  const int column = int(std::floor(gx)), row = int(std::floor(gy));
  const uint32_t hash = HashLattice(column, row, 41, texture.seed);
  const double x = gx - column - 0.5, y = gy - row - 0.5, size = 0.2 + 0.2 * Unit(hash, 1);
  const double diamond = std::abs(x) + std::abs(y), square = std::max(std::abs(x), std::abs(y));
  const double distance = (Unit(hash, 2) < 0.5 ? diamond : square) - size;
  const Rgb ground = Mix(texture.base, PaletteColor(texture, hash), 0.45);
  const double stain = FractalNoise(at.x_in_local, texture.scale, at.footprint, texture.seed + 4);
  const double soft = std::max(at.footprint / texture.scale, 0.02);
  Rgb color = Mix(PaletteColor(texture, hash + 1), ground, SmoothStep(-soft, soft, distance));
  color = Mix(color, PaletteColor(texture, hash + 2),
              Band((distance + 0.15) * texture.scale, 0.05 * texture.scale, at.footprint));
  const double edge = 0.5 - square;
  color = Mix(texture.second, color, SmoothStep(0.02 - soft, 0.05 + soft, edge));
  return Shade(color, 0.35 * stain);
}

Rgb PatternColor(const Texture& texture, const TexturePoint& point) {
  switch (texture.pattern) {
    case Pattern::kWood:
      return Wood(texture, point);
    case Pattern::kBricks:
      return Bricks(texture, point);
    case Pattern::kMarble:
      return Marble(texture, point);
    case Pattern::kTerrazzo:
      return Terrazzo(texture, point);
    case Pattern::kText:
      return Text(texture, point);
    case Pattern::kMosaic:
      return Mosaic(texture, point);
    case Pattern::kPottery:
      return Pottery(texture, point);
    case Pattern::kPlaster:
      return Plaster(texture, point);
    case Pattern::kRug:
      return Rug(texture, point);
  }
  return texture.base;
}

}  // namespace

Rgb TextureColor(const Texture& texture, const TexturePoint& point) {
  const Rgb color = PatternColor(texture, point);
  return {Clamp01(color.x), Clamp01(color.y), Clamp01(color.z)};
}

Rgb LinearFromSrgb(uint32_t rgb) {
  const auto linear = [](uint32_t value) { return SrgbToLinear(value / 255.0); };
  return {linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
}

}  // namespace splat::capture
