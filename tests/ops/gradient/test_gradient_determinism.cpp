// Gradients have the same bits for any number of threads: on a random graph, one with a hub, and one of few vertices
// with wide rows.
#include <edgefold/core/generators.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/edge_softmax.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/thread_counts.hpp>
#include <support/user_reducers.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

graph with_hub() {
  auto from = basic_tensor<std::int64_t>::uninitialized({120000}), to = from.clone();
  const auto ends = random_integers({240000}, 5000, 3);
  for (std::int64_t e = 0; e < 120000; ++e) {
    from.mutable_data()[e] = ends.at(e);
    to.mutable_data()[e] = e % 6 == 0 ? ends.at(120000 + e) : 17;  // 100,000 in-edges and a few
  }
  return graph::from_coo(from, to, 5000);
}

struct made {
  graph g;
  shape_type dims;
};
const std::vector<made>& graphs() {
  static const std::vector<made> all{{generate::random_uniform(2000, 30000, 1), {4, 8}},
                                     {with_hub(), {9}},
                                     {generate::complete_bipartite(6, 4), {2048}}};
  return all;
}

// The gradients of all three operands, one after another.
template <class Make>
void check_gradients(const made& on, const Make& make) {
  auto rows = [&](std::int64_t n, std::uint64_t stream) {
    shape_type shape = on.dims;
    shape.insert(shape.begin(), n);
    return random_normal(shape, 5, stream);
  };
  for (int which : {0, 1, 2})
    check_thread_counts([&] {
      std::array<tensor, 3> x{rows(on.g.num_vertices(), 0), rows(on.g.num_vertices(), 1), rows(on.g.num_edges(), 2)};
      if (which == 2) x[2] = random_normal({1, 1}, 5, 3);
      for (tensor& t : x) t.set_requires_grad();
      const tensor out = make(on.g, x, which == 2);
      out.backward(random_normal(out.shape(), 6));
      return x[static_cast<std::size_t>(which)].grad();
    });
}

// One functor for all reducers, of which what they share is compiled once.
struct mixed {
  template <class U, class V, class E>
  auto operator()(const U& u, const V& v, const E& e) const {
    return u * e + v * tanh(e);
  }
};

template <class R>
void check_thread_counts_of(const R& r) {
  for (const made& on : graphs())
    check_gradients(on, [&](const graph& g, const std::array<tensor, 3>& x, bool shared_row) {
      const auto last = shared_row ? edgefold::shared(x[2]) : edge(x[2]);
      return update_all(g, message(mixed{}, src(x[0]), dst(x[1]), last), r);
    });
}

TEST_CASE("determinism: gradients of closed forms") {
  check_thread_counts_of(reduce::sum{});
  check_thread_counts_of(reduce::max{});
  check_thread_counts_of(reduce::log_sum_exp{});
}
TEST_CASE("determinism: gradients of a fold that says nothing about them") {
  check_thread_counts_of(running_log_sum_exp{});
}
TEST_CASE("determinism: gradients of attention") {
  for (const made& on : graphs())
    check_gradients(on, [&](const graph& g, const std::array<tensor, 3>& x, bool shared_row) {
      const auto last = shared_row ? edgefold::shared(x[2]) : edge(x[2]);
      const tensor score =
          apply_edges(g, sum_last(message([](auto u, auto v, auto e) { return e * leaky_relu(u + v, 0.2); }, src(x[0]),
                                          dst(x[1]), last)));
      return update_all(g, mul(edge(edge_softmax(g, score)), src(x[0])), reduce::sum{}) + x[1] * x[1];
    });
}

TEST_CASE("gradients: a hub, against the same edges spread over vertices of their own") {
  // 20,000 edges into one vertex, summed in chunks: the gradient of the shared row is that of a plain sum.
  const std::int64_t n = 20000;
  const graph g = generate::star(n + 1);
  basic_tensor<double> x = random_normal<double>({n + 1, 3}, 1), s({1, 3}, {2, 3, 4});
  x.set_requires_grad();
  s.set_requires_grad();
  update_all(g, mul(src(x), edgefold::shared(s)), reduce::sum{}).backward(ones<double>({n + 1, 3}));
  for (std::int64_t c = 0; c < 3; ++c) {
    double total = 0;
    double worst = 0;
    for (std::int64_t v = 1; v <= n; ++v) {
      total += x.at(v, c);
      worst = std::max(worst, std::abs(x.grad().at(v, c) - s.at(0, c)));
    }
    CHECK(worst == 0);
    CHECK(s.grad().at(0, c) == doctest::Approx(total).epsilon(1e-12));
  }
}

}  // namespace
}  // namespace edgefold
