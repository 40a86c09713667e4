#include <edgefold/core/id_list.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {
namespace {

constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();

// The position of the first id outside of [0, limit), or `none`: ranges are scanned in parallel, the least one wins.
template <class T>
std::int64_t first_outside(const basic_tensor<T>& ids, std::int64_t limit) {
  using word = std::make_unsigned_t<T>;
  std::atomic<std::int64_t> first{none};
  const T* p = ids.data();
  const auto last = static_cast<word>(std::min<std::int64_t>(limit - 1, std::numeric_limits<T>::max()));
  parallel_for(ids.size(), 1 << 18, [&](std::int64_t b, std::int64_t e) {
    word signs = 0;  // the top bit: some id, or its distance from the last good one, is negative
    for (std::int64_t i = b; i < e; ++i) signs |= static_cast<word>(p[i]) | (last - static_cast<word>(p[i]));
    if (static_cast<T>(signs) >= 0) return;
    while (p[b] >= 0 && p[b] < limit) ++b;
    std::int64_t seen = first.load();
    while (b < seen && !first.compare_exchange_weak(seen, b)) {
    }
  });
  return first;
}

template <class T>
basic_tensor<T> taken(basic_tensor<T>& ids) {
  if (detail::tape_access<T>::exclusive(ids)) return std::move(ids);
  auto copy = basic_tensor<T>::uninitialized({ids.size()});
  parallel_for(ids.size(), 1 << 18, [from = ids.data(), to = copy.mutable_data()](std::int64_t b, std::int64_t e) {
    std::copy(from + b, from + e, to + b);
  });
  return copy;
}

}  // namespace

void id_list::check_range(std::int64_t limit, std::string_view operation, std::string_view what) const {
  check(visit([](const auto& t) { return t.defined(); }), operation, what, ": the ids are a tensor without storage");
  const std::int64_t i = visit([limit](const auto& t) { return first_outside(t, limit); });
  if (i != none) check(false, operation, what, " ", i, " is ", (*this)[i], ", expected an id from 0 to ", limit - 1);
}

void id_list::check_distinct(std::int64_t limit, std::string_view operation, std::string_view what) const {
  std::vector<bool> seen(static_cast<std::size_t>(limit));
  visit([&](const auto& t) {
    for (const auto id : t.values()) {
      auto&& before = seen[static_cast<std::size_t>(id)];
      check(!before, operation, what, " ", id, " is given twice");
      before = true;
    }
  });
}

id_list id_list::take() && {
  return std::visit([](auto& t) { return id_list(taken(t)); }, ids_);
}
basic_tensor<std::int32_t> id_list::take_int32() && {
  if (auto* narrow = std::get_if<basic_tensor<std::int32_t>>(&ids_)) return taken(*narrow);
  return to_int32();
}
basic_tensor<std::int64_t> id_list::take_int64() && {
  if (auto* wide = std::get_if<basic_tensor<std::int64_t>>(&ids_)) return taken(*wide);
  return to_int64();
}

basic_tensor<std::int32_t> id_list::to_int32() const {
  return visit([](const auto& t) { return cast<std::int32_t>(t); });
}
basic_tensor<std::int64_t> id_list::to_int64() const {
  return visit([](const auto& t) { return cast<std::int64_t>(t); });
}

}  // namespace edgefold
