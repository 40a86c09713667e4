#include <edgefold/ops/transform/aggregate.hpp>

#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::detail {
namespace {

// Rows of integers: without a gradient, and by loops that compile in no time. What a row is folded in begins with its
// first edge as A, and takes those that follow by step(a, A).
template <class A, std::integral T, class Step, class Finish>
auto fold_plainly(const basic_tensor<T>& x, const edge_groups& groups, const Step& step, const Finish& finish) {
  using V = decltype(finish(A{}, 1));
  shape_type shape = x.shape();
  shape[0] = groups.num_groups;
  basic_tensor<V> out(std::move(shape));
  const std::int64_t width = x.width();
  V* const to = out.mutable_data();
  parallel_for(groups.num_groups, 1 + (1 << 14) / (width + 1), [&, from = x.data()](std::int64_t b, std::int64_t e) {
    std::vector<A> folded(static_cast<std::size_t>(width));
    for (std::int64_t g = b; g < e; ++g) {
      const std::int64_t begin = groups.offsets[g], end = groups.offsets[g + 1];
      if (begin == end) continue;
      const T* row = from + groups.id_at(begin) * width;
      std::transform(row, row + width, folded.begin(), [](T value) { return static_cast<A>(value); });
      for (std::int64_t k = begin + 1; k < end; ++k) {
        row = from + groups.id_at(k) * width;
        for (std::int64_t c = 0; c < width; ++c) {
          A& a = folded[static_cast<std::size_t>(c)];
          a = step(a, static_cast<A>(row[c]));
        }
      }
      for (std::int64_t c = 0; c < width; ++c)
        to[g * width + c] = finish(folded[static_cast<std::size_t>(c)], end - begin);
    }
  });
  return out;
}

template <std::integral T>
any_tensor aggregated(const basic_tensor<T>& x, const edge_groups& groups, aggregate how, std::string_view) {
  using sum = std::conditional_t<std::same_as<T, bool>, std::int64_t, T>;
  using one = std::conditional_t<std::same_as<T, bool>, unsigned char, T>;
  const auto plus = [](auto a, auto b) { return a + b; };
  const auto as_one = [](one a, std::int64_t) { return static_cast<T>(a); };
  switch (how) {
    case aggregate::sum:  // (which wraps)
      return fold_plainly<std::make_unsigned_t<sum>>(x, groups, plus,
                                                     [](auto a, std::int64_t) { return static_cast<sum>(a); });
    case aggregate::mean:
      return fold_plainly<double>(x, groups, plus, [](double a, std::int64_t edges) {
        return static_cast<float>(a / static_cast<double>(edges));
      });
    case aggregate::max:
      return fold_plainly<one>(
          x, groups, [](one a, one b) { return std::max(a, b); }, as_one);
    default:
      return fold_plainly<one>(
          x, groups, [](one a, one b) { return std::min(a, b); }, as_one);
  }
}

template <std::floating_point T>
any_tensor aggregated(const basic_tensor<T>& x, const edge_groups& groups, aggregate how, std::string_view operation) {
  const auto folded = [&](const auto& reducer) {
    return impl::recorded_fold(copy(edge(x)), reducer, {groups, nullptr}, operation);
  };
  switch (how) {
    case aggregate::sum:
      return folded(reduce::sum{});
    case aggregate::mean:
      return folded(reduce::mean{});
    case aggregate::max:
      return folded(reduce::max{});
    default:
      return folded(reduce::min{});
  }
}

template <element T>
any_tensor first_of(const basic_tensor<T>& x, const edge_groups& groups) {
  auto first = basic_tensor<std::int64_t>::uninitialized({groups.num_groups});
  parallel_for(groups.num_groups, 1 << 14, [&, to = first.mutable_data()](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) to[i] = groups.id_at(groups.offsets[i]);
  });
  return gather_rows(x, first);
}

}  // namespace

any_tensor aggregate_rows(const any_tensor& x, const edge_groups& groups, aggregate how, std::string_view operation) {
  return std::visit(
      [&](const auto& t) {
        return how == aggregate::first ? first_of(t, groups) : aggregated(t, groups, how, operation);
      },
      x);
}

}  // namespace edgefold::detail
