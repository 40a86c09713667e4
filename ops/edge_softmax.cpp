#include <edgefold/ops/edge_softmax.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/math.hpp>
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/core/simd/shuffle.hpp>
#include <edgefold/ops/kernel/schedule.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {
namespace {

template <class T>
constexpr int lanes = native_lanes<T>;
template <class T>
using lanes_of = pack<T, lanes<T>>;

template <class T>
[[gnu::always_inline]] inline lanes_of<T> read(const T* p, const first_lanes<T, lanes<T>>& some) {
  return load<T, lanes<T>>(p, some);
}

constexpr auto greater = [](const auto& a, const auto& b) { return max(a, b); };
constexpr auto sum = [](const auto& a, const auto& b) { return a + b; };

// y = exp(x - max) / sum(exp(x - max)). Where no row follows another, `row(p, k)` finds row k of array p.
template <class T>
struct softmax_rule {
  static constexpr std::size_t inputs = 1;
  using P = lanes_of<T>;
  static constexpr T lowest = -std::numeric_limits<T>::infinity();

  // n elements, those that agree modulo the period together.
  static void packed(const std::array<const T*, 1>& in, T* y, std::int64_t n, int period) {
    const T* x = in[0];
    const std::int64_t whole = n / lanes<T> * lanes<T>;
    const first_lanes<T, lanes<T>> all, some(static_cast<int>(n - whole));
    P top(lowest), tail(lowest);
    if (n > whole) {
      T padded[lanes<T>];
      std::fill_n(padded, lanes<T>, lowest);
      std::copy_n(x + whole, n - whole, padded);
      tail = read<T>(padded, all);
    }
    for (std::int64_t i = 0; i < whole; i += lanes<T>) top = max(top, read<T>(x + i, all));
    top = combine_modulo(max(top, tail), period, greater);
    partial_sums<P> sums;
    for (std::int64_t i = 0; i < whole; i += lanes<T>) {
      const P e = exp(read<T>(x + i, all) - top);
      sums.add(e);
      store<T, lanes<T>>(y + i, e, all);
    }
    tail = n > whole ? exp(tail - top) : P(0);
    const P total = combine_modulo(sums.total() + tail, period, sum);
    for (std::int64_t i = 0; i < whole; i += lanes<T>) store<T, lanes<T>>(y + i, read<T>(y + i, all) / total, all);
    if (n > whole) store<T, lanes<T>>(y + whole, tail / total, some);
  }

  // One pack of columns, row by row; the exponentials wait in the output.
  template <class Row>
  static void columns(const std::array<const T*, 1>& in, T* y, std::int64_t k0, std::int64_t k1, const Row& row,
                      const first_lanes<T, lanes<T>>& some) {
    P top(lowest);
    partial_sums<P> sums;
    for (std::int64_t k = k0; k < k1; ++k) top = max(top, read<T>(in[0] + row(k), some));
    for (std::int64_t k = k0; k < k1; ++k) {
      const P e = exp(read<T>(in[0] + row(k), some) - top);
      sums.add(e);
      store<T, lanes<T>>(y + row(k), e, some);
    }
    const P total = sums.total();
    for (std::int64_t k = k0; k < k1; ++k) store<T, lanes<T>>(y + row(k), read<T>(y + row(k), some) / total, some);
  }
};

// From y and the gradient g of y: y (g - sum(y g)).
template <class T>
struct softmax_vjp_rule {
  static constexpr std::size_t inputs = 2;
  using P = lanes_of<T>;

  static void packed(const std::array<const T*, 2>& in, T* dx, std::int64_t n, int period) {
    const T* const y = in[0];
    const T* const g = in[1];
    partial_sums<P> sums;
    auto each = [n](auto&& body) {
      std::int64_t i = 0;
      for (const first_lanes<T, lanes<T>> all; i + lanes<T> <= n; i += lanes<T>) body(i, all);
      if (i < n) body(i, first_lanes<T, lanes<T>>(static_cast<int>(n - i)));
    };
    each([&](std::int64_t i, const auto& some) { sums.add(read<T>(y + i, some) * read<T>(g + i, some)); });
    const P total = combine_modulo(sums.total(), period, sum);
    each([&](std::int64_t i, const auto& some) {
      store<T, lanes<T>>(dx + i, read<T>(y + i, some) * (read<T>(g + i, some) - total), some);
    });
  }

