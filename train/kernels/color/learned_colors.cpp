#include "train/kernels/color/learned_colors.h"

#include "train/kernels/color/color_stages.h"

namespace splat::train {

ViewColor<float> ViewColorOf(const PhotoColors& colors, const PhotoColor& photo) {
  ViewColor<double> view;
  view.gain = GainOfStops(photo.exposure);
  view.mix = ChromaticityMix(photo.chromaticity.data());
  const LensColor& lens = colors.lenses.at(size_t(photo.lens));
  for (size_t c = 0; c < lens.size(); ++c) {
    const LensChannel& channel = lens[c];
    view.lens[c] = {channel.center.x, channel.center.y, channel.coefficients[0], channel.coefficients[1],
                    channel.coefficients[2]};
  }
  return RoundedViewColor(view);
}

ImageF AsPhotoShows(const ViewColor<float>& view, const ImageF& render, Executor& executor) {
  ImageF changed(render.width, render.height, 3);
  ColorRows rows;
  rows.view = view;
  rows.width = render.width;
  rows.height = render.height;
  rows.image = render.pixels.data();
  rows.changed = changed.pixels.data();
  KernelContext context;
  context.executor = &executor;
  ApplyViewColor(context, rows);
  return changed;
}

}  // namespace splat::train
