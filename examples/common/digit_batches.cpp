#include <common/digit_batches.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include <edgefold/core/error.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

namespace edgefold::examples {
namespace {

/// From -most to most.
std::int64_t random_shift(std::uint32_t word, std::int64_t most) {
  return static_cast<std::int64_t>((std::uint64_t{word} * static_cast<std::uint64_t>(2 * most + 1)) >> 32) - most;
}

/// Moves an image right and down.
void copy_moved(const float* from, float* to, std::int64_t right, std::int64_t down) {
  std::fill_n(to, digit_pixels, 0.0F);
  const std::int64_t width = digit_side - std::abs(right), first = std::max<std::int64_t>(right, 0);
  if (width <= 0) return;
  for (std::int64_t y = std::max<std::int64_t>(down, 0); y < std::min(digit_side, digit_side + down); ++y)
    std::copy_n(from + (y - down) * digit_side + first - right, width, to + y * digit_side + first);
}

template <element T>
basic_tensor<T> rows_of(const basic_tensor<T>& t, std::int64_t first, std::int64_t n) {
  shape_type shape = t.shape();
  shape[0] = n;
  // The view keeps the tensor; nobody writes through it.
  return basic_tensor<T>::wrap(const_cast<T*>(t.data()) + first * t.width(), shape,
                               std::make_shared<basic_tensor<T>>(t));
}

}  // namespace

digit_batches::digit_batches(const digit_set& set, std::int64_t size, std::int64_t shift, std::uint64_t seed,
                             std::int64_t epoch)
    : set_(set),
      size_(size),
      shift_(shift),
      seed_(seed),
      stream_((std::uint64_t{1} << 32) + 2 * static_cast<std::uint64_t>(epoch)),  // the model's are below 2^32
      order_(random_permutation(set.size(), seed, stream_)) {
  check(size <= set.size(), "digit_batches", "a batch of ", size, " images is larger than the data, which has ",
        set.size());
}

digit_set digit_batches::operator[](std::int64_t batch) const {
  const std::int64_t first = batch * size_, n = std::min(size_, set_.size() - first);
  digit_set b{tensor::uninitialized({n, 1, digit_side, digit_side}), basic_tensor<std::int64_t>::uninitialized({n})};
  float* const pixels = b.images.data();
  std::int64_t* const labels = b.labels.data();
  parallel_for(n, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t image = std::as_const(order_).data()[first + i];
      const random_words random = philox(seed_, static_cast<std::uint64_t>(image), stream_ + 1);
      copy_moved(std::as_const(set_.images).data() + image * digit_pixels, pixels + i * digit_pixels,
                 random_shift(random.word[0], shift_), random_shift(random.word[1], shift_));
      labels[i] = std::as_const(set_.labels).data()[image];
    }
  });
  return b;
}

digit_set slice(const digit_set& set, std::int64_t first, std::int64_t n) {
  n = std::min(n, set.size() - first);
  return {rows_of(set.images, first, n), rows_of(set.labels, first, n)};
}

}  // namespace edgefold::examples
