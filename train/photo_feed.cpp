#include "train/photo_feed.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "core/check.h"

namespace splat::train {

PhotoFeed::PhotoFeed(EpochOrder& order, const data::Dataset& dataset, const Backend& backend,
                     const PhotoFeedOptions& options, const LogSink& log)
    : order_(order),
      share_(options.share),
      log_(log),
      loader_(dataset, options.loading, log),
      photos_(dataset, loader_, backend, options.device_bytes) {
  const std::vector<int> left = ViewsLeft(order_, share_);
  if (!left.empty()) loader_.Announce(left);
}

void PhotoFeed::BeginEpochIfOver(int downscale) {
  if (!train::BeginEpochIfOver(order_)) return;
  std::vector<int> missing;
  const std::vector<int> views = ViewsLeft(order_, share_);
  std::copy_if(views.begin(), views.end(), std::back_inserter(missing),
               [&](int view) { return !photos_.Holds(view, downscale); });
  if (!missing.empty()) loader_.Announce(missing);
}

Target PhotoFeed::Next(int downscale) {
  std::string last;
  while (true) {
    SPLAT_CHECK(!order_.views.empty(), "no photo of the training is left",
                last.empty() ? "" : "; the last one: ", last);
    BeginEpochIfOver(downscale);
    const int view = TakeView(order_, share_);
    try {
      return photos_.Get(view, downscale);
    } catch (const Error& error) {
      last = error.what();
      LogWarning(log_, StrCat(last, "; the photo is left out of the training"));
      DropLastView(order_, share_);
    }
  }
}

void PhotoFeed::Prefetch(int downscale) {
  BeginEpochIfOver(downscale);
  photos_.Prefetch(ViewsLeft(order_, share_).front(), downscale);
}

void PhotoFeed::Change(const std::vector<int>& views, const std::function<void()>& change) {
  photos_.Drop(views);
  loader_.Change(views, change);
  const std::vector<int> left = ViewsLeft(order_, share_);
  if (!left.empty()) loader_.Announce(left);
}

}  // namespace splat::train
