/// From the gradients of messages to those of their operands: all but the kernel, compiled once.
#pragma once
#include <functional>
#include <span>

#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/kernel/row_source.hpp>
#include <edgefold/ops/kernel/schedule.hpp>
#include <edgefold/ops/kernel/tile_plan.hpp>

namespace edgefold::detail {

/// Row g of `to` becomes the sum of the rows of `parts` that belong to chunks of group g, added up in place.
template <std::floating_point T>
void add_chunks(const std::vector<hub_chunk>& chunks, T* parts, std::int64_t width, T* to);

/// How a kernel of gradients cuts a message of bound operands, whose number of features it also gives, and of rows of
/// the shapes `extra`; `singly`: one pack at a time.
template <std::floating_point T>
tile_plan plan_gradients(std::span<const operand<T>> operands, std::span<const shape_type> extra, int lanes,
                         bool singly, std::int64_t& features);

/// The kernel that knows the functor: from rows of the gradients of messages to sums over the edges of each group and
/// rows of the edges.
template <std::floating_point T>
class gradient_kernel {
 public:
  virtual std::int64_t features() const = 0;  ///< of a message
  /// Whether each element of the operand's gradient is written once, not added to.
  virtual bool writes_once(std::size_t operand) const = 0;
  /// `groups` are groups first, first + 1, ... of all; `extra` are rows that the kernel reads besides the operands; a
  /// target each operand.
  virtual void run(const edge_groups& groups, side grouped_by, std::int64_t first, std::span<const row_source<T>> extra,
                   std::span<const grad_target<T>> to) const = 0;

 protected:
  ~gradient_kernel() = default;
};

/// The rows that a kernel reads besides the operands, for groups from `first` on.
template <class T>
using extra_rows =
    std::function<std::vector<row_source<T>>(const edge_groups& groups, side grouped_by, std::int64_t first)>;

/// Where the topology is at hand: one sweep over the edges grouped by destination, one over them grouped by source.
template <std::floating_point T>
void sweep_both_ways(std::span<const operand<T>> operands, const gradient_kernel<T>& kernel, const edge_groups& groups,
                     const adjacency* topology, const extra_rows<T>& extra, const vjp_inputs& in);

/// In blocks of groups, of at most 2^20 elements of messages (and at least a group): gradients of the sources are kept
/// for a block of edges, then added to their rows in order.
template <std::floating_point T>
void sweep_in_blocks(std::span<const operand<T>> operands, const gradient_kernel<T>& kernel, const edge_groups& groups,
                     const extra_rows<T>& extra, const vjp_inputs& in);

/// Gets back what `record_message` saved.
template <class T>
using backward_function = std::function<void(std::span<operand<T>> operands, const std::vector<basic_tensor<T>>& kept,
                                             const basic_tensor<T>& gradient, const vjp_inputs& inputs)>;

/// Puts `out`, computed from messages of bound operands, on the tape; the operands and `kept` are saved.
template <std::floating_point T>
void record_message(basic_tensor<T>& out, std::span<const operand<T>> operands,
                    const std::vector<basic_tensor<T>>& kept, backward_function<T> vjp);

}  // namespace edgefold::detail
