#include <edgefold/ops/edge_softmax.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/private/softmax_rows.hpp>
#include <edgefold/ops/kernel/schedule.hpp>

#include <algorithm>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {
namespace {

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
        row_(static_cast<int>(std::min<std::int64_t>(width, lanes))) {}

  void run() const {
    detail::for_each_group(
        groups_, 4 * width_, [] { return buffer<T>(); },
        [&](buffer<T>& scratch, std::int64_t v) {
          if (groups_.degree(v) > 0) group(groups_.offsets[v], groups_.offsets[v + 1], scratch);
        });
  }

 private:
  void group(std::int64_t k0, std::int64_t k1, buffer<T>& scratch) const {
    if (lanes % width_ == 0) return packed(k0, k1, scratch);
    for (std::int64_t c = 0; c < width_; c += lanes)
      Rule::columns(
          in_, out_, k0, k1, [&](std::int64_t k) { return groups_.id_at(k) * width_ + c; },
          first_lanes<T, lanes>(static_cast<int>(std::min<std::int64_t>(lanes, width_ - c))));
  }

  void packed(std::int64_t k0, std::int64_t k1, buffer<T>& scratch) const {
    const std::int64_t n = (k1 - k0) * width_;
    arrays in = in_;
    if (!groups_.edge_ids && !groups_.wide_edge_ids) {
      for (const T*& p : in) p += k0 * width_;
      return Rule::packed(in, out_ + k0 * width_, n, static_cast<int>(width_));
    }
    constexpr auto parts = static_cast<std::int64_t>(Rule::inputs) + 1;
    T* to = scratch.at_least(parts * n);
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
    else store(to, load(from, row_), row_);
  }

  static constexpr int lanes = native_lanes<T>;
  const edge_groups& groups_;
  arrays in_;
  T* out_;
  std::int64_t width_;
  first_lanes<T, lanes> row_;  // a row narrower than a pack
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
    impl::group_rows<T, impl::softmax_rows<T>>(groups, {scores.data()}, out.mutable_data(), scores.width()).run();
  if (needs_grad(scores))
    record(
        out,
        [groups, y = saved(out)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto dx = basic_tensor<T>::uninitialized(g.shape());
          if (g.size() > 0)
            impl::group_rows<T, impl::softmax_rows_vjp<T>>(groups, {y.get().data(), g.data()}, dx.mutable_data(),
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
