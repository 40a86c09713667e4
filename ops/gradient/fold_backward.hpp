/// The way back through a fold: what it keeps for that, and from the gradient of its result to those of the operands.
#pragma once
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/gradient/message_gradients.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// What a fold leaves for its gradient: the result, and final states or the chosen edges.
template <class R, class T>
auto recorded_form(const R& r, bool kept = true) {
  using P = pack<T>;
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return r;
  else if constexpr (selects<R>) return with_choice<R>{r};
  else if constexpr (closed_form<R, P>) {
    if constexpr (adjoint_rule<R, P>::needs_state) return with_states<R>{r, kept};
    else return r;
  } else return r;
}
/// Whether the gradient reads the result.
template <class R, class T>
constexpr bool keeps_result() {
  if constexpr (mailbox_reducer<R, T> || concatenates<R>) return false;
  else if constexpr (closed_form<R, pack<T>>) return adjoint_rule<R, pack<T>>::needs_out;
  else return false;
}
/// The general way: gradients of the messages of a block of edges, then those of their operands.
template <any_message M, class R, class T>
void backward_in_blocks(const M& m, const R& r, const edge_groups& groups, const basic_tensor<T>& g,
                        const std::vector<basic_tensor<T>>& adjoints, const vjp_inputs& in) {
  shape_type row{1};
  const shape_type features = message_writer<M>(m, groups, "backward").features();
  row.insert(row.end(), features.begin(), features.end());
  message_gradients<M, R> gradients(m, r, g, adjoints);
  const typename backward_of<M, upstream, 1>::type kernel(m, upstream{}, {row});
  auto of_block = [&](const edge_groups& range, side, std::int64_t first) {
    return std::vector{gradients.of(range, first)};
  };
  sweep_in_blocks<T>(m.operands, kernel, groups, of_block, in);
}

/// Adds the gradients of the operands of `m`, whose messages `r` folded over `edges`, given that of the result and what
/// fold_and_keep left.
template <any_message M, class R, class T>
void fold_backward(const M& m, const R& r, const grouped_edges& edges, const basic_tensor<T>& g,
                   const std::vector<basic_tensor<T>>& kept, const vjp_inputs& in) {
  using P = pack<T>;
  if constexpr (!mailbox_reducer<R, T> && closed_form<R, P>) {
    const auto adjoints = adjoint_tensors(r, g, kept, edges.groups);
    using G = decltype(gradient_functor<R, P>(r));
    // A message that is a sum is not known lane by lane; a functor of rows takes the gradient alone.
    if constexpr (is_elementwise<M> || (is_sum<M> && !adjoint_rule<R, P>::needs_message) ||
                  (!is_sum<M> && std::same_as<G, upstream>)) {
      using closed = closed_rows<R, T>;
      closed extra(adjoints);
      shape_type row = g.shape();
      row[0] = 1;
      const typename backward_of<M, G, closed::extra>::type kernel(m, gradient_functor<R, P>(r), closed::shapes(row));
      auto of_groups = [&](const edge_groups& where, side by, std::int64_t) { return extra.of(where, by); };
      if (edges.topology) sweep_both_ways<T>(m.operands, kernel, edges.groups, edges.topology.get(), of_groups, in);
      else sweep_in_blocks<T>(m.operands, kernel, edges.groups, of_groups, in);
    } else {
      backward_in_blocks(m, r, edges.groups, g, adjoints, in);
    }
  } else {
    backward_in_blocks(m, r, edges.groups, g, std::vector<basic_tensor<T>>{}, in);
  }
}

/// Folds, and keeps what fold_backward needs: the result first.
template <any_message M, class R>
auto fold_and_keep(const M& m, const R& r, const edge_groups& groups, std::string_view operation) {
  const auto all = fold_messages(m, recorded_form<R, typename M::scalar_type>(r), groups, operation);
  return std::vector<basic_tensor<typename M::scalar_type>>(all.begin(), all.end());
}

/// Of several reducers in one pass, whose results stand side by side along the last dim.
template <any_message M, class... Rs, class T>
void multi_backward(const M& m, const reduce::multi<Rs...>& r, const grouped_edges& edges, const basic_tensor<T>& g,
                    const vjp_inputs& in) {
  const std::int64_t last = g.shape().back() / static_cast<std::int64_t>(sizeof...(Rs));
  std::int64_t begin = 0;
  auto one = [&](const auto& each) {
    const basic_tensor<T> own = slice(g, -1, begin, begin + last);
    begin += last;
    const auto kept = fold_and_keep(m, each, edges.groups, "backward");
    fold_backward(m, each, edges, own.reshape(kept[0].shape()), kept, in);
  };
  std::apply([&](const auto&... each) { (one(each), ...); }, r.reducers);
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
