#include "train/view_order.h"

#include <utility>

namespace splat::train {
namespace {

// The place of the share's view in a step whose views begin at `step`.
size_t PlaceOf(const EpochOrder& order, size_t step, const ViewShare& share) {
  return (step + size_t(share.rank)) % order.views.size();
}

}  // namespace

EpochOrder EpochOrderOf(std::vector<int> views, uint64_t seed) {
  EpochOrder order;
  order.views = std::move(views);
  order.next = order.views.size();
  order.random = Random(seed);
  return order;
}

bool BeginEpochIfOver(EpochOrder& order) {
  std::vector<int>& views = order.views;
  if (order.next < views.size()) return false;
  for (size_t i = views.size(); i > 1; --i) std::swap(views[i - 1], views[order.random.Below(i)]);
  order.next = 0;
  return true;
}

int TakeView(EpochOrder& order, const ViewShare& share) {
  const int view = order.views[PlaceOf(order, order.next, share)];
  order.next += size_t(share.ranks);
  return view;
}

std::vector<int> ViewsLeft(const EpochOrder& order, const ViewShare& share) {
  std::vector<int> left;
  for (size_t step = order.next; step < order.views.size(); step += size_t(share.ranks)) {
    left.push_back(order.views[PlaceOf(order, step, share)]);
  }
  return left;
}

void DropLastView(EpochOrder& order, const ViewShare& share) {
  order.next -= size_t(share.ranks);
  order.views.erase(order.views.begin() + std::ptrdiff_t(PlaceOf(order, order.next, share)));
}

}  // namespace splat::train
