#include <training/seed_scores.hpp>

#include <cmath>
#include <cstdio>
#include <numeric>

#include <training/json_file.hpp>

namespace edgefold::examples {

double seed_scores::mean() const {
  return std::accumulate(test.begin(), test.end(), 0.0) / static_cast<double>(test.size());
}

double seed_scores::deviation() const {
  double sum = 0;
  for (const double x : test) sum += (x - mean()) * (x - mean());
  return std::sqrt(sum / static_cast<double>(test.size()));
}

void seed_scores::print() const {
  std::printf("test accuracy %.2f +- %.2f %%  %.4f s an epoch\n", mean(), deviation(), seconds_per_epoch());
}

void seed_scores::write(const std::string& json_file) const {
  write_json(json_file, {{"test_accuracy_mean", mean()},
                         {"test_accuracy_std", deviation()},
                         {"seconds_per_epoch", seconds_per_epoch()},
                         {"seeds", static_cast<double>(test.size())}});
}

}  // namespace edgefold::examples
