/// Where groups begin that stand one after another in one array. Private to the library.
#pragma once
#include <numeric>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/tensor.hpp>

namespace edgefold::detail {

/// (groups + 1): how many elements stand before each group, of which group i has count(i). Several threads call
/// `count`, for `grain` groups at a time.
template <class Count>
basic_tensor<std::int64_t> group_offsets(std::int64_t groups, std::int64_t grain, const Count& count) {
  auto offsets = basic_tensor<std::int64_t>::uninitialized({groups + 1});
  std::int64_t* const o = offsets.mutable_data();
  o[0] = 0;
  parallel_for(groups, grain, [&](std::int64_t i, std::int64_t end) {
    for (; i < end; ++i) o[i + 1] = count(i);
  });
  std::partial_sum(o, o + groups + 1, o);
  return offsets;
}

}  // namespace edgefold::detail
