// This data set shows a known model, and is small enough to train on in a test.
#pragma once

#include <cmath>
#include <string>

#include "core/random.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "data/photos/image_io.h"
#include "quality/evaluation.h"
#include "rasterizer/torch/render_image8.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"

namespace splat::testing {

// Photos of a known model: cameras on an arc around the middle of the splats, every fourth held out.
struct SyntheticSet {
  TempDir folder;
  SplatModel truth = RandomModel(120, 0, 21);
  data::Dataset dataset;

  SyntheticSet() {
    const torch::NoGradGuard no_grad;
    truth.means.select(1, 2).sub_(4);  // around the origin
    truth.opacity_logits.clamp_(0, 3);
    for (int i = 0; i < 16; ++i) {
      data::View view;
      view.name = "view_" + std::to_string(10 + i) + ".png";
      view.path = folder / view.name;
      view.camera = FrontCamera(72, 56);
      const double angle = 0.08 * (i - 7.5);
      view.camera.camera_from_world.rotation = {
          {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
      view.camera.camera_from_world.translation = {0, 0, 4};
      view.intrinsics.width = 72;
      view.intrinsics.height = 56;
      const Camera& c = view.camera;
      view.intrinsics.params = {c.fx, c.fy, c.cx, c.cy};
      view.split = i % 4 == 2 ? Split::kTest : Split::kTrain;
      data::WriteImage(view.path, RenderToImage8(truth, view.camera, dataset.background, dataset.near));
      dataset.views.push_back(view);
    }
    dataset.extent = 2;
    dataset.reprojection_error_px = 0.1;  // the poses are right
    // Points: the true means, off by a little, all grey.
    const float* means = truth.means.data_ptr<float>();
    Random random(2);
    for (int64_t i = 0; i < truth.count(); ++i) {
      dataset.points.positions.push_back({means[3 * i] + 0.05 * random.Normal(),
                                          means[3 * i + 1] + 0.05 * random.Normal(),
                                          means[3 * i + 2] + 0.05 * random.Normal()});
      dataset.points.colors.push_back({128, 128, 128});
    }
  }

  // Mean PSNR over the held-out views, dB.
  double TestPsnr(const SplatModel& model) {
    data::ViewLoader loader(dataset, data::ViewLoader::Options{}, nullptr);
    return quality::Evaluate(model, dataset, dataset.ViewsOf(Split::kTest), loader, {}, nullptr).Mean("psnr");
  }
};

}  // namespace splat::testing
