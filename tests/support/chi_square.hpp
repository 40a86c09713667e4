// Whether counts are what a distribution says.
#pragma once
#include <cmath>
#include <map>
#include <vector>

namespace edgefold::testing {

// Pearson's statistic of `counts` against probabilities, in standard deviations from its mean: beyond 5 or so the draws
// are not of that distribution. An outcome of probability 0 that has come counts for infinity.
template <class Outcome>
double chi_square(const std::map<Outcome, double>& counts, const std::map<Outcome, double>& probabilities) {
  double n = 0, statistic = 0, freedom = -1;
  for (const auto& [outcome, count] : counts) {
    if (probabilities.count(outcome) == 0) return INFINITY;
    n += count;
  }
  for (const auto& [outcome, p] : probabilities) {
    const auto found = counts.find(outcome);
    const double count = found == counts.end() ? 0 : found->second;
    statistic += (count - n * p) * (count - n * p) / (n * p);
    freedom += 1;
  }
  return std::abs(statistic - freedom) / std::sqrt(2 * freedom);
}

// The same where all outcomes are as likely.
template <class Outcome>
double chi_square_uniform(const std::map<Outcome, double>& counts, double num_outcomes) {
  std::map<Outcome, double> p;
  for (const auto& [outcome, count] : counts) p[outcome] = 1 / num_outcomes;
  return static_cast<double>(p.size()) == num_outcomes ? chi_square(counts, p) : INFINITY;
}

}  // namespace edgefold::testing
