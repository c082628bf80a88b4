#include "train/row_block.h"

#include <algorithm>

namespace splat::train {

void RowBlock::Reserve(int64_t rows, int64_t limit) {
  if (rows <= capacity()) return;
  // A training grows by a few per cent at a time, and often.
  const int64_t wanted = std::max(rows, capacity() + capacity() / 2);
  std::vector<int64_t> shape = block_.sizes().vec();
  shape[0] = std::max(rows, std::min(wanted, limit));
  const torch::Tensor larger = torch::empty(shape, block_.options());
  const int64_t count = rows_.size(0);
  larger.narrow(0, 0, count).copy_(rows_);
  block_ = larger;
  SetCount(count);
}

}  // namespace splat::train
