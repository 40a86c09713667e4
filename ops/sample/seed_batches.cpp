#include <edgefold/ops/sample/seed_batches.hpp>

#include <edgefold/core/random.hpp>

#include <algorithm>

namespace edgefold {
namespace {

constexpr std::uint64_t order_streams = std::uint64_t{1} << 63, draw_streams = order_streams | std::uint64_t{1} << 62;

}  // namespace

std::vector<basic_tensor<std::int64_t>> seed_batches(const id_list& ids, std::int64_t batch_size,
                                                     const seed_batch_options& options) {
  const std::int64_t n = ids.size();
  check(n > 0, "seed_batches", "there are no ids");
  check(batch_size >= 1, "seed_batches", "expected batches of at least 1 id, got ", batch_size);
  check(options.epoch >= 0, "seed_batches", "expected an epoch of at least 0, got ", options.epoch);
  check(!options.drop_last || n >= batch_size, "seed_batches", "dropping the last batch leaves none: ", n,
        " ids, batches of ", batch_size);
  basic_tensor<std::int64_t> order;
  if (options.shuffle)
    order = random_permutation(n, options.seed, order_streams + static_cast<std::uint64_t>(options.epoch));
  const std::int64_t* const place = order.data();
  std::vector<basic_tensor<std::int64_t>> batches;
  for (std::int64_t begin = 0; begin < n - (options.drop_last ? n % batch_size : 0); begin += batch_size) {
    auto batch = basic_tensor<std::int64_t>::uninitialized({std::min(batch_size, n - begin)});
    std::int64_t* const out = batch.mutable_data();
    for (std::int64_t i = 0; i < batch.rows(); ++i) out[i] = ids[place ? place[begin + i] : begin + i];
    batches.push_back(std::move(batch));
  }
  return batches;
}

std::uint64_t batch_seed(std::uint64_t seed, std::int64_t epoch, std::int64_t batch) {
  const random_words w =
      philox(seed, static_cast<std::uint64_t>(batch), draw_streams + static_cast<std::uint64_t>(epoch));
  return std::uint64_t{w.word[0]} << 32 | w.word[1];
}

}  // namespace edgefold
