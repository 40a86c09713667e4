/// Ids numbered as they appear. Private to the compiled library.
#pragma once
#include <algorithm>
#include <bit>
#include <vector>

#include <edgefold/core/types.hpp>

namespace edgefold::detail {

/// A hash table with linear probing; a plain table where that is no larger.
class id_numbers {
 public:
  /// For at most `count` ids from 0 to limit - 1.
  id_numbers(std::int64_t count, std::int64_t limit) {
    const auto capacity = std::bit_ceil(static_cast<std::uint64_t>(std::clamp<std::int64_t>(2 * count, 2, limit + 2)));
    shift_ = 64 - std::countr_zero(capacity);
    const bool plain = capacity >= static_cast<std::uint64_t>(limit);
    factor_ = plain ? std::uint64_t{1} << shift_ : 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
    slots_.resize(capacity);
    ids_.reserve(static_cast<std::size_t>(std::min(count, limit)));
  }

  /// The number of `id`: how many others came before its first appearance.
  std::int32_t operator()(vertex_id id) {
    for (std::uint64_t at = static_cast<std::uint64_t>(id) * factor_ >> shift_;; at = (at + 1) & (slots_.size() - 1)) {
      slot& s = slots_[at];
      if (s.number < 0) {
        s = {id, static_cast<std::int32_t>(ids_.size())};
        ids_.push_back(id);
        return s.number;
      }
      if (s.id == id) return s.number;
    }
  }
  /// The ids by number.
  const std::vector<vertex_id>& ids() const { return ids_; }

 private:
  struct slot {
    vertex_id id = 0;
    std::int32_t number = -1;
  };
  std::vector<slot> slots_;
  std::vector<vertex_id> ids_;
  std::uint64_t factor_;
  int shift_;
};

}  // namespace edgefold::detail