  template <class Row>
  static void columns(const std::array<const T*, 2>& in, T* dx, std::int64_t k0, std::int64_t k1, const Row& row,
                      const first_lanes<T, lanes<T>>& some) {
    partial_sums<P> sums;
    for (std::int64_t k = k0; k < k1; ++k) sums.add(read<T>(in[0] + row(k), some) * read<T>(in[1] + row(k), some));
    const P total = sums.total();
    for (std::int64_t k = k0; k < k1; ++k)
      store<T, lanes<T>>(dx + row(k), read<T>(in[0] + row(k), some) * (read<T>(in[1] + row(k), some) - total), some);
  }
};

// Applies a rule to the rows of each group of edges. Rows narrower than a pack and dividing it: several rows a pack, so
// that no lane is wasted; where they do not follow one another they are gathered first.
template <class T, class Rule>
class group_rows {
 public:
  using arrays = std::array<const T*, Rule::inputs>;
  group_rows(const edge_groups& groups, const arrays& in, T* out, std::int64_t width)
      : groups_(groups),
        in_(in),
        out_(out),
        width_(width),
        row_(static_cast<int>(std::min<std::int64_t>(width, lanes<T>))) {}

  void run() const {
    detail::for_each_group(
        groups_, 4 * width_, [] { return std::vector<T>(); },
        [&](std::vector<T>& scratch, std::int64_t v) {
          if (groups_.degree(v) > 0) group(groups_.offsets[v], groups_.offsets[v + 1], scratch);
        });
  }

 private:
  void group(std::int64_t k0, std::int64_t k1, std::vector<T>& scratch) const {
    if (lanes<T> % width_ == 0) return packed(k0, k1, scratch);
    for (std::int64_t c = 0; c < width_; c += lanes<T>)
      Rule::columns(
          in_, out_, k0, k1, [&](std::int64_t k) { return groups_.id_at(k) * width_ + c; },
          first_lanes<T, lanes<T>>(static_cast<int>(std::min<std::int64_t>(lanes<T>, width_ - c))));
  }

  void packed(std::int64_t k0, std::int64_t k1, std::vector<T>& scratch) const {
    const std::int64_t n = (k1 - k0) * width_;
    arrays in = in_;
    if (!groups_.edge_ids && !groups_.wide_edge_ids) {
      for (const T*& p : in) p += k0 * width_;
      return Rule::packed(in, out_ + k0 * width_, n, static_cast<int>(width_));
    }
    constexpr auto parts = static_cast<std::int64_t>(Rule::inputs) + 1;
    if (std::ssize(scratch) < parts * n) scratch.resize(static_cast<std::size_t>(2 * parts * n));
    T* to = scratch.data();
    for (const T*& p : in) {
      for (std::int64_t k = k0; k < k1; ++k) copy_row(p + groups_.id_at(k) * width_, to + (k - k0) * width_);
      p = to;
      to += n;
    }
    Rule::packed(in, to, n, static_cast<int>(width_));
    for (std::int64_t k = k0; k < k1; ++k) copy_row(to + (k - k0) * width_, out_ + groups_.id_at(k) * width_);
  }

  [[gnu::always_inline]] void copy_row(const T* from, T* to) const {
    if (width_ == 1) *to = *from;
    else store<T, lanes<T>>(to, read<T>(from, row_), row_);
  }

  const edge_groups& groups_;
  arrays in_;
  T* out_;
  std::int64_t width_;
  first_lanes<T, lanes<T>> row_;  // a row narrower than a pack
};

}  // namespace
}  // namespace impl
}  // namespace EDGEFOLD_ISA

namespace detail {

template <std::floating_point T>
basic_tensor<T> softmax_of_groups(const basic_tensor<T>& scores, const edge_groups& groups, std::string_view operation,
                                  std::string_view rows) {
  check(scores.defined() && scores.rows() == groups.num_edges, operation, "scores has ", scores.rows(),
        " rows, expected ", groups.num_edges, " ", rows);
  auto out = basic_tensor<T>::uninitialized(scores.shape());
  if (scores.size() > 0)
    impl::group_rows<T, impl::softmax_rule<T>>(groups, {scores.data()}, out.mutable_data(), scores.width()).run();
  if (needs_grad(scores))
    record(
        out,
        [groups, y = saved(out)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto dx = basic_tensor<T>::uninitialized(g.shape());
          if (g.size() > 0)
            impl::group_rows<T, impl::softmax_vjp_rule<T>>(groups, {y.get().data(), g.data()}, dx.mutable_data(),
                                                           g.width())
                .run();
          in.add(0, dx);
        },
        scores);
  return out;
}

template basic_tensor<float> softmax_of_groups(const basic_tensor<float>&, const edge_groups&, std::string_view,
                                               std::string_view);
template basic_tensor<double> softmax_of_groups(const basic_tensor<double>&, const edge_groups&, std::string_view,
                                                std::string_view);

}  // namespace detail
}  // namespace edgefold
