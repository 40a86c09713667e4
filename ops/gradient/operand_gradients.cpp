#include <edgefold/ops/gradient/operand_gradients.hpp>

#include <algorithm>

#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/ops/dense/private/add_rows.hpp>
#include <edgefold/ops/dense/reduction.hpp>

namespace edgefold::detail {
namespace {

/// The gradients of a message's operands while they are computed.
template <class T>
class operand_grads {
 public:
  operand_grads(std::span<const operand<T>> operands, const gradient_kernel<T>& kernel, const edge_groups& groups,
                const vjp_inputs& in)
      : operands_(operands),
        kernel_(kernel),
        groups_(groups),
        in_(in),
        sums_(operands.size()),
        continues_(operands.size()) {}

  bool wants(std::size_t i) const { return in_.wants(i); }
  bool wants_src(bool src) const {
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (in_.wants(i) && (operands_[i].where == side::src) == src) return true;
    return false;
  }

  /// Targets of the operands that are not of the sources, for groups from `first` on.
  std::vector<grad_target<T>> others(std::int64_t first) {
    std::vector<grad_target<T>> to(operands_.size());
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      if (!in_.wants(i) || operands_[i].where == side::src) continue;
      const bool by_edge = operands_[i].where == side::edge;
      const std::int64_t width = operands_[i].value.width();
      if (!sums_[i].defined()) make(i, by_edge ? operands_[i].value.rows() : groups_.num_groups);
      T* base = sums_[i].mutable_data();
      if (by_edge) to[i] = {{base, width, groups_.edge_ids, groups_.wide_edge_ids}, false, false, continues_[i]};
      else to[i] = {{base + first * width, width}, true};
    }
    return to;
  }
  /// Targets of those of the sources, where edges are grouped by source.
  std::vector<grad_target<T>> sources() {
    std::vector<grad_target<T>> to(operands_.size());
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (in_.wants(i) && operands_[i].where == side::src) {
        make(i, operands_[i].value.rows());
        to[i] = {{sums_[i].mutable_data(), sums_[i].width()}, true};
      }
    return to;
  }
  /// Adds rows of positions from groups.offsets[0] on, one an edge, to those of their sources.
  void add_to_sources(std::size_t i, const T* rows, const edge_groups& groups) {
    if (!sums_[i].defined()) sums_[i] = basic_tensor<T>({operands_[i].value.rows(), operands_[i].value.width()});
    add_rows(rows, groups.neighbors + groups.offsets[0], groups.num_edges, sums_[i].width(), sums_[i].mutable_data(),
             sums_[i].rows());
  }

  void add_to_inputs() {
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      if (!in_.wants(i)) continue;
      const shape_type& shape = operands_[i].value.shape();
      if (!sums_[i].defined()) sums_[i] = basic_tensor<T>(shape);
      if (continues_[i]) continue;  // it is there
      if (operands_[i].where == side::shared) sums_[i] = sum(sums_[i], 0);
      in_.add(i, sums_[i].reshape(shape));
    }
  }

 private:
  // Zeros, unless every element is certain to be written. Features of edges are the largest there are: what another use
  // of them has left is added to in place.
  void make(std::size_t i, std::int64_t rows) {
    const bool by_edge = operands_[i].where == side::edge;
    if (by_edge) {
      sums_[i] = in_.template so_far<T>(i);
      if ((continues_[i] = sums_[i].defined())) return;
    }
    const shape_type shape{rows, operands_[i].value.width()};
    const bool all = kernel_.writes_once(i) && (!by_edge || groups_.num_edges == rows);
    sums_[i] = all ? basic_tensor<T>::uninitialized(shape) : basic_tensor<T>(shape);
  }

  std::span<const operand<T>> operands_;
  const gradient_kernel<T>& kernel_;
  const edge_groups& groups_;
  const vjp_inputs& in_;
  std::vector<basic_tensor<T>> sums_;
  std::vector<bool> continues_;
};

}  // namespace

template <std::floating_point T>
void add_chunks(const std::vector<hub_chunk>& chunks, T* parts, std::int64_t width, T* to) {
  for (std::size_t c = 0, n; c < chunks.size(); c += n, parts += static_cast<std::int64_t>(n) * width) {
    for (n = 1; c + n < chunks.size() && !chunks[c + n].first;) ++n;
    impl::join_neighbours(n, [&](std::size_t i, std::size_t j) {  // as hubs are folded
      T* const row = parts + static_cast<std::int64_t>(i) * width;
      const T* const next = parts + static_cast<std::int64_t>(j) * width;
      for (std::int64_t l = 0; l < width; ++l) row[l] += next[l];
    });
    std::copy_n(parts, width, to + chunks[c].group * width);
  }
}

