#include <edgefold/ops/transform/aggregate.hpp>

#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::detail {

any_tensor aggregate_rows(const any_tensor& x, const edge_groups& groups, aggregate how, std::string_view operation) {
  return std::visit(
      [&]<class T>(const basic_tensor<T>& t) -> any_tensor {
        const auto folded = [&](const auto& reducer) -> any_tensor {
          return impl::recorded_fold(copy(edge(t)), reducer, {groups, nullptr}, operation);
        };
        switch (how) {
          case aggregate::sum:
            return folded(reduce::sum{});
          case aggregate::mean:
            return folded(reduce::mean{});
          case aggregate::max:
            return folded(reduce::max{});
          case aggregate::min:
            return folded(reduce::min{});
          case aggregate::first:
            break;
        }
        auto first = basic_tensor<std::int64_t>::uninitialized({groups.num_groups});
        parallel_for(groups.num_groups, 1 << 14, [&, to = first.mutable_data()](std::int64_t b, std::int64_t e) {
          for (std::int64_t i = b; i < e; ++i) to[i] = groups.id_at(groups.offsets[i]);
        });
        return gather_rows(t, first);
      },
      x);
}

}  // namespace edgefold::detail
