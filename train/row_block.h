// A row block is a tensor of rows whose number changes: the first rows of a block of memory that has room for more, so
// that a few rows can be added or removed without copying all of them.
#pragma once

#include "rasterizer/torch/libtorch.h"

namespace splat::train {

class RowBlock {
 public:
  RowBlock() = default;
  // Takes over a contiguous tensor [N, ...], whose memory is the block: there is no room in it yet.
  explicit RowBlock(const torch::Tensor& rows) : block_(rows), rows_(rows) {}

  // [N, ...] contiguous: a view of the block.
  const torch::Tensor& rows() const { return rows_; }
  int64_t capacity() const { return block_.size(0); }

  // Makes room for `rows` rows, at most `limit` if that is enough. Where there is none the block is replaced by a
  // larger one, into which the rows are copied. Throws where the memory does not hold it, and nothing has changed then.
  void Reserve(int64_t rows, int64_t limit);
  // Sets the number of rows, at most the capacity. The contents of added ones are undefined.
  void SetCount(int64_t rows) { rows_ = block_.narrow(0, 0, rows); }

 private:
  torch::Tensor block_;  // [capacity, ...]
  torch::Tensor rows_;
};

}  // namespace splat::train
