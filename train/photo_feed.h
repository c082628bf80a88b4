// The feed hands out the photos of a training in the order of its epochs, decoded in the background.
#pragma once

#include <functional>
#include <vector>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "train/photo_store.h"
#include "train/target.h"
#include "train/training_backend.h"
#include "train/view_order.h"

namespace splat::train {

struct PhotoFeedOptions {
  data::ViewLoader::Options loading;
  int64_t device_bytes = 0;  // PhotoStore's budget
  ViewShare share;           // the views that are fed
};

class PhotoFeed {
 public:
  // Goes on where `order` is, which outlives the feed, as the dataset does.
  PhotoFeed(EpochOrder& order, const data::Dataset& dataset, const Backend& backend, const PhotoFeedOptions& options,
            const LogSink& log);

  // Returns the next photo at 1 / downscale of its size, valid until the next call. A photo that turns out to be broken
  // only now is left out with a warning: hours of training are not thrown away for it. Throws splat::Error where none
  // is left.
  Target Next(int downscale);
  // Begins to bring the photo to the device that Next will give, unless it is left out.
  void Prefetch(int downscale);
  // Calls `change`, which may change these views of the dataset, their images' sizes excepted, while nothing else looks
  // at them. Their photos are loaded anew when they are next.
  void Change(const std::vector<int>& views, const std::function<void()>& change);

 private:
  void BeginEpochIfOver(int downscale);

  EpochOrder& order_;
  ViewShare share_;
  LogSink log_;
  data::ViewLoader loader_;
  PhotoStore photos_;
};

}  // namespace splat::train
