/// Mini-batches of ids: what an epoch samples around.
#pragma once
#include <vector>

#include <edgefold/core/id_list.hpp>

namespace edgefold {

/// How ids are put in order and cut into batches.
struct seed_batch_options {
  bool shuffle = true;     ///< else they stay in their order
  bool drop_last = false;  ///< leaves the last batch out where it is smaller than the others
  std::uint64_t seed = 0;  ///< of the random numbers
  std::int64_t epoch = 0;  ///< each has an order of its own
};

/// The ids in random order, cut into batches of `batch_size`, the last as small as it comes out. The order depends on
/// seed, epoch and the number of ids alone; its random numbers are those of stream 2^63 + epoch. Throws for no ids, a
/// batch size below 1, a negative epoch, and where dropping the last batch leaves none.
std::vector<basic_tensor<std::int64_t>> seed_batches(const id_list& ids, std::int64_t batch_size,
                                                     const seed_batch_options& options = {});

/// A seed for what is drawn for batch `batch` of an epoch: the random word of position `batch` in stream
/// 2^63 + 2^62 + epoch of `seed`.
std::uint64_t batch_seed(std::uint64_t seed, std::int64_t epoch, std::int64_t batch);

}  // namespace edgefold
