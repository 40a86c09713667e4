// Scores of pairs and triples against sums in a loop.
#include <edgefold/models/link_decoder.hpp>

#include <edgefold/models/ranking.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <support/gradients.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

using ids = basic_tensor<std::int64_t>;
using numbers = basic_tensor<double>;

numbers naive(const numbers& x, const numbers& w, const ids& h, const ids& r, const ids& t) {
  numbers s({h.rows(), 1});
  for (std::int64_t i = 0; i < h.rows(); ++i)
    for (std::int64_t k = 0; k < x.width(); ++k)
      s.mutable_data()[i] += x.at(h.at(i), k) * w.at(r.at(i), k) * x.at(t.at(i), k);
  return s;
}

TEST_CASE("dot and DistMult add up products") {
  for (const std::int64_t width : {1, 5, 16, 67}) {
    CAPTURE(width);
    const auto x = random_normal<double>({9, width}, 1), w = random_normal<double>({4, width}, 2);
    const ids h = random_integers({200}, 9, 3), r = random_integers({200}, 4, 4), t = random_integers({200}, 9, 5);
    const numbers dots = naive(x, ones<double>({4, width}), h, r, t), triples = naive(x, w, h, r, t);
    CHECK(relative_difference(dot_decoder(x, h, t), dots) < 1e-13);
    CHECK(relative_difference(dot_decoder(cast<float>(x), h, t), dots) < 1e-5);
    CHECK(relative_difference(distmult_scores(x, w, h, r, t), triples) < 1e-13);
    distmult d(4, width);
    d.weight = cast<float>(w);
    CHECK(relative_difference(d(cast<float>(x), h, r, t), triples) < 1e-5);
    CHECK(relative_difference(d(cast<float>(x), t, r, h), triples) < 1e-5);
  }
  CHECK(dot_decoder(tensor({3, 2}), {}, {}).shape() == shape_type{0, 1});
}

TEST_CASE("decoders pass gradients on to vertices and relations") {
  const ids h({6}, {0, 0, 2, 3, 1, 0}), r({6}, {1, 0, 1, 1, 0, 1}), t({6}, {1, 1, 2, 0, 4, 1});  // a loop, one twice
  CHECK_GRADIENTS([&](const inputs_of& in) { return dot_decoder(in[0], h, t); }, {normal(5, {3})});
  CHECK_GRADIENTS([&](const inputs_of& in) { return distmult_scores(in[0], in[1], h, r, t); },
                  {normal(5, {3}), normal(2, {3}, 1)});
}

TEST_CASE("decoders: any number of threads gives the same bits") {
  const tensor x = random_normal({300, 33}, 1);
  const ids h = random_integers({20'000}, 300, 2), r = random_integers({20'000}, 7, 3),
            t = random_integers({20'000}, 300, 4);
  check_thread_counts([&] {
    tensor own = x.clone();
    own.set_requires_grad();
    distmult d(7, 33, 5);
    const tensor triples = d(own, h, r, t), pairs = dot_decoder(own, h, t);
    triples.backward(random_normal({20'000, 1}, 6));
    pairs.backward(random_normal({20'000, 1}, 7));
    return concat({triples.detach(), pairs.detach(), own.grad().reshape({-1, 1}), d.weight.grad().reshape({-1, 1})}, 0);
  });
}

TEST_CASE("DistMult: queries score all tails and all heads") {
  const tensor x = random_normal({8, 6}, 1);
  const distmult d(3, 6, 2);
  CHECK(named_parameters(d).at(0).first == "weight");
  const tensor scores = matmul(d.query(x, {5, 1}, {2, 0}), transpose(x, 0, 1));
  for (std::int32_t v = 0; v < 8; ++v) {
    CHECK(scores.at(0, v) == doctest::Approx(d(x, {5}, {2}, {v}).item()).epsilon(1e-5));
    CHECK(scores.at(1, v) == doctest::Approx(d(x, {v}, {0}, {1}).item()).epsilon(1e-5));
  }
}

TEST_CASE("decoders: bad input") {
  const tensor x({3, 2}), w({2, 2});
  CHECK_THROWS_SAYING(dot_decoder(x, {0, 1}, {0}), std::invalid_argument,
                      "[dot_decoder] there are 2 sources and 1 targets");
  CHECK_THROWS_SAYING(dot_decoder(x, {3}, {0}), std::invalid_argument, "[dot_decoder] source 0 is 3");
  CHECK_THROWS_SAYING(dot_decoder(x, {0}, {-1}), std::invalid_argument, "[dot_decoder] target 0 is -1");
  CHECK_THROWS_SAYING(dot_decoder(tensor({3}), {0}, {0}), std::invalid_argument, "x has shape (3)");
  CHECK_THROWS_SAYING(distmult_scores(x, w, {0}, {2}, {0}), std::invalid_argument, "[distmult] relation 0 is 2");
  CHECK_THROWS_SAYING(distmult_scores(x, w, {0}, {}, {0}), std::invalid_argument, "there are 0 relations to 1 heads");
  CHECK_THROWS_SAYING(distmult_scores(x, tensor({2, 3}), {0}, {0}, {0}), std::invalid_argument,
                      "w has shape (2, 3), expected (relations, 2)");
}

}  // namespace
}  // namespace edgefold
