// Measures of how well scores order, against pairs counted one by one.
#include <edgefold/models/ranking.hpp>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <support/property.hpp>
#include <support/thread_counts.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

using bools = basic_tensor<bool>;
using numbers = basic_tensor<double>;

// Few different scores: many are equal.
numbers some_scores(const shape_type& shape) {
  numbers s(shape);
  const std::int64_t values = *rc::gen::inRange(1, 12);
  const auto drawn = random_integers(shape, values, *rc::gen::inRange<std::uint64_t>(0, 1000000));
  for (std::int64_t i = 0; i < s.size(); ++i) s.mutable_data()[i] = static_cast<double>(drawn.data()[i]) / 3 - 1;
  return s;
}

double naive_auc(const numbers& s, const bools& labels) {
  double right = 0, pairs = 0;
  for (std::int64_t i = 0; i < s.size(); ++i)
    for (std::int64_t j = 0; j < s.size(); ++j)
      if (labels.at(i) && !labels.at(j)) {
        ++pairs;
        right += s.at(i) > s.at(j) ? 1 : s.at(i) == s.at(j) ? 0.5 : 0;
      }
  return right / pairs;
}

// The mean of the places that the answer may have in a sorted list of the candidates that count.
double naive_rank(const numbers& s, std::int64_t query, std::int64_t answer, const graph& known) {
  std::vector<double> rivals;
  for (std::int64_t c = 0; c < s.width(); ++c)
    if (c != answer && !known.has_edge(static_cast<vertex_id>(query), static_cast<vertex_id>(c)))
      rivals.push_back(s.at(query, c));
  double first = 1, last = 1;
  for (const double r : rivals) first += r > s.at(query, answer), last += r >= s.at(query, answer);
  return (first + last) / 2;
}

graph none_known(std::int64_t queries, std::int64_t candidates) {
  return graph::bipartite({}, {}, queries, candidates);
}

TEST_CASE("auc by hand") {
  const bools labels({4}, {false, false, true, true});
  CHECK(auc(tensor({4}, {0.1F, 0.4F, 0.35F, 0.8F}), labels) == 0.75);  // the example of scikit-learn's roc_auc_score
  CHECK(auc(tensor({4, 1}, {1, 2, 3, 4}), labels) == 1);
  CHECK(auc(tensor({4}, {4, 3, 2, 1}), labels) == 0);
  CHECK(auc(tensor({4}, {7, 7, 7, 7}), labels) == 0.5);
  CHECK(auc(tensor({4}, {-INFINITY, 0, 0, INFINITY}), labels) == 0.875);
}

TEST_CASE("property: auc counts pairs") {
  check_property([] {
    const std::int64_t n = *rc::gen::inRange(2, 80);
    const numbers s = some_scores({n});
    bools labels = cast<bool>(random_integers({n}, 2, *rc::gen::inRange<std::uint64_t>(0, 1000000)));
    labels.mutable_data()[0] = true;
    labels.mutable_data()[n - 1] = false;
    RC_ASSERT(std::abs(auc(s, labels) - naive_auc(s, labels)) < 1e-12);
    RC_ASSERT(auc(cast<float>(s), labels) == auc(s, labels));
  });
}

TEST_CASE("ranks by hand") {
  const numbers s({2, 4}, {1, 3, 2, 2, 5, 5, 5, 5});
  CHECK(same_bits(filtered_ranks(s, {2, 0}, none_known(2, 4)), numbers({2}, {2.5, 2.5})));
  // 1 and 3 are known for query 0, 1 once more; the answer of query 1 is known too, and stays.
  const graph known = graph::bipartite({0, 0, 0, 1, 1}, {1, 1, 3, 0, 3}, 2, 4);
  CHECK(same_bits(filtered_ranks(s, {2, 0}, known), numbers({2}, {1, 2})));
  CHECK(filtered_ranks(numbers({0, 4}), {}, none_known(0, 4)).shape() == shape_type{0});
}

TEST_CASE("hits and reciprocal ranks by hand") {
  const numbers ranks({4}, {1, 2.5, 10, 11});
  CHECK(hits_at(ranks, 1) == 0.25);
  CHECK(hits_at(ranks, 2) == 0.25);
  CHECK(hits_at(ranks, 3) == 0.5);
  CHECK(hits_at(ranks, 10) == 0.75);
  CHECK(mean_reciprocal_rank(ranks) == doctest::Approx((1 + 0.4 + 0.1 + 1 / 11.0) / 4).epsilon(1e-15));
}

