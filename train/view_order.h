// A training sees its views in epochs: each epoch has all of them once, in a new random order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.h"

namespace splat::train {

// This says where a training is in its epoch; it is a part of the training's state.
struct EpochOrder {
  std::vector<int> views;  // in the order of this epoch
  size_t next = 0;         // place of the view that comes next; behind the last one or beyond: the epoch is over
  Random random{0};
};

// Returns the order before the first epoch.
EpochOrder EpochOrderOf(std::vector<int> views, uint64_t seed);

// A share says which view of a step belongs to which rank, if several ranks train on a view each. All ranks have the
// same order. If the last step of an epoch has too few views, the ranks without one take those that the epoch began
// with, so that every rank makes the same number of steps.
struct ViewShare {
  int rank = 0, ranks = 1;
};

// Begins the next epoch if one is over. Returns whether it did.
bool BeginEpochIfOver(EpochOrder& order);

// Returns the view of the share in the next step, and goes on behind that step.
int TakeView(EpochOrder& order, const ViewShare& share = {});

// Returns the share's views from the next step to the end of the epoch.
std::vector<int> ViewsLeft(const EpochOrder& order, const ViewShare& share = {});

// Removes the view that was taken last for good; its step is repeated with another one.
void DropLastView(EpochOrder& order, const ViewShare& share = {});

}  // namespace splat::train
