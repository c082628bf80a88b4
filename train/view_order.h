// The order in which a training sees its views: all of them once in each epoch, each epoch in a new random order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.h"

namespace splat::train {

// Where a training is in its epoch: a part of its state.
struct EpochOrder {
  std::vector<int> views;  // in the order of this epoch
  size_t next = 0;         // place of the view that comes next; behind the last one: the epoch is over
  Random random{0};
};

// Before the first epoch.
EpochOrder EpochOrderOf(std::vector<int> views, uint64_t seed);

// Begins the next epoch where one is over. Returns whether it has.
bool BeginEpochIfOver(EpochOrder& order);

// Takes out the view that has been given last, for good.
void DropLastView(EpochOrder& order);

}  // namespace splat::train
