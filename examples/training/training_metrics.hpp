/// What a training run has measured, epoch by epoch, and its table in a file.
#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

/// Mean loss and share of right answers, in percent.
struct score {
  double loss = 0, accuracy = 0;
};

/// The score of images that come in batches.
class score_counter {
 public:
  /// `loss` is the mean over the batch.
  void add(double loss, const basic_tensor<std::int64_t>& labels, const basic_tensor<std::int64_t>& predicted);
  std::int64_t images() const { return images_; }
  score result() const;

  /// What it has counted, as three numbers, and back.
  std::array<double, 3> state() const;
  void load_state(const std::array<double, 3>& state);

 private:
  std::int64_t images_ = 0, right_ = 0;
  double loss_ = 0;
};

/// An epoch that has begun: `steps` are done, in `seconds`.
struct running_epoch {
  std::int64_t steps = 0;
  score_counter scores{};
  double seconds = 0;
};

/// As a tensor (5), for a checkpoint, and back; none, without dims, before the first step.
basic_tensor<double> to_tensor(const running_epoch& epoch);
running_epoch running_epoch_of(const basic_tensor<double>& state);

/// One epoch. The seconds count all of it, the rate the training alone; both are 0 where they are not known.
struct epoch_metrics {
  score train{}, test{};
  double images_per_second = 0, seconds = 0;
};

/// The scores as a tensor (epochs, 4), for a checkpoint, and back. Times are no part of it: equal runs have equal ones.
basic_tensor<double> scores_of(const std::vector<epoch_metrics>& epochs);
std::vector<epoch_metrics> epochs_of(const basic_tensor<double>& scores);

/// Writes `folder`/metrics.csv, one row an epoch, times that are not known left empty; it appears whole or not at all.
void write_metrics(const std::filesystem::path& folder, const std::vector<epoch_metrics>& epochs);

/// Takes the times out of the metrics.csv that an earlier part of the run has left in `folder`, from its rows that have
/// the same scores. None where there is no such file.
void recall_times(const std::filesystem::path& folder, std::vector<epoch_metrics>& epochs);

}  // namespace edgefold::examples
