// Long sums in gradients keep their digits: each is compared with its terms added up in double.
#include <edgefold/ops/gradient/row_parts.hpp>

#include <edgefold/edgefold.hpp>

#include <support/thread_counts.hpp>

#include <doctest/doctest.h>

namespace edgefold {
namespace {

constexpr double few_roundings = 2e-6;

void check_digits(const tensor& sums, double exact) {
  double worst = 0;
  for (std::int64_t i = 0; i < sums.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(sums.data()[i]) / exact - 1));
  CHECK(worst < few_roundings);
}

// Edges that all arrive at vertex 1 of two.
graph star(std::int64_t edges) {
  const std::vector<std::int32_t> from(static_cast<std::size_t>(edges), 0), to(static_cast<std::size_t>(edges), 1);
  return graph::from_coo(from, to, 2);
}

// Degrees: of one part, of some, of parts of parts, of a hub. Rows: narrow, of full packs, wide.
template <class Gradient>
void check_lengths(const Gradient& gradient) {
  for (const std::int64_t edges : {1, 32, 33, 64, 65, 1100, 8000, 50'000})
    for (const std::int64_t width : {1, 3, 64, 2048}) {
      if (edges * width > 20'000'000) continue;
      CAPTURE(edges);
      CAPTURE(width);
      testing::check_thread_counts([&] {
        tensor sums = gradient(star(edges), edges, width);
        check_digits(sums, static_cast<double>(0.1F) * static_cast<double>(edges));
        return sums;
      });
    }
}

tensor row(const tensor& x, int i) { return gather_rows(x, {i}); }

TEST_CASE("gradients of destinations and sources") {
  check_lengths([](const graph& g, std::int64_t edges, std::int64_t width) {
    tensor x = ones({2, width}), w = full({edges, width}, 0.1F);
    x.set_requires_grad();
    apply_edges(g, mul(dst(x), edge(w))).backward(ones({edges, width}));
    return row(x.grad(), 1);
  });
  check_lengths([](const graph& g, std::int64_t edges, std::int64_t width) {
    tensor x = ones({2, width});
    x.set_requires_grad();
    apply_edges(g, message([](auto u, auto v) { return u * v; }, src(x), dst(zeros({2, width}) + 0.1F)))
        .backward(ones({edges, width}));
    return row(x.grad(), 0);
  });
}

TEST_CASE("gradients by a user's vjp of rows") {
  check_lengths([](const graph& g, std::int64_t edges, std::int64_t width) {
    tensor x = ones({2, width});
    x.set_requires_grad();
    const auto m = message_rows(
        width, [](const auto& v) { return (0.1F * v).eval(); },
        [](const auto& up, const auto&) { return (0.1F * up).eval(); }, dst(x));
    apply_edges(g, m).backward(ones({edges, width}));
    return row(x.grad(), 1);
  });
}

TEST_CASE("gradients of rows that are gathered often") {
  for (const std::int64_t rows : {2, 40'000}) {
    tensor x = ones({rows, 3});
    x.set_requires_grad();
    const std::vector<std::int64_t> ids(20'000, 1);
    gather_rows(x, ids).backward(full({20'000, 3}, 0.1F));
    check_digits(row(x.grad(), 1), static_cast<double>(0.1F) * 20'000);
  }
}

}  // namespace
}  // namespace edgefold
