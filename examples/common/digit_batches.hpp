/// What one epoch trains on: the images in a new order, each moved a little.
#pragma once
#include <common/digits.hpp>

namespace edgefold::examples {

/// The batches of an epoch, of `size` images each; the last may be smaller. The order and the shifts (of up to `shift`
/// pixels in x and y, each equally likely, with zeros coming in) depend on the seed, the epoch and the image's place in
/// the set: neither threads nor the size of a batch change what an image looks like.
class digit_batches {
 public:
  /// Throws std::invalid_argument where there are fewer images than a batch has.
  digit_batches(const digit_set& set, std::int64_t size, std::int64_t shift, std::uint64_t seed, std::int64_t epoch);

  std::int64_t count() const { return (set_.size() + size_ - 1) / size_; }
  digit_set operator[](std::int64_t batch) const;

 private:
  const digit_set& set_;
  std::int64_t size_, shift_;
  std::uint64_t seed_, stream_;
  basic_tensor<std::int64_t> order_;
};

/// Images first .. first + n - 1 as they are, views of the set's storage; fewer at its end.
digit_set slice(const digit_set& set, std::int64_t first, std::int64_t n);

}  // namespace edgefold::examples
