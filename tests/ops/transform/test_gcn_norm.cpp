// Edge weights of graph convolution.
#include <edgefold/ops/transform/gcn_norm.hpp>

#include <edgefold/ops/tensor/arithmetic.hpp>

#include <support/gradients.hpp>
#include <support/random_case.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

basic_tensor<double> naive(const graph& g, const tensor& weights) {
  std::vector<double> out(static_cast<std::size_t>(g.num_src())), in(static_cast<std::size_t>(g.num_dst()));
  const auto at = [](std::vector<double>& v, vertex_id i) -> double& { return v[static_cast<std::size_t>(i)]; };
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    at(out, g.source(e)) += static_cast<double>(weights.at(e));
    at(in, g.target(e)) += static_cast<double>(weights.at(e));
  }
  basic_tensor<double> all({g.num_edges(), 1});
  for (edge_id e = 0; e < g.num_edges(); ++e)
    all.mutable_data()[e] = static_cast<double>(weights.at(e)) / std::sqrt(at(out, g.source(e)) * at(in, g.target(e)));
  return all;
}

tensor weights_of(const graph& g) { return random_uniform({g.num_edges(), 1}, 4, 0.1F, 2.F); }

TEST_CASE("gcn_norm by hand") {
  const graph g({{0, 1}, {0, 2}, {2, 1}, {0, 0}, {0, 1}});  // out-degrees 4, 0, 1; in-degrees 1, 3, 1
  const basic_tensor<double> expected({5, 1}, {1 / std::sqrt(12), 0.5, 1 / std::sqrt(3), 0.5, 1 / std::sqrt(12)});
  CHECK(relative_difference(gcn_norm(g), expected) < 1e-6);
  CHECK(gcn_norm(graph({}, 3)).shape() == shape_type{0, 1});
}

TEST_CASE("property: gcn_norm divides by the roots of both sums") {
  check_property([] {
    const graph g = random_multigraph();
    RC_ASSERT(relative_difference(gcn_norm(g), naive(g, ones({g.num_edges(), 1}))) < 1e-6);
    RC_ASSERT(relative_difference(gcn_norm(g, weights_of(g)), naive(g, weights_of(g))) < 1e-6);
  });
}

TEST_CASE("gcn_norm of two vertex sets") {
  const graph g = graph::bipartite({0, 1, 1}, {3, 3, 0}, 2, 4);
  CHECK(relative_difference(gcn_norm(g, weights_of(g)), naive(g, weights_of(g))) < 1e-6);
}

TEST_CASE("gcn_norm has a gradient and does not depend on the number of threads") {
  const checked_function f = [](const inputs_of& x) { return gcn_norm(some_graph(), x[0]); };
  CHECK_GRADIENTS(f, {random_uniform<double>({some_graph().num_edges(), 1}, 4, 0.5, 2)});
  const graph g = generate::rmat(12, 60'000, 2);
  check_thread_counts([&] {
    tensor w = weights_of(g);
    w.set_requires_grad();
    gcn_norm(g, w).backward(random_normal(w.shape(), 5));
    return w.grad();
  });
}

TEST_CASE("gcn_norm refuses other shapes and weights that are not positive and finite") {
  const graph g({{0, 1}, {1, 0}});
  CHECK_THROWS_SAYING(gcn_norm(g, tensor({3, 1})), std::invalid_argument,
                      "[gcn_norm] the weights have shape (3, 1), expected (2, 1)");
  CHECK_THROWS_SAYING(gcn_norm(g, tensor()), std::invalid_argument, "expected (2, 1)");
  for (const float bad : {0.F, -1.F, NAN, INFINITY, -INFINITY})
    CHECK_THROWS_SAYING(gcn_norm(g, tensor({2, 1}, {1, bad})), std::invalid_argument,
                        "[gcn_norm] the weight of edge 1 is ");
}

}  // namespace
}  // namespace edgefold
