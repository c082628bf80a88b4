#include "capture/scene.h"

#include <cmath>
#include <utility>

#include "capture/noise.h"
#include "core/constants.h"
#include "core/quaternion.h"

namespace splat::capture {
namespace {

constexpr double kTableTop = 0.75, kTableRadius = 0.92;  // m
constexpr double kRoomHalf = 2.55, kRoomHeight = 2.6;    // m

// Places solids one after the other.
class Builder {
 public:
  explicit Builder(uint64_t seed) : seed_(uint32_t(seed ^ (seed >> 32)) * 7919u) {}

  Texture Paint(Pattern pattern, double scale, uint32_t base, uint32_t first, uint32_t second) {
    return {
        pattern, scale, LinearFromSrgb(base), LinearFromSrgb(first), LinearFromSrgb(second), ++painted_ * 101u + seed_};
  }

  // Turned about z by `heading`, after leaning about its own x by `lean`, then put at `centre` (world, m).
  Primitive& Add(std::string name, Shape shape, Vec3<double> size, Vec3<double> centre, Texture texture) {
    Primitive primitive;
    primitive.name = std::move(name);
    primitive.solid = {shape, size, Inverse(Rigid3{Identity3<double>(), centre})};
    primitive.textures = {texture};
    scene_.primitives.push_back(std::move(primitive));
    return scene_.primitives.back();
  }

  Scene& scene() { return scene_; }

