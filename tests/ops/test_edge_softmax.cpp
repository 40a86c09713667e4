// edge_softmax: by destination and by source, on all edges and on some.
#include <edgefold/core/random.hpp>
#include <edgefold/ops/edge_softmax.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

// exp(score) over the sum of them within each group of `ends`, in double.
template <element T>
naive_rows naive_softmax(const basic_tensor<T>& scores, const std::vector<vertex_id>& ends) {
  naive_rows x = as_doubles(scores);
  const auto width = static_cast<std::size_t>(x.width()), rows = static_cast<std::size_t>(x.rows);
  std::vector<double> out(x.values.size());
  for (std::size_t e = 0; e < rows; ++e)
    for (std::size_t c = 0; c < width; ++c) {
      double sum = 0;
      for (std::size_t f = 0; f < rows; ++f)
        if (ends[f] == ends[e]) sum += std::exp(x.values[f * width + c] - x.values[e * width + c]);
      out[e * width + c] = 1 / sum;
    }
  x.values = out;
  return x;
}

std::vector<vertex_id> ends_of(const graph& g, norm_by by) {
  const vertex_id* p = by == norm_by::dst ? g.topology().targets() : g.topology().sources();
  return {p, p + g.num_edges()};
}

template <element T>
void check_softmax(double tolerance) {
  check_property([=] {
    const graph g = random_multigraph();
    shape_type shape = random_dims();
    shape.insert(shape.begin(), g.num_edges());
    basic_tensor<T> x = random_normal<T>(shape, *rc::gen::inRange<std::uint64_t>(0, 1000));
    x.mutable_array() *= static_cast<T>(20);
    for (norm_by by : {norm_by::dst, norm_by::src}) {
      const auto out = edge_softmax(g, x, by);
      RC_ASSERT(difference(out, naive_softmax(x, ends_of(g, by))) <= tolerance);
      // Each share relative to itself, the small ones too (below the least normal number there are no digits left).
      const naive_rows expected = naive_softmax(x, ends_of(g, by));
      for (std::int64_t i = 0; i < out.size(); ++i) {
        const double e = expected.values[static_cast<std::size_t>(i)];
        RC_ASSERT(e < 1e-30 || std::abs(static_cast<double>(out.data()[i]) - e) <= 20 * tolerance * e);
      }
    }
  });
}

TEST_CASE("property: edge_softmax of float") { check_softmax<float>(1e-6); }
TEST_CASE("property: edge_softmax of double") { check_softmax<double>(1e-14); }

TEST_CASE("property: edge_softmax on a subset of edges") {
  check_property([] {
    const graph g = random_multigraph();
    RC_PRE(g.num_edges() > 0);
    auto ids =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, g.num_edges())).as("subset");
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (*rc::gen::arbitrary<bool>()) std::reverse(ids.begin(), ids.end());
    const std::int64_t width = *rc::gen::inRange<std::int64_t>(1, 20);
    const tensor x = random_normal({std::ssize(ids), width}, 5);
    for (norm_by by : {norm_by::dst, norm_by::src}) {
      const auto all = ends_of(g, by);
      std::vector<vertex_id> ends;
      for (std::int64_t e : ids) ends.push_back(all[static_cast<std::size_t>(e)]);
      RC_ASSERT(difference(edge_softmax(g, x, ids, by), naive_softmax(x, ends)) <= 1e-6);
    }
  });
}

TEST_CASE("by hand: the default is by destination") {
  const graph g({{0, 1}, {2, 1}, {0, 2}});
  const tensor x({3, 1}, {0, std::log(3.f), 7});
  const tensor by_dst = edge_softmax(g, x), by_src = edge_softmax(g, x, norm_by::src);
  CHECK(by_dst.at(0) == doctest::Approx(0.25));
  CHECK(by_dst.at(1) == doctest::Approx(0.75));
  CHECK(by_dst.at(2) == 1);
  CHECK(by_src.at(0) == doctest::Approx(1 / (1 + std::exp(7.))));
  CHECK(by_src.at(1) == 1);
}

TEST_CASE("large scores do not overflow, masked edges get 0") {
  const graph g({{0, 0}, {0, 0}, {0, 0}});
  for (std::int64_t width : {1, 2, 3, 16, 19}) {
    CAPTURE(width);
    tensor x({3, width});
    x.mutable_array().row(0) = 3e38f;
    x.mutable_array().row(1) = 3e38f;
    x.mutable_array().row(2) = -inf;
    const tensor out = edge_softmax(g, x);
    CHECK((out.array().topRows(2) == 0.5f).all());
    CHECK((out.array().row(2) == 0).all());
    x.mutable_array() = -inf;
    CHECK(edge_softmax(g, x).array().isNaN().all());  // as torch
  }
}

TEST_CASE("NaN stays in its column and its vertex") {
  const graph g({{0, 0}, {1, 0}, {0, 1}});
  for (std::int64_t width : {2, 4, 5, 33}) {
    CAPTURE(width);
    tensor x({3, width});
    x.mutable_data()[1] = NAN;
    const tensor out = edge_softmax(g, x);
    for (std::int64_t e = 0; e < 3; ++e)
      for (std::int64_t c = 0; c < width; ++c) CHECK(std::isnan(out.at(e, c)) == (c == 1 && e < 2));
  }
}

TEST_CASE("a value does not depend on the column it stands in") {
  const graph g = graph::from_coo(random_integers({3000}, 20, 1), random_integers({3000}, 20, 2), 20);
  const tensor one = random_normal({3000, 1}, 3);
  for (std::int64_t width : {2, 3, 8, 16, 67}) {
    CAPTURE(width);
    const tensor out = edge_softmax(g, tensor::from(one.matrix().replicate(1, width)), norm_by::src);
    CHECK(same_bits(out, tensor::from(out.matrix().col(0).replicate(1, width))));
  }
}

TEST_CASE("shapes, columns, no edges, no features") {
  graph g({{0, 1}, {1, 1}});
  g.edata["s"] = tensor({2, 3, 1});
  CHECK(edge_softmax(g, g.edata["s"]).shape() == shape_type{2, 3, 1});
  CHECK((edge_softmax(g, g.edata["s"]).array() == 0.5f).all());
  CHECK(edge_softmax(graph({}, 4), tensor({0, 3})).shape() == shape_type{0, 3});
  CHECK(edge_softmax(g, tensor({2, 0})).shape() == shape_type{2, 0});
  CHECK(same_bits(edge_softmax(g, tensor({2})), tensor({2}, {0.5f, 0.5f})));
  const tensor x = ones({2, 1});
  edge_softmax(g, x);
  CHECK(same_bits(x, ones({2, 1})));  // the scores are not written to
}

TEST_CASE("the weights of a vertex with many edges add up to 1") {
  constexpr std::int64_t n = 300'000;
  const basic_tensor<std::int32_t> zeros({n});
  const graph g = graph::from_coo(zeros, zeros, 1);
  for (std::int64_t width : {1, 4, 3}) {
    CAPTURE(width);
    tensor scores = full<float>({n, width}, -2.3f);
    for (std::int64_t c = 0; c < width; ++c) scores.mutable_data()[c] = 0;
    const tensor weights = edge_softmax(g, scores);
    for (std::int64_t c = 0; c < width; ++c)
      CHECK(cast<double>(weights).matrix().col(c).sum() == doctest::Approx(1).epsilon(1e-6));
  }
}

}  // namespace
}  // namespace edgefold
