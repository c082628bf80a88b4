#include "train/view_order.h"

#include <utility>

namespace splat::train {

EpochOrder EpochOrderOf(std::vector<int> views, uint64_t seed) {
  EpochOrder order;
  order.views = std::move(views);
  order.next = order.views.size();
  order.random = Random(seed);
  return order;
}

bool BeginEpochIfOver(EpochOrder& order) {
  std::vector<int>& views = order.views;
  if (order.next != views.size()) return false;
  for (size_t i = views.size(); i > 1; --i) std::swap(views[i - 1], views[order.random.Below(i)]);
  order.next = 0;
  return true;
}

void DropLastView(EpochOrder& order) {
  --order.next;
  order.views.erase(order.views.begin() + std::ptrdiff_t(order.next));
}

}  // namespace splat::train
