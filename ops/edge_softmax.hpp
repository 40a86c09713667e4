/// Softmax over the edges that share a destination or a source.
#pragma once
#include <vector>

#include <edgefold/core/pack_shuffle.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/elementwise.hpp>
#include <edgefold/ops/schedule.hpp>

namespace edgefold {

enum class norm_by : std::uint8_t { dst, src };  ///< whose edges add up to 1

inline namespace EDGEFOLD_ISA {
namespace impl {

template <std::floating_point T>
class softmax_kernel {
  static constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;

 public:
  softmax_kernel(const edge_groups& groups, const T* in, T* out, std::int64_t width)
      : groups_(groups),
        in_(in),
        out_(out),
        width_(width),
        row_(static_cast<int>(std::min<std::int64_t>(width, lanes))) {}

  void run() const {
    const schedule s = make_schedule(groups_, 4 * width_, 1, false);
    parallel_for(s.ranges(), 1, [&](std::int64_t begin, std::int64_t end) {
      std::vector<T> scratch;
      for (std::int64_t v = s.cuts[static_cast<std::size_t>(begin)]; v < s.cuts[static_cast<std::size_t>(end)]; ++v) {
        const std::int64_t k0 = groups_.offsets[v], k1 = groups_.offsets[v + 1];
        if (k0 == k1) continue;
        if (lanes % width_ == 0) packed(k0, k1, scratch);
        else
          for (std::int64_t c = 0; c < width_; c += lanes) by_rows(k0, k1, c);
      }
    });
  }

 private:
  // Rows narrower than a pack and dividing it: several rows a pack, so that no lane of exp is wasted. Where rows do not
  // follow one another they are gathered first.
  void packed(std::int64_t k0, std::int64_t k1, std::vector<T>& scratch) const {
    const std::int64_t n = (k1 - k0) * width_;
    if (!groups_.edge_ids && !groups_.wide_edge_ids) return softmax(in_ + k0 * width_, out_ + k0 * width_, n);
    if (static_cast<std::int64_t>(scratch.size()) < n) scratch.resize(static_cast<std::size_t>(2 * n));
    T* x = scratch.data();
    for (std::int64_t k = k0; k < k1; ++k) copy_row(in_ + groups_.id_at(k) * width_, x + (k - k0) * width_);
    softmax(x, x, n);
    for (std::int64_t k = k0; k < k1; ++k) copy_row(x + (k - k0) * width_, out_ + groups_.id_at(k) * width_);
  }

  // Of n elements, those that agree modulo the width together; x and y may be the same.
  void softmax(const T* x, T* y, std::int64_t n) const {
    constexpr T lowest = -std::numeric_limits<T>::infinity();
    const std::int64_t whole = n / lanes * lanes;
    const first_lanes<T, lanes> all(lanes), some(static_cast<int>(n - whole));
    const int period = static_cast<int>(width_);
    P top(lowest), total(0), tail(lowest);
    if (n > whole) {
      T padded[lanes];
      std::fill_n(padded, lanes, lowest);
      std::copy_n(x + whole, n - whole, padded);
      tail = load<T, lanes>(padded, all);
    }
    for (std::int64_t i = 0; i < whole; i += lanes) top = max(top, load<T, lanes>(x + i, all));
    top = combine_modulo(max(top, tail), period, [](const P& a, const P& b) { return max(a, b); });
    for (std::int64_t i = 0; i < whole; i += lanes) {
      const P e = exp(load<T, lanes>(x + i, all) - top);
      total = total + e;
      store<T, lanes>(y + i, e, all);
    }
    tail = n > whole ? exp(tail - top) : P(0);
    total = combine_modulo(total + tail, period, [](const P& a, const P& b) { return a + b; });
    for (std::int64_t i = 0; i < whole; i += lanes)
      store<T, lanes>(y + i, load<T, lanes>(static_cast<const T*>(y) + i, all) / total, all);
    if (n > whole) store<T, lanes>(y + whole, tail / total, some);
  }

  [[gnu::always_inline]] void copy_row(const T* from, T* to) const {
    if (width_ == 1) *to = *from;
    else store<T, lanes>(to, load<T, lanes>(from, row_), row_);
  }

  // One pack of columns, row by row; the exponentials wait in the output.
  void by_rows(std::int64_t k0, std::int64_t k1, std::int64_t c) const {
    const first_lanes<T, lanes> some(static_cast<int>(std::min<std::int64_t>(lanes, width_ - c)));
    auto at = [&](std::int64_t k) { return groups_.id_at(k) * width_ + c; };
    P top(-std::numeric_limits<T>::infinity()), total(0);
    for (std::int64_t k = k0; k < k1; ++k) top = max(top, load<T, lanes>(in_ + at(k), some));
    for (std::int64_t k = k0; k < k1; ++k) {
      const P e = exp(load<T, lanes>(in_ + at(k), some) - top);
      total = total + e;
      store<T, lanes>(out_ + at(k), e, some);
    }
    for (std::int64_t k = k0; k < k1; ++k)
      store<T, lanes>(out_ + at(k), load<T, lanes>(static_cast<const T*>(out_) + at(k), some) / total, some);
  }

  const edge_groups& groups_;
  const T* in_;
  T* out_;
  std::int64_t width_;
  first_lanes<T, lanes> row_;  // a row narrower than a pack
};

template <element T>
basic_tensor<T> softmax_of_groups(const basic_tensor<T>& scores, const edge_groups& groups, std::string_view operation,
                                  std::string_view rows) {
  static_assert(std::floating_point<T>, "a softmax needs float or double scores");
  check(scores.defined() && scores.rows() == groups.num_edges, operation, "scores has ", scores.rows(),
        " rows, expected ", groups.num_edges, " ", rows);
  auto out = basic_tensor<T>::uninitialized(scores.shape());
  if (scores.size() > 0) softmax_kernel<T>(groups, scores.data(), out.data(), scores.width()).run();
  return out;
}

inline const edge_groups& groups_by(const adjacency& a, norm_by norm) {
  return norm == norm_by::dst ? a.in_edges() : a.out_edges();
}

}  // namespace impl

/// exp(score) over the sum of exp(score) of all edges with the same destination (or source), feature by feature and
/// safe from overflow: shape of `scores`, (num_edges, dims...). Where all scores of a node are -inf the result is NaN,
/// as in torch. Throws for another number of rows.
template <tensor_like Scores>
auto edge_softmax(const graph& g, const Scores& scores, norm_by norm = norm_by::dst) {
  return impl::softmax_of_groups(as_tensor(scores), impl::groups_by(g.topology(), norm), "edge_softmax", "edges");
}

/// The same among the edges of `edge_ids` alone: row i of scores and result belongs to edge edge_ids[i].
template <tensor_like Scores>
auto edge_softmax(const graph& g, const Scores& scores, const id_list& edge_ids, norm_by norm = norm_by::dst) {
  const adjacency some = g.topology().subset(edge_ids);
  return impl::softmax_of_groups(as_tensor(scores), impl::groups_by(some, norm), "edge_softmax", "edges of the subset");
}

}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
