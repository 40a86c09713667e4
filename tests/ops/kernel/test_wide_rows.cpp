// Rows of so many tiles that kernels take few edges of a vertex at a time.
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/kernel/schedule.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/core/simd/pack.hpp>

#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// Four full packs a tile, and a part of one.
constexpr std::int64_t width = static_cast<std::int64_t>(detail::wide_tiles) * 4 * impl::native_lanes<float> + 3,
                       piece = 61;

// 30 vertices with some 70 edges into each, a hub with more than is folded in one piece, one that no edge reaches.
const graph& crowd() {
  static const graph g = [] {
    const auto a = random_integers({11'000}, 30, 1), b = random_integers({11'000}, 30, 2);
    std::vector<std::int64_t> src, dst;
    for (std::int64_t i = 0; i < a.size(); ++i)
      src.push_back(a.at(i)), dst.push_back(i < detail::hub_degree + 700 ? 30 : b.at(i));
    return graph::from_coo(src, dst, 32);
  }();
  return g;
}

template <class R>
void check_fold(const R& reducer) {
  const tensor x = random_normal({32, width}, 3), w = random_normal({11'000, 1}, 4);
  const auto fold = [&](const tensor& columns) { return update_all(crowd(), u_mul_e(columns, w), reducer); };
  const tensor y = fold(x);
  for (std::int64_t c = 0; c < width; c += piece * 9) {
    const std::int64_t end = std::min(c + piece, width);
    CHECK(same_bits(slice(y, 1, c, end), fold(slice(x, 1, c, end))));
  }
  check_thread_counts([&] { return fold(x); });
}

TEST_CASE("wide rows: folds have the bits of narrow ones") {
  check_fold(reduce::sum{});
  check_fold(reduce::max{.empty = -1});
  check_fold(reduce::std{});  // in blocks of messages
}

TEST_CASE("wide rows: gradients are those of narrow ones") {
  const tensor seed = random_normal({32, width}, 5);
  tensor x = random_normal({32, width}, 6), y = random_normal({32, width}, 7), w = random_normal({11'000, 1}, 8);
  for (tensor* t : {&x, &y, &w}) t->set_requires_grad();
  const auto gradients = [&](std::int64_t begin, std::int64_t end) {
    for (tensor* t : {&x, &y, &w}) t->zero_grad();
    const auto cut = [&](const tensor& t) { return end - begin == width ? t : slice(t, 1, begin, end); };
    const auto f = [](auto u, auto v, auto e) { return u * v + e * v; };
    update_all(crowd(), message(f, src(cut(x)), dst(cut(y)), edge(w)), reduce::mean{}).backward(cut(seed));
    return std::array{x.grad(), y.grad(), w.grad()};
  };
  const auto whole = gradients(0, width);
  tensor edges({11'000, 1});
  for (std::int64_t c = 0; c < width; c += piece) {
    const std::int64_t end = std::min(c + piece, width);
    const auto part = gradients(c, end);
    for (std::size_t i : {0U, 1U})
      CHECK(relative_difference(slice(whole[i], 1, c, end), slice(part[i], 1, c, end)) < 1e-5);
    edges.mutable_matrix() += part[2].matrix();
  }
  CHECK(relative_difference(whole[2], edges) < 1e-4);
  for (std::size_t i : {0U, 1U, 2U}) check_thread_counts([&] { return gradients(0, width)[i]; });
}

}  // namespace
}  // namespace edgefold
