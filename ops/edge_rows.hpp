/// Messages written out, one row an edge: for apply_edges, and in blocks for what cannot be folded in registers.
#pragma once
#include <algorithm>

#include <Eigen/Core>

#include <edgefold/ops/rows.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Where the row of each edge position goes.
template <class V>
struct row_target {
  V* base;
  std::int64_t width;
  const std::int32_t* rows = nullptr;       // row of each position, or
  const std::int64_t* wide_rows = nullptr;  // the same in 64 bits, or positions from `first` on
  std::int64_t first = 0;
  V* at(std::int64_t position) const {
    return base + (rows ? rows[position] : wide_rows ? wide_rows[position] : position - first) * width;
  }
};

/// A message bound to groups of edges; `write` puts the rows of positions [begin, end) of one group where `out` says.
template <class M>
class edge_rows;

template <class F, class T, std::size_t N>
class edge_rows<elementwise_message<F, T, N>> {
 public:
  using message = elementwise_message<F, T, N>;
  using value_type = typename message::value_type;
  edge_rows(const message& m, const edge_groups& groups, side grouped_by, const operand_scope& scope)
      : message_(m), operands_(m, groups, grouped_by, scope), num_edges_(groups.num_edges),
        features_(broadcast_features(operands_.shapes, scope.operation)),
        plan_(plan_tiles(features_, operands_.shapes, {.lanes = native_lanes<T>})) {}

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    for (std::size_t t = 0; t < plan_.tiles.size(); ++t)
      if (plan_.tiles[t].slots == slot_choices[0]) write_tile<slot_choices[0]>(t, group, begin, end, out);
      else write_tile<1>(t, group, begin, end, out);
  }

 private:
  template <int Slots>
  void write_tile(std::size_t t, std::int64_t group, std::int64_t begin, std::int64_t end,
                  const row_target<value_type>& out) const {
    constexpr int lanes = native_lanes<T>;
    const tile_reader<F, T, N, Slots> reader(message_.f, operands_.rows, plan_, t, group, num_edges_);
    const tile place = plan_.tiles[t];
    const first_lanes<value_type, lanes> some(place.lanes);
    pack<value_type, lanes> m[Slots];
    for (std::int64_t k = begin; k < end; ++k) {
      reader.ask(k);
      reader.read(k, m);
      value_type* row = out.at(k) + place.out;
      for (int l = 0; l < Slots; ++l) store<value_type, lanes>(row + l * place.out_step, m[l], some);
    }
  }

  const message& message_;
  bound_operands<message> operands_;
  std::int64_t num_edges_;
  shape_type features_;
  tile_plan plan_;
};

template <class F, class T, std::size_t N>
class edge_rows<sum_last_message<F, T, N>> {
 public:
  using message = sum_last_message<F, T, N>;
  using value_type = typename message::value_type;
  edge_rows(const message& m, const edge_groups& groups, side grouped_by, const operand_scope& scope)
      : message_(m), operands_(m, groups, grouped_by, scope), last_edge_(groups.num_edges - 1),
        features_(broadcast_features(operands_.shapes, scope.operation)) {
    if (features_.empty()) features_.push_back(1);
    if (m.equal_widths)
      for (const shape_type& s : operands_.shapes)
        check(s.size() > 1 && s.back() == features_.back(), scope.operation, "dot of operands of shapes ",
              operands_.shapes[0], " and ", operands_.shapes[1], ", whose last dims differ");
    plan_ = plan_tiles(features_, operands_.shapes, {.lanes = lanes, .keep_last = true, .whole_runs = true});
    features_.back() = 1;
    register_type<value_type, lanes> lane;
    for (int i = 0; i < lanes; ++i) lane[i] = static_cast<lane_type<value_type>>(i);
    tail_ = static_cast<int>(plan_.inner % lanes);
    live_ = pack<value_type, lanes>(lane) < tail_;
  }

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    std::array<const T*, N> start;
    for (std::size_t i = 0; i < N; ++i) start[i] = operands_.rows[i].group(group);
    const std::size_t runs = plan_.tiles.size();
    for (std::int64_t k = begin; k < end; ++k) {
      std::array<const T*, N> row;
      for (std::size_t i = 0; i < N; ++i) {
        row[i] = operands_.rows[i].at(start[i], k);
        if (operands_.rows[i].far) ask(operands_.rows[i].at(start[i], std::min(k + prefetch_distance, last_edge_)), i);
      }
      value_type* to = out.at(k);
      if (runs == 0) std::fill_n(to, out.width, value_type(0));
      for (std::size_t t = 0; t < runs; ++t) to[t] = sum_run(row, plan_.of(t));
    }
  }

 private:
  static constexpr int lanes = native_lanes<T>;
  using input = pack<T, lanes>;
  using output = pack<value_type, lanes>;

  void ask(const T* row, std::size_t i) const {
    constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T)), most = 16 * line;
    for (std::int64_t c = 0; c < std::min(operands_.rows[i].stride, most); c += line) prefetch(row + c);
  }

  [[gnu::always_inline]] value_type sum_run(const std::array<const T*, N>& row, const std::int64_t* offset) const {
    output total(0);
    const first_lanes<T, lanes> all(lanes), some(tail_);
    const std::int64_t whole = plan_.inner - tail_;
    auto at = [&](std::int64_t c, const first_lanes<T, lanes>& which) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return convert<value_type>(message_.f(
            (plan_.splat[I] ? input(row[I][offset[2 * I]]) : load<T, lanes>(row[I] + offset[2 * I] + c, which))...));
      }(std::make_index_sequence<N>{});
    };
    for (std::int64_t c = 0; c < whole; c += lanes) total = total + at(c, all);
    if (tail_ > 0) total = total + where(live_, at(whole, some), output(0));
    return sum_lanes(total);
  }

  const message& message_;
  bound_operands<message> operands_;
  std::int64_t last_edge_;
  shape_type features_;
  tile_plan plan_;
  int tail_;
  mask<value_type, lanes> live_;  // lanes of the last, partial pack of a run
};

template <class F, class T, std::size_t N>
class edge_rows<rows_message<F, T, N>> {
 public:
  using message = rows_message<F, T, N>;
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
    const row_vector r = message_.f(Eigen::Map<const row_vector>(
        operands_.rows[I].at(operands_.rows[I].group(group), k), operands_.tensors[I].width())...);
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
