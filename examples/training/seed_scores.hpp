/// The scores of several trainings, from several seeds or on several folds.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace edgefold::examples {

/// Test accuracies in percent, a training each.
struct seed_scores {
  std::vector<double> test{};
  double seconds = 0;       ///< of all
  std::int64_t epochs = 0;  ///< of all

  double mean() const;
  double deviation() const;  ///< standard, of the population
  double seconds_per_epoch() const { return seconds / static_cast<double>(epochs); }
  /// Prints "test accuracy MEAN +- DEVIATION %  SECONDS s an epoch".
  void print() const;
  /// Writes test_accuracy_mean, test_accuracy_std, seconds_per_epoch and seeds as a JSON object. Throws
  /// std::runtime_error where the file cannot be written.
  void write(const std::string& json_file) const;
};

}  // namespace edgefold::examples
