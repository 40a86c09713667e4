/// Messages written out, one row an edge: for apply_edges, and in blocks for what cannot be folded in registers.
#pragma once
#include <algorithm>

#include <Eigen/Core>

#include <edgefold/ops/kernel/tile_reader.hpp>
#include <edgefold/ops/message/row_functor.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// A message bound to groups of edges; `write` puts the rows of positions [begin, end) of one group where `out` says.
template <class M>
class edge_rows;

template <class F, class T, std::size_t N>
class edge_rows<elementwise_message<F, T, N>> {
 public:
  using message = elementwise_message<F, T, N>;
  using value_type = typename message::value_type;
  edge_rows(const message& m, const edge_groups& groups, side grouped_by, const operand_scope& scope)
      : message_(m),
        operands_(m, groups, grouped_by, scope),
        end_(groups.end()),
        features_(broadcast_features(operands_.shapes, scope.operation)),
        plan_(plan_tiles(features_, operands_.shapes, {.lanes = native_lanes<T>})) {}

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    by_tiles(plan_, begin, end, [&]<int Slots>(std::size_t t, std::int64_t first, std::int64_t last) {
      write_tile<Slots>(t, group, first, last, out);
    });
  }

 private:
  template <int Slots>
  void write_tile(std::size_t t, std::int64_t group, std::int64_t begin, std::int64_t end,
                  const row_target<value_type>& out) const {
    constexpr int lanes = native_lanes<T>;
    tile_reader<F, T, N, Slots> reader(message_.f, operands_.rows, plan_, t, end_);
    reader.enter(group);
    const tile place = plan_.tiles[t];
    const first_lanes<value_type, lanes> some(place.lanes);
    const bool streams = out.large && place.lanes == lanes && lanes * sizeof(value_type) == EDGEFOLD_PACK_BYTES &&
                         out.width % lanes == 0 && place.out % lanes == 0;
    pack<value_type, lanes> m[1][Slots];
    for (std::int64_t k = begin; k < end; ++k) {
      reader.template ask<1>(k);
      reader.read(k, m);
      value_type* row = out.at(k) + place.out;
      if (streams)
        for (int l = 0; l < Slots; ++l) stream(row + l * lanes, m[0][l]);
      else
        for (int l = 0; l < Slots; ++l) store<value_type, lanes>(row + l * lanes, m[0][l], some);
    }
    if (streams) stream_fence();
  }

  const message& message_;
  bound_operands<message> operands_;
  std::int64_t end_;
  shape_type features_;
  bound_plan plan_;
};

template <class F, class Vjp, class T, std::size_t N>
class edge_rows<rows_message<F, Vjp, T, N>> {
 public:
  using message = rows_message<F, Vjp, T, N>;
  using value_type = T;
  edge_rows(const message& m, const edge_groups& groups, side grouped_by, const operand_scope& scope)
      : message_(m), operands_(m, groups, grouped_by, scope), features_{m.width} {}

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    for (std::int64_t k = begin; k < end; ++k) call(group, k, out.at(k), std::make_index_sequence<N>{});
  }

 private:
  using row_vector = Eigen::Matrix<T, 1, Eigen::Dynamic, Eigen::RowMajor>;
  template <std::size_t... I>
  void call(std::int64_t group, std::int64_t k, T* to, std::index_sequence<I...>) const {
    decltype(auto) result = message_.f(Eigen::Map<const row_vector>(
        operands_.rows[I].at(operands_.rows[I].group(group), k), operands_.tensors[I].width())...);
    check_row_result<std::remove_cvref_t<decltype(result)>>();
    const row_vector r = result;
    check(r.size() == message_.width, "message_rows", "the functor returned ", r.size(), " values, expected ",
          message_.width);
    std::copy_n(r.data(), r.size(), to);
  }

  const message& message_;
  bound_operands<message> operands_;
  shape_type features_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