 private:
  Scene scene_;
  uint32_t seed_, painted_ = 0;
};

// Turns a primitive about its centre: by `lean_deg` about its x axis, then by `heading_deg` about the vertical.
void Turn(Primitive& primitive, double heading_deg, double lean_deg = 0) {
  constexpr double kHalfDegree = 0.5 * kRadiansPerDegree;
  const Quaternion<double> heading = {std::cos(heading_deg * kHalfDegree), 0, 0, std::sin(heading_deg * kHalfDegree)};
  const Quaternion<double> lean = {std::cos(lean_deg * kHalfDegree), std::sin(lean_deg * kHalfDegree), 0, 0};
  const Rigid3 world_from_local = Inverse(primitive.solid.local_from_world);
  primitive.solid.local_from_world =
      Inverse(Rigid3{RotationMatrix(heading) * RotationMatrix(lean), world_from_local.translation});
}

void AddRoom(Builder& build) {
  Primitive& room =
      build.Add("room", Shape::kRoom, {kRoomHalf, kRoomHalf, kRoomHeight / 2}, {0, 0, kRoomHeight / 2}, {});
  room.textures = {
      build.Paint(Pattern::kBricks, 0.42, 0xa4583c, 0xc98a60, 0x6a3a30),
      build.Paint(Pattern::kPlaster, 0.30, 0x3e7480, 0x5b96a0, 0x274f5c),
      build.Paint(Pattern::kMosaic, 0.34, 0xd9c9a8, 0xb58f5a, 0x8a9a78),
      build.Paint(Pattern::kPlaster, 0.30, 0xd8b26a, 0xe4cf9a, 0xa8743c),
      build.Paint(Pattern::kWood, 0.22, 0x8a5c38, 0xb98656, 0x4a2e1c),
      build.Paint(Pattern::kPlaster, 0.40, 0xd8d4cc, 0xe8e4dc, 0xb8b4ac),
  };
  room.backdrop = true;
  Primitive& rug = build.Add("rug", Shape::kCylinder, {1.75, 0, 0.008}, {0, 0, 0.008},
                             build.Paint(Pattern::kRug, 0.24, 0x8c2f2c, 0xe0bf86, 0x223a5c));
  rug.backdrop = true;
}

void AddPictures(Builder& build) {
  const double wall = kRoomHalf - 0.02, z = 1.05;
  build.Add("poster on the bricks", Shape::kBox, {0.02, 0.62, 0.5}, {-wall, -0.5, z},
            build.Paint(Pattern::kText, 0.17, 0xe8ddc0, 0xb8322a, 0x26324a));
  build.Add("painting on the teal wall", Shape::kBox, {0.02, 0.7, 0.45}, {wall, 0.4, z},
            build.Paint(Pattern::kMosaic, 0.20, 0xd8743a, 0xe8c858, 0x2a4a78));
  build.Add("poster on the mosaic", Shape::kBox, {0.6, 0.02, 0.5}, {0.55, -wall, z},
            build.Paint(Pattern::kMarble, 0.45, 0x2f5f4a, 0x7fae74, 0xf0e8c8));
  build.Add("poster on the yellow wall", Shape::kBox, {0.75, 0.02, 0.42}, {-0.35, wall, z},
            build.Paint(Pattern::kText, 0.20, 0x2e3f58, 0xe8a23c, 0xe8e4d4));
}

// The meadow, and huts of several heights around the table, so that the skyline is uneven.
void AddMeadow(Builder& build) {
  constexpr double kDistance = 7.5, kBase = 0.8;  // m: of the huts from the table; half their width
  build
      .Add("meadow", Shape::kCylinder, {40, 0, 0.004}, {0, 0, 0.004},
           build.Paint(Pattern::kTerrazzo, 0.7, 0x5c7a34, 0x86a048, 0x3c5424))
      .coarseness = 6;
  build.Add("terrace", Shape::kCylinder, {2.9, 0, 0.01}, {0, 0, 0.01},
            build.Paint(Pattern::kMosaic, 0.34, 0xb8a890, 0x8c7c68, 0xd8ccb4));
  constexpr Pattern kWalls[4] = {Pattern::kBricks, Pattern::kWood, Pattern::kMosaic, Pattern::kTerrazzo};
  constexpr uint32_t kPaint[4] = {0xa4583c, 0x8a5c38, 0xd9c9a8, 0xd8d0c0};
  for (int i = 0; i < 9; ++i) {
    const double angle = 2 * kPi * (i + 0.25 * (i % 3)) / 9,
                 half_height = 0.5 * kHighestOutdoors * (0.5 + 0.25 * (i % 3));
    const double distance = kDistance + 1.1 * (i % 4);
    Turn(build.Add("hut", Shape::kBox, {kBase + 0.3 * (i % 2), kBase, half_height},
                   {distance * std::cos(angle), distance * std::sin(angle), half_height},
                   build.Paint(kWalls[i % 4], 0.4, kPaint[i % 4], 0xc98a60, 0x4a2e2a)),
         40.0 * i);
  }
  for (Primitive& primitive : build.scene().primitives) primitive.backdrop = true;
}

void AddFurniture(Builder& build) {
  Turn(build.Add("blue chest", Shape::kBox, {0.36, 0.3, 0.3}, {-1.95, 1.75, 0.3},
                 build.Paint(Pattern::kWood, 0.12, 0x3c5a86, 0x6f8fb4, 0x1c2a44)),
       18);
  Turn(build.Add("wicker stool", Shape::kCylinder, {0.32, 0, 0.27}, {1.9, 1.85, 0.27},
                 build.Paint(Pattern::kPottery, 0.12, 0xc9a066, 0x6a4424, 0x8c3a2c)),
       0);
  Turn(build.Add("crate", Shape::kBox, {0.34, 0.34, 0.34}, {1.9, -1.85, 0.34},
                 build.Paint(Pattern::kTerrazzo, 0.16, 0xd8d0c0, 0xb4483c, 0x2f5a5c)),
       -24);
  build.Add("floor ball", Shape::kSphere, {0.33, 0, 0}, {-1.9, -1.8, 0.33},
            build.Paint(Pattern::kMosaic, 0.20, 0xd84f3c, 0xf0c850, 0x2c5a8c));
  build.Add("table top", Shape::kCylinder, {kTableRadius, 0, 0.03}, {0, 0, kTableTop - 0.03},
            build.Paint(Pattern::kWood, 0.15, 0xc08a54, 0xe0b684, 0x6c4424));
  build.Add("table foot", Shape::kCylinder, {0.12, 0, 0.345}, {0, 0, 0.36},
            build.Paint(Pattern::kPottery, 0.11, 0x6c4424, 0xb98656, 0x2e1c10));
}

void AddTallObjects(Builder& build) {
  const double top = kTableTop;
  build
      .Add("terrazzo ball", Shape::kSphere, {0.2, 0, 0}, {-0.02, 0.06, top + 0.2},
           build.Paint(Pattern::kTerrazzo, 0.075, 0xf0e8dc, 0xd8583c, 0x2a5f74))
      .gloss = 0.10;
  Turn(build.Add("tower", Shape::kBox, {0.12, 0.10, 0.23}, {0.40, 0.34, top + 0.23},
                 build.Paint(Pattern::kMosaic, 0.085, 0xe0c878, 0x2f7f8c, 0xc8502c)),
       28);
  build.Add("vase", Shape::kCylinder, {0.11, 0, 0.17}, {-0.45, 0.33, top + 0.17},
            build.Paint(Pattern::kPottery, 0.07, 0xc87044, 0xf0dcb0, 0x3a2018));
  build.Add("rim of the vase", Shape::kTorus, {0.10, 0.025, 0}, {-0.45, 0.33, top + 0.345},
            build.Paint(Pattern::kMarble, 0.08, 0xe8d0a0, 0xc87044, 0x3a2018));
  // Their places follow from what they lean on: the tower's upper edge, and the ball.
  Turn(build.Add("plank against the tower", Shape::kBox, {0.05, 0.012, 0.31}, {0.352, 0.4945, top + 0.3013},
                 build.Paint(Pattern::kText, 0.055, 0xe8d8b0, 0x2c5a8c, 0x8c2c24)),
       28, 16);
  Turn(build.Add("plank against the ball", Shape::kBox, {0.035, 0.012, 0.26}, {-0.20, 0.164, top + 0.2484},
                 build.Paint(Pattern::kTerrazzo, 0.055, 0x4c7a58, 0xe8c860, 0xf0e4d0)),
       60, 20);
  build.Add("tin", Shape::kCylinder, {0.085, 0, 0.10}, {-0.04, 0.56, top + 0.10},
            build.Paint(Pattern::kText, 0.06, 0xe0b040, 0xa82c28, 0x24405c));
  build
      .Add("small ball", Shape::kSphere, {0.06, 0, 0}, {-0.24, 0.60, top + 0.06},
           build.Paint(Pattern::kMosaic, 0.05, 0xe8dcc0, 0x3c8c6c, 0xc83c5c))
      .gloss = 0.08;
}

void AddLowObjects(Builder& build) {
  const double top = kTableTop;
  build
      .Add("ring", Shape::kTorus, {0.155, 0.055, 0}, {-0.40, -0.26, top + 0.055},
           build.Paint(Pattern::kTerrazzo, 0.055, 0x2c4a6c, 0xf0c45c, 0xe8e0d0))
      .gloss = 0.08;
  build
      .Add("blue marble", Shape::kSphere, {0.105, 0, 0}, {0.36, -0.10, top + 0.105},
           build.Paint(Pattern::kMarble, 0.11, 0x2a5a9c, 0x7fb4dc, 0xf4ecd8))
      .gloss = 0.18;
  Turn(build.Add("lower book", Shape::kBox, {0.17, 0.12, 0.028}, {0.10, -0.50, top + 0.028},
                 build.Paint(Pattern::kText, 0.06, 0x8c2c30, 0xe8c878, 0xf0e4cc)),
       12);
  Turn(build.Add("middle book", Shape::kBox, {0.14, 0.105, 0.022}, {0.11, -0.49, top + 0.078},
                 build.Paint(Pattern::kText, 0.05, 0x2f6450, 0xe8e0b0, 0xe0a848)),
       -16);
  Turn(build.Add("upper book", Shape::kBox, {0.12, 0.085, 0.02}, {0.10, -0.48, top + 0.12},
                 build.Paint(Pattern::kText, 0.045, 0xd8c8a0, 0x9c3428, 0x2a3f6c)),
       38);
  build
      .Add("orange", Shape::kSphere, {0.06, 0, 0}, {0.09, -0.48, top + 0.20},
           build.Paint(Pattern::kPlaster, 0.035, 0xe88a24, 0xf4b850, 0xa84818))
      .gloss = 0.08;
  Turn(build.Add("die", Shape::kBox, {0.07, 0.07, 0.07}, {-0.07, -0.24, top + 0.07},
                 build.Paint(Pattern::kText, 0.055, 0xe8e4dc, 0xc03828, 0x28344c)),
       33);
  build
      .Add("cup", Shape::kCylinder, {0.065, 0, 0.07}, {0.62, 0.08, top + 0.07},
           build.Paint(Pattern::kPottery, 0.05, 0xe0d8c4, 0x2f5f8c, 0xb8442c))
      .gloss = 0.08;
  Turn(build.Add("brick", Shape::kBox, {0.15, 0.07, 0.055}, {-0.66, 0.0, top + 0.055},
                 build.Paint(Pattern::kBricks, 0.10, 0xb4603c, 0xd89868, 0x5c3428)),
       70);
  build
      .Add("apple", Shape::kSphere, {0.07, 0, 0}, {0.46, -0.44, top + 0.07},
           build.Paint(Pattern::kMarble, 0.09, 0xb82c28, 0xd8a03c, 0xf0d890))
      .gloss = 0.12;
}

}  // namespace

Scene MakeStillLife(uint64_t seed) {
  Builder build(seed);
  AddRoom(build);
  AddPictures(build);
  AddFurniture(build);
  AddTallObjects(build);
  AddLowObjects(build);
  Scene& scene = build.scene();
  scene.lights = {{{-1.3, -1.5, 2.55}, {1.1, 0, 0}, {0, 0.9, 0}, {3.4, 3.0, 2.5}},
                  {{1.0, 0.6, 2.5}, {1.2, 0, 0}, {0, 1.2, 0}, {0.9, 1.05, 1.3}}};
  scene.ambient = {0.34, 0.36, 0.40};
  scene.look_at = {0, 0, 0.80};
  return std::move(build.scene());
}

Scene MakeOutdoorStillLife(uint64_t seed) {
  Builder build(seed);
  AddMeadow(build);
  AddFurniture(build);
  AddTallObjects(build);
  AddLowObjects(build);
  Scene& scene = build.scene();
  scene.lights = {{{-22, -26, 34}, {8, 0, 0}, {0, 8, 0}, {2900, 2700, 2350}}};
  scene.ambient = {0.40, 0.44, 0.52};
  scene.look_at = {0, 0, 1.35};
  scene.open = true;
  scene.sky_seed = uint32_t(seed ^ (seed >> 32)) * 7919u + 77u;
  return std::move(build.scene());
}

}  // namespace splat::capture
