/// Messages written out, one row an edge: for apply_edges, and in blocks for what cannot be folded in registers.
#pragma once
#include <algorithm>

#include <edgefold/core/eigen.hpp>
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/ops/kernel/tile_reader.hpp>
#include <edgefold/ops/message/row_functor.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// A bound message on groups of edges, of which the first is number `first` of all; `write` puts the rows of positions
/// [begin, end) of one group where `out` says. Errors are those of `operation`.
template <class M>
class message_writer;

template <class F, class T, std::size_t N>
class message_writer<elementwise_message<F, T, N>> {
 public:
  using message = elementwise_message<F, T, N>;
  using value_type = typename message::value_type;
  message_writer(const message& m, const edge_groups& groups, std::string_view operation, std::int64_t first = 0)
      : message_(m),
        operands_(m, groups, first),
        end_(groups.end()),
        features_(broadcast_features(operands_.shapes, operation)),
        plan_(plan_tiles(features_, operands_.shapes, {.lanes = native_lanes<T>, .slots = slots_of<T>})) {}

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    by_tiles<T>(plan_, begin, end, [&]<int Slots>(std::size_t t, std::int64_t first, std::int64_t last) {
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
    const first_lanes<value_type, lanes> active(place.lanes);
    const bool streams = out.large && place.lanes == lanes && lanes * sizeof(value_type) == EDGEFOLD_PACK_BYTES &&
                         out.width % lanes == 0 && place.out % lanes == 0;
    pack<value_type, lanes> m[1][Slots];
    for (std::int64_t k = begin; k < end; ++k) {
      reader.template prefetch_rows<1>(k);
      reader.read(k, m);
      value_type* row = out.at(k) + place.out;
      if (streams)
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) stream(row + l * lanes, m[0][l]);
      else
#pragma GCC unroll 4
        for (int l = 0; l < Slots; ++l) store<value_type, lanes>(row + l * lanes, m[0][l], active);
    }
    if (streams) stream_fence();
  }

  const message& message_;
  operand_rows<message> operands_;
  std::int64_t end_;
  shape_type features_;
  bound_plan plan_;
};

template <class F, class Vjp, class T, std::size_t N>
class message_writer<rows_message<F, Vjp, T, N>> {
 public:
  using message = rows_message<F, Vjp, T, N>;
  using value_type = T;
  message_writer(const message& m, const edge_groups& groups, std::string_view, std::int64_t first = 0)
      : message_(m), operands_(m, groups, first), features_{m.width} {}

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    for (std::int64_t k = begin; k < end; ++k) call(group, k, out.at(k), std::make_index_sequence<N>{});
  }

 private:
  using row_vector = Eigen::Matrix<T, 1, Eigen::Dynamic, Eigen::RowMajor>;
  template <std::size_t... I>
  void call(std::int64_t group, std::int64_t k, T* to, std::index_sequence<I...>) const {
    decltype(auto) result = message_.f(Eigen::Map<const row_vector>(
        operands_.rows[I].at(operands_.rows[I].group(group), k), message_.operands[I].value.width())...);
    static_assert(check_row_result<std::remove_cvref_t<decltype(result)>>());
    const row_vector r = result;
    check(r.size() == message_.width, "message_rows", "the functor returned ", r.size(), " values, expected ",
          message_.width);
    std::copy_n(r.data(), r.size(), to);
  }

  const message& message_;
  operand_rows<message> operands_;
  shape_type features_;
};

/// Messages summed over their last dim: inner products, attention scores.
template <class F, class T, std::size_t N>
class message_writer<sum_last_message<F, T, N>> {
 public:
  using message = sum_last_message<F, T, N>;
  using value_type = typename message::value_type;
  message_writer(const message& m, const edge_groups& groups, std::string_view operation, std::int64_t first = 0)
      : message_(m),
        operands_(m, groups, first),
        end_(groups.end()),
        features_(summed_features(operands_.shapes, m.equal_widths, operation)),
        terms_(features_.back()),
        short_(terms_ > 0 && lanes % terms_ == 0),
        plan_(plan_tiles(features_, operands_.shapes,
                         {.lanes = lanes, .keep_last = true, .whole_runs = !short_, .slots = slots_of<T>})),
        tail_(static_cast<int>(plan_.inner % lanes)),
        live_(lane_numbers<value_type, lanes>() < output(tail_)) {
    features_.back() = 1;
    for (int l = 0; l < lane_table::most_lanes && short_; ++l)
      firsts_.of[l] = static_cast<std::int32_t>(l * terms_ % lanes);
  }

  const shape_type& features() const { return features_; }

