#include "train/pose_gauge.h"

#include <array>
#include <cmath>

#include "core/camera.h"
#include "core/normal_equations.h"

namespace splat::train {
namespace {

constexpr size_t kNumbers = 7;  // of a small similarity: shift, turn, growth

using Equations = NormalEquations<kNumbers>;

// The camera's centre goes by shift + turn x centre + growth centre, and its axes turn with the world.
void AddCamera(const Rigid3& pose, const Rigid3& moved, double scene, Equations& equations) {
  const Vec3<double> c = (1 / scene) * CameraCenterInWorld(pose);
  const Vec3<double> way = (1 / scene) * CameraCenterInWorld(moved) - c;
  const Vec3<double> turn = -AngularPart(LogOfMotion(Compose(Inverse(pose), moved)));
  equations.Add({1, 0, 0, 0, c.z, -c.y, c.x}, way.x);
  equations.Add({0, 1, 0, -c.z, 0, c.x, c.y}, way.y);
  equations.Add({0, 0, 1, c.y, -c.x, 0, c.z}, way.z);
  equations.Add({0, 0, 0, 1, 0, 0, 0}, turn.x);
  equations.Add({0, 0, 0, 0, 1, 0, 0}, turn.y);
  equations.Add({0, 0, 0, 0, 0, 1, 0}, turn.z);
}

// Takes the common similarity out but for terms of second order. Returns false where the cameras do not tell one.
bool TakeOutCommon(const std::vector<Rigid3>& poses, double scene, std::vector<Twist>& motions) {
  Equations equations;
  for (size_t i = 0; i < poses.size(); ++i) {
    AddCamera(poses[i], Compose(ExpTwist(motions[i]), poses[i]), scene, equations);
  }
  const auto solution = equations.Solution();
  if (!solution) return false;
  const std::array<double, kNumbers>& common = *solution;
  const Vec3<double> shift = scene * Vec3<double>{common[0], common[1], common[2]};
  const Mat3<double> turn = ExpTwist({0, 0, 0, common[3], common[4], common[5]}).rotation;
  const double growth = std::exp(common[6]);
  for (size_t i = 0; i < poses.size(); ++i) {
    Rigid3 moved = Compose(ExpTwist(motions[i]), poses[i]);
    const Vec3<double> center = (1 / growth) * (Transpose(turn) * (CameraCenterInWorld(moved) - shift));
    moved.rotation = moved.rotation * turn;
    moved.translation = -(moved.rotation * center);
    motions[i] = LogOfMotion(Compose(moved, Inverse(poses[i])));
  }
  return true;
}

}  // namespace

void CenterMotions(const std::vector<Rigid3>& poses, double scene, std::vector<Twist>& motions) {
  constexpr int kRounds = 2;
  for (int round = 0; round < kRounds && TakeOutCommon(poses, scene, motions); ++round) {
  }
}

}  // namespace splat::train
