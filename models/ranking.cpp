#include <edgefold/models/ranking.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold {
namespace {

// Where the answer stands among n scores; `known` is scratch that may change. NaN where a score is NaN.
template <class T>
double rank_of(const T* scores, std::int64_t n, vertex_id answer, std::vector<vertex_id>& known) {
  const T own = scores[answer];
  std::int64_t above = 0, equal = 0, numbers = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    above += scores[i] > own;
    equal += scores[i] == own;
    numbers += scores[i] == scores[i];
  }
  if (numbers != n) return std::numeric_limits<double>::quiet_NaN();
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const vertex_id i : known) {
    if (i == answer) continue;
    above -= scores[i] > own;
    equal -= scores[i] == own;
  }
  return 1 + static_cast<double>(above) + static_cast<double>(equal - 1) / 2;
}

void check_queries(std::int64_t queries, std::int64_t candidates, const id_list& answers, const graph& known) {
  check(answers.size() == queries, "filtered_ranks", "there are ", answers.size(), " answers to ", queries, " queries");
  check(known.num_src() == queries && known.num_dst() == candidates, "filtered_ranks", "known leads from ",
        known.num_src(), " queries to ", known.num_dst(), " candidates, expected from ", queries, " to ", candidates);
  answers.check_range(candidates, "filtered_ranks", "answer");
}

// The ranks of the queries from `first` on, of which `scores` has the rows.
template <class T>
void rank_rows(const basic_tensor<T>& scores, std::int64_t first, const id_list& answers, const edge_groups& known,
               double* ranks) {
  const std::int64_t n = scores.width();
  parallel_for(scores.rows(), std::max<std::int64_t>(1, (1 << 15) / n), [&](std::int64_t begin, std::int64_t end) {
    std::vector<vertex_id> some;
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t query = first + row;
      some.assign(known.neighbors + known.offsets[query], known.neighbors + known.offsets[query + 1]);
      ranks[query] = rank_of(scores.data() + row * n, n, static_cast<vertex_id>(answers[query]), some);
    }
  });
}

void check_numbers(const basic_tensor<double>& ranks) {
  for (std::int64_t i = 0; i < ranks.size(); ++i)
    check(!std::isnan(ranks.at(i)), "filtered_ranks", "a score of query ", i, " is NaN");
}

void check_ranks(const basic_tensor<double>& ranks, std::string_view operation) {
  check(ranks.size() > 0, operation, "there are no ranks");
  for (const double r : ranks.values()) check(r >= 1, operation, "a rank is ", r, ", expected 1 or more");
}

}  // namespace

template <std::floating_point T>
double auc(const basic_tensor<T>& scores, const basic_tensor<bool>& labels) {
  check(scores.size() == labels.size(), "auc", "there are ", scores.size(), " scores and ", labels.size(), " labels");
  std::vector<std::pair<T, bool>> items;
  items.reserve(static_cast<std::size_t>(scores.size()));
  std::int64_t positives = 0;
  for (std::int64_t i = 0; i < scores.size(); ++i) {
    const T s = scores.data()[i];
    check(!std::isnan(s), "auc", "score ", i, " is NaN");
    items.emplace_back(s, labels.data()[i]);
    positives += labels.data()[i];
  }
  const std::int64_t negatives = scores.size() - positives;
  check(positives > 0 && negatives > 0, "auc", "there are ", positives, " positives and ", negatives,
        " negatives, expected some of both");
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t twice = 0, below = 0;  // pairs in the right order, each counted twice; negatives passed
  for (auto group = items.begin(); group != items.end();) {
    std::int64_t of_label[2] = {0, 0};
    const T score = group->first;
    for (; group != items.end() && group->first == score; ++group) ++of_label[group->second];
    twice += of_label[1] * (2 * below + of_label[0]);
    below += of_label[0];
  }
  return static_cast<double>(twice) / 2 / static_cast<double>(positives) / static_cast<double>(negatives);
}

template <std::floating_point T>
basic_tensor<double> filtered_ranks(const basic_tensor<T>& scores, const id_list& answers, const graph& known) {
  check(scores.num_dims() == 2, "filtered_ranks", "scores has shape ", scores.shape(),
        ", expected (queries, candidates)");
  check_queries(scores.rows(), scores.width(), answers, known);
  basic_tensor<double> ranks({scores.rows()});
  if (scores.size() > 0) rank_rows(scores, 0, answers, known.topology().out_edges(), ranks.mutable_data());
  check_numbers(ranks);
  return ranks;
}

template <std::floating_point T>
basic_tensor<double> filtered_ranks(const basic_tensor<T>& queries, const basic_tensor<T>& candidates,
                                    const id_list& answers, const graph& known) {
  check(queries.num_dims() == 2 && candidates.num_dims() == 2 && queries.width() == candidates.width(),
        "filtered_ranks", "queries has shape ", queries.shape(), ", candidates has shape ", candidates.shape(),
        ", expected (queries, features) and (candidates, features)");
  check_queries(queries.rows(), candidates.rows(), answers, known);
  const no_grad scope;
  basic_tensor<double> ranks({queries.rows()});
  const auto columns = transpose(candidates, 0, 1);
  const std::int64_t block = std::max<std::int64_t>(1, (1 << 22) / std::max<std::int64_t>(1, candidates.rows()));
  for (std::int64_t first = 0; first < queries.rows(); first += block) {
    const std::int64_t end = std::min(first + block, queries.rows());
    rank_rows(matmul(slice(queries, 0, first, end), columns), first, answers, known.topology().out_edges(),
              ranks.mutable_data());
  }
  check_numbers(ranks);
  return ranks;
}

double hits_at(const basic_tensor<double>& ranks, std::int64_t k) {
  check(k >= 1, "hits_at", "k is ", k, ", expected 1 or more");
  check_ranks(ranks, "hits_at");
  const auto hits = std::count_if(ranks.values().begin(), ranks.values().end(),
                                  [k](double r) { return r <= static_cast<double>(k); });
  return static_cast<double>(hits) / static_cast<double>(ranks.size());
}

double mean_reciprocal_rank(const basic_tensor<double>& ranks) {
  check_ranks(ranks, "mean_reciprocal_rank");
  double sum = 0;
  for (const double r : ranks.values()) sum += 1 / r;
  return sum / static_cast<double>(ranks.size());
}

#define EDGEFOLD_RANKING(T)                                                                                       \
  template double auc<T>(const basic_tensor<T>&, const basic_tensor<bool>&);                                      \
  template basic_tensor<double> filtered_ranks<T>(const basic_tensor<T>&, const id_list&, const graph&);          \
  template basic_tensor<double> filtered_ranks<T>(const basic_tensor<T>&, const basic_tensor<T>&, const id_list&, \
                                                  const graph&)
EDGEFOLD_RANKING(float);
EDGEFOLD_RANKING(double);
#undef EDGEFOLD_RANKING

}  // namespace edgefold