  void write(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    if (!short_) return write_runs(group, begin, end, out);
    by_tiles<T>(plan_, begin, end, [&]<int Slots>(std::size_t t, std::int64_t first, std::int64_t last) {
      write_tile<Slots>(t, group, first, last, out);
    });
  }

 private:
  static constexpr int lanes = native_lanes<T>;
  using input = pack<T, lanes>;
  using output = pack<value_type, lanes>;

  static shape_type summed_features(std::span<const shape_type> shapes, bool equal, std::string_view operation) {
    shape_type features = broadcast_features(shapes, operation);
    if (features.empty()) features.push_back(1);
    for (const shape_type& s : shapes)
      check(!equal || (s.size() > 1 && s.back() == features.back()), operation, "dot of operands of shapes ", shapes[0],
            " and ", shapes[1], ", whose last dims differ");
    return features;
  }

  // Runs that divide a pack: several sums a pack, each over neighbouring lanes.
  template <int Slots>
  void write_tile(std::size_t t, std::int64_t group, std::int64_t begin, std::int64_t end,
                  const row_target<value_type>& out) const {
    tile_reader<F, T, N, Slots> reader(message_.f, operands_.rows, plan_, t, end_);
    reader.enter(group);
    const tile place = plan_.tiles[t];
    const int run = static_cast<int>(terms_);
    const first_lanes<value_type, lanes> sums(place.lanes / run);
    typename tile_reader<F, T, N, Slots>::message_pack m[1][Slots];
    for (std::int64_t k = begin; k < end; ++k) {
      reader.template prefetch_rows<1>(k);
      reader.read(k, m);
      value_type* row = out.at(k) + place.out / run;
#pragma GCC unroll 4
      for (int l = 0; l < Slots; ++l) {
        const output all =
            combine_runs(convert<value_type>(m[0][l]), run, [](const auto& a, const auto& b) { return a + b; });
        store<value_type, lanes>(row + l * (lanes / run), permute(all, firsts_), sums);
      }
    }
  }

  // Longer runs, and those that do not divide a pack: one after another.
  void write_runs(std::int64_t group, std::int64_t begin, std::int64_t end, const row_target<value_type>& out) const {
    std::array<const T*, N> start, row;
    for (std::size_t i = 0; i < N; ++i) start[i] = operands_.rows[i].group(group);
    const std::size_t runs = plan_.tiles.size();
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int64_t later = std::min(k + prefetch_distance, end_ - 1);
      for (std::size_t i = 0; i < N; ++i) {
        row[i] = operands_.rows[i].at(start[i], k);
        if (operands_.rows[i].far) prefetch_row(operands_.rows[i].at(start[i], later), operands_.rows[i].stride);
      }
      value_type* to = out.at(k);
      if (runs == 0) std::fill_n(to, out.width, value_type(0));
      for (std::size_t t = 0; t < runs; ++t) to[t] = sum_run(row, plan_.of(t));
    }
  }

  static void prefetch_row(const T* row, std::int64_t width) {
    constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T)), most = 16 * line;
    for (std::int64_t c = 0; c < std::min(width, most); c += line) prefetch(row + c);
  }

  static constexpr std::int64_t part_terms = part_length * lanes;
  [[gnu::always_inline]] value_type sum_run(const std::array<const T*, N>& row, const std::int64_t* offset) const {
    const first_lanes<T, lanes> all(lanes), active(tail_);
    const std::int64_t whole = plan_.inner - tail_;
    auto terms = [&](std::int64_t c, const first_lanes<T, lanes>& which) __attribute__((always_inline)) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        return convert<value_type>(
            message_.f((plan_.reads[I] == access::splat ? input(row[I][offset[I]])
                                                        : load<T, lanes>(row[I] + offset[I] + c, which))...));
      }
      (std::make_index_sequence<N>{});
    };
    auto sum_part = [&](std::int64_t c) __attribute__((always_inline)) {
      output part = terms(c, all);
      const std::int64_t end = std::min(c + part_terms, whole);
      for (c += lanes; c < end; c += lanes) part = part + terms(c, all);
      return part;
    };
    output total(0);
    if (whole > part_terms) {
      partial_sums<output> parts;
      for (std::int64_t c = 0; c < whole; c += part_terms) parts.add(sum_part(c));
      total = parts.total();
    } else if (whole > 0) {
      total = total + sum_part(0);
    }
    if (tail_ > 0) total = total + where(live_, terms(whole, active), output(0));
    return sum_lanes(total);
  }

  const message& message_;
  operand_rows<message> operands_;
  std::int64_t end_;
  shape_type features_;
  std::int64_t terms_;  // of a sum
  bool short_;
  bound_plan plan_;
  int tail_;  // lanes of the last, partial pack of a run
  mask<value_type, lanes> live_;
  lane_table firsts_;  // the lanes that hold a pack's sums
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