template <std::floating_point T>
tile_plan plan_gradients(std::span<const operand<T>> operands, std::span<const shape_type> extra, int lanes,
                         bool singly, std::int64_t& features) {
  std::vector<shape_type> shapes;
  for (const operand<T>& o : operands) shapes.push_back(o.value.shape());
  const shape_type message = broadcast_features(shapes, "backward");
  features = num_elements(message);
  shapes.insert(shapes.end(), extra.begin(), extra.end());
  std::span<const int> slots = gradient_slots;
  if (singly) slots = single_slot;
  return plan_tiles(message, shapes, {.lanes = lanes, .slots = slots});
}

template <std::floating_point T>
void sweep_both_ways(std::span<const operand<T>> operands, const gradient_kernel<T>& kernel, const edge_groups& groups,
                     const adjacency* topology, const extra_rows<T>& extra, const vjp_inputs& in) {
  operand_grads<T> grads(operands, kernel, groups, in);
  if (grads.wants_src(false)) kernel.run(groups, side::dst, 0, extra(groups, side::dst, 0), grads.others(0));
  if (grads.wants_src(true)) {
    const edge_groups& by_source = topology->out_edges();
    kernel.run(by_source, side::src, 0, extra(by_source, side::src, 0), grads.sources());
  }
  grads.add_to_inputs();
}

template <std::floating_point T>
void sweep_in_blocks(std::span<const operand<T>> operands, const gradient_kernel<T>& kernel, const edge_groups& groups,
                     const extra_rows<T>& extra, const vjp_inputs& in) {
  constexpr std::int64_t block_elements = 1 << 20;
  const std::int64_t features = std::max<std::int64_t>(kernel.features(), 1);
  operand_grads<T> grads(operands, kernel, groups, in);
  std::vector<std::vector<T>> kept(operands.size());
  for (std::int64_t v = 0, stop; v < groups.num_groups; v = stop) {
    for (stop = v + 1;
         stop < groups.num_groups && (groups.offsets[stop + 1] - groups.offsets[v]) * features <= block_elements;)
      ++stop;
    const edge_groups range = groups.range(v, stop);
    auto to = grads.others(v);
    for (std::size_t i = 0; i < operands.size(); ++i)
      if (grads.wants(i) && operands[i].where == side::src) {
        const std::int64_t width = operands[i].value.width();
        kept[i].assign(static_cast<std::size_t>(range.num_edges * width), T(0));
        to[i].rows = {kept[i].data(), width, nullptr, nullptr, range.offsets[0]};
      }
    kernel.run(range, side::dst, v, extra(range, side::dst, v), to);
    for (std::size_t i = 0; i < operands.size(); ++i)
      if (!kept[i].empty()) grads.add_to_sources(i, kept[i].data(), range);
  }
  grads.add_to_inputs();
}

template <std::floating_point T>
void record_message(basic_tensor<T>& out, std::span<const operand<T>> operands,
                    const std::vector<basic_tensor<T>>& kept, backward_function<T> vjp) {
  std::vector<basic_tensor<T>> inputs;
  std::vector<side> sides;
  std::vector<saved<T>> values, more;
  for (const operand<T>& o : operands) {
    inputs.push_back(o.value);
    sides.push_back(o.where);
    values.emplace_back(o.value);
  }
  for (const basic_tensor<T>& t : kept) more.emplace_back(t);
  record(
      out,
      [sides, values, more, vjp = std::move(vjp)](const basic_tensor<T>& g, const vjp_inputs& in) {
        std::vector<operand<T>> bound;
        for (std::size_t i = 0; i < sides.size(); ++i) bound.push_back({sides[i], values[i].get(), ""});
        std::vector<basic_tensor<T>> kept_values;
        for (const saved<T>& s : more) kept_values.push_back(s.get());
        vjp(bound, kept_values, g, in);
      },
      inputs);
}

#define EDGEFOLD_OPERAND_GRADIENTS(T)                                                                                 \
  template void add_chunks<T>(const std::vector<hub_chunk>&, T*, std::int64_t, T*);                                   \
  template tile_plan plan_gradients<T>(std::span<const operand<T>>, std::span<const shape_type>, int, bool,           \
                                       std::int64_t&);                                                                \
  template void sweep_both_ways<T>(std::span<const operand<T>>, const gradient_kernel<T>&, const edge_groups&,        \
                                   const adjacency*, const extra_rows<T>&, const vjp_inputs&);                        \
  template void sweep_in_blocks<T>(std::span<const operand<T>>, const gradient_kernel<T>&, const edge_groups&,        \
                                   const extra_rows<T>&, const vjp_inputs&);                                          \
  template void record_message<T>(basic_tensor<T>&, std::span<const operand<T>>, const std::vector<basic_tensor<T>>&, \
                                  backward_function<T>)
EDGEFOLD_OPERAND_GRADIENTS(float);
EDGEFOLD_OPERAND_GRADIENTS(double);
#undef EDGEFOLD_OPERAND_GRADIENTS

}  // namespace edgefold::detail
