#include "data/dataset/wrong_focals.h"

#include <cmath>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/point_agreement.h"

namespace splat::data {
namespace {

// clang-format off
// Agreement of colours, `here` and its peak in hundredths, of six photos of real sets and the demonstration with their
// focal lengths multiplied by a factor:
//
//           demo    fox     desk    fern    beer    cup     mouse
//   0.70    15 -2   32  0   35  5   23  3   33  4   55  2    6 -5
//   0.80    31  1   42 -1   35  1   25  3   36  6   57  0   12  2
//   0.90    42  3   53  3   44  6   34  7   41 11   62  2   15  9
//   0.95    50  8   60  7   54 15   38 11   45 17   67  6   22 17
//   1       70 28   80 27   76 35   64 36   63 36   74 13   57 54
//   1.05    48  7   60  8   55 14   33  8   46 19   65  5   12  8
//   1.10    38  2   54  4   46  5   24  0   43 17   61  2    0 -4
//   1.20    23 -1   44  2   40  2   22  2   40 15   57  0   -7 -8
// clang-format on
constexpr double kSharp = 0.1;                            // the least peak of right focal lengths
constexpr double kBesideFactor = 1.05;                    // right focal lengths agree better than with this
constexpr double kBetterHere = 0.08, kBetterPeak = 0.06;  // by how much the other focal lengths agree better
constexpr double kLeastFactor = 0.04;                     // that is worth a word
constexpr int kStepsOfOctave = 16, kFarthestStep = 25;    // 4.4 % each, to three times
constexpr double kFineStep = 0.01;

void Multiply(Intrinsics& intrinsics, double factor) {
  for (int k = 0; k < CameraModelFocalCount(intrinsics.model); ++k) intrinsics.params[size_t(k)] *= factor;
}

void Multiply(View& view, double factor) {
  view.camera.fx *= factor;
  view.camera.fy *= factor;
  Multiply(view.intrinsics, factor);
  for (Observation& observation : view.observations) {  // as x / z and y / z
    observation.x /= factor;
    observation.y /= factor;
  }
}

struct Try {
  double factor = 1;
  PointAgreement agreement;
};

// Some photos of a set with their views, to try other focal lengths with.
class Trial {
 public:
  Trial(const std::vector<View>& views, size_t most, const PointCloud& points, Executor& executor)
      : photos_(ReadSomeSmallPhotos(views, most, executor)), points_(points) {
    for (size_t& i : photos_.views) {
      views_.push_back(views[i]);
      views_.back().observations.clear();
      i = views_.size() - 1;
    }
  }

  Try With(double factor) const {
    std::vector<View> views = views_;
    for (View& view : views) Multiply(view, factor);
    return {factor, MeasurePointAgreement(views, photos_, points_)};
  }

 private:
  SmallPhotos photos_;
  std::vector<View> views_;
  const PointCloud& points_;
};

bool IsBetter(const Try& one, const Try& other) {
  return one.agreement.points >= kPointsOfSet && one.agreement.here > other.agreement.here;
}

// The factor by which the photos show the points best, among steps of 4.4 %, and then of 1 % around the best of these.
Try Search(const Trial& trial, const Try& written) {
  Try best = written;
  for (int step = -kFarthestStep; step <= kFarthestStep; ++step) {
    const Try tried = trial.With(std::exp2(double(step) / kStepsOfOctave));
    if (IsBetter(tried, best)) best = tried;
  }
  const double coarse = best.factor;
  for (int step = -3; step <= 3; ++step) {
    const Try tried = trial.With(coarse * (1 + kFineStep * step));
    if (IsBetter(tried, best)) best = tried;
  }
  return best;
}

// Whether some photos show that nothing is wrong, or nothing at all.
bool LooksRight(const Trial& trial) {
  const Try written = trial.With(1);
  if (written.agreement.points < kPointsOfSet) return true;
  return written.agreement.Peak() >= kSharp && !IsBetter(trial.With(kBesideFactor), written) &&
         !IsBetter(trial.With(1 / kBesideFactor), written);
}

}  // namespace

void MendFocalLengths(const std::string& source, const PointCloud& points, std::vector<PosedPhoto>& photos,
                      std::vector<View>& views, Executor& executor, const LogSink& log) {
  if (points.positions.size() < kPointsOfSet || LooksRight({views, kFirstSmallPhotos, points, executor})) return;
  const Trial trial(views, kMostSmallPhotos, points, executor);
  const Try written = trial.With(1), best = Search(trial, written);
  if (best.agreement.here < kPointsAgree || best.agreement.here < written.agreement.here + kBetterHere ||
      best.agreement.Peak() < written.agreement.Peak() + kBetterPeak || std::abs(best.factor - 1) < kLeastFactor) {
    return;
  }
  for (View& view : views) Multiply(view, best.factor);
  for (PosedPhoto& photo : photos) Multiply(photo.intrinsics, best.factor);
  LogWarning(log, StrCat(source, ": its photos show its points with ", FormatFixed(best.factor, 2),
                         " times the focal lengths, and not with those that are written, which were multiplied by it; "
                         "correct them in the poses"));
}

}  // namespace splat::data