TEST_CASE("property: ranks are those of the candidates that are left") {
  check_property([] {
    const std::int64_t n = *rc::gen::inRange(1, 8), m = *rc::gen::inRange(1, 40);
    const numbers s = some_scores({n, m});
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000000);
    const std::int64_t edges = *rc::gen::inRange<std::int64_t>(0, 60);
    const graph known = graph::bipartite(random_integers({edges}, n, seed), random_integers({edges}, m, seed, 1), n, m);
    const auto answers = random_integers({n}, m, seed, 2);
    const numbers ranks = filtered_ranks(s, answers, known);
    for (std::int64_t i = 0; i < n; ++i) RC_ASSERT(ranks.at(i) == naive_rank(s, i, answers.at(i), known));
    RC_ASSERT(same_bits(filtered_ranks(cast<float>(s), answers, known), ranks));
    double reciprocal = 0, hits = 0;
    for (const double r : ranks.values()) reciprocal += 1 / r, hits += r <= 3;
    RC_ASSERT(std::abs(mean_reciprocal_rank(ranks) - reciprocal / static_cast<double>(n)) < 1e-15);
    RC_ASSERT(hits_at(ranks, 3) == hits / static_cast<double>(n));
  });
}

TEST_CASE("ranks of products: several blocks, any number of threads") {
  // Whole numbers, so that products are exact and many are equal; more scores than a block holds.
  const std::int64_t n = 90, m = 120'000;
  const auto q = cast<float>(random_integers({n, 3}, 4, 1)), c = cast<float>(random_integers({m, 3}, 4, 2));
  const graph known = graph::bipartite(random_integers({5000}, n, 3), random_integers({5000}, m, 4), n, m);
  const auto answers = random_integers({n}, m, 5);
  check_thread_counts([&] { return filtered_ranks(q, c, answers, known); });
  CHECK(same_bits(filtered_ranks(q, c, answers, known), filtered_ranks(matmul(q, transpose(c, 0, 1)), answers, known)));
}

TEST_CASE("constant scores are worth nothing") {
  const std::int64_t n = 50, m = 999;
  const auto ranks =
      filtered_ranks(ones<float>({n, 7}), ones<float>({m, 7}), random_integers({n}, m, 1), none_known(n, m));
  for (const double r : ranks.values()) CHECK(r == 500);
  CHECK(hits_at(ranks, 100) == 0);
}

TEST_CASE("ranking: what cannot be measured is refused") {
  const bools both({2}, {true, false});
  CHECK_THROWS_SAYING(auc(tensor({3}), both), std::invalid_argument, "[auc] there are 3 scores and 2 labels");
  CHECK_THROWS_SAYING(auc(tensor({2}), bools({2}, {true, true})), std::invalid_argument,
                      "[auc] there are 2 positives and 0 negatives");
  CHECK_THROWS_SAYING(auc(tensor({0}), bools(shape_type{0})), std::invalid_argument, "0 positives");
  CHECK_THROWS_SAYING(auc(tensor({2}, {1, NAN}), both), std::invalid_argument, "[auc] score 1 is NaN");

  const numbers s({2, 3});
  CHECK_THROWS_SAYING(filtered_ranks(s, {0}, none_known(2, 3)), std::invalid_argument,
                      "[filtered_ranks] there are 1 answers to 2 queries");
  CHECK_THROWS_SAYING(filtered_ranks(s, {0, 3}, none_known(2, 3)), std::invalid_argument,
                      "[filtered_ranks] answer 1 is 3, expected an id from 0 to 2");
  CHECK_THROWS_SAYING(filtered_ranks(s, {0, 0}, none_known(3, 2)), std::invalid_argument,
                      "known leads from 3 queries to 2 candidates, expected from 2 to 3");
  CHECK_THROWS_SAYING(filtered_ranks(numbers({2}), {0, 0}, none_known(2, 1)), std::invalid_argument,
                      "scores has shape (2)");
  CHECK_THROWS_SAYING(filtered_ranks(numbers({2, 2}, {0, 0, 0, NAN}), {0, 0}, none_known(2, 2)), std::invalid_argument,
                      "[filtered_ranks] a score of query 1 is NaN");
  CHECK_THROWS_SAYING(filtered_ranks(numbers({2, 4}), s, {0, 0}, none_known(2, 2)), std::invalid_argument,
                      "queries has shape (2, 4), candidates has shape (2, 3)");

  CHECK_THROWS_SAYING(hits_at(numbers({0}), 1), std::invalid_argument, "[hits_at] there are no ranks");
  CHECK_THROWS_SAYING(hits_at(numbers({1}, {1}), 0), std::invalid_argument, "k is 0");
  CHECK_THROWS_SAYING(hits_at(numbers({1}, {NAN}), 1), std::invalid_argument, "expected 1 or more");
  CHECK_THROWS_SAYING(mean_reciprocal_rank(numbers({0})), std::invalid_argument, "there are no ranks");
  CHECK_THROWS_SAYING(mean_reciprocal_rank(numbers({1}, {0.5})), std::invalid_argument, "a rank is 0.5");
}

}  // namespace
}  // namespace edgefold
