/// How far an epoch is: a bar for a person at a terminal, a line now and then for a log.
#pragma once
#include <chrono>
#include <string>

#include <common/progress.hpp>

namespace edgefold::examples {

/// Counts the images of one pass over a set.
class training_progress {
 public:
  /// `title` is what the lines begin with: "epoch 3/10".
  training_progress(std::string title, std::int64_t images);

  /// `done` images, with a mean loss so far of `loss`. At a terminal the bar is redrawn, at most ten times a second;
  /// elsewhere one line a minute is printed.
  void show(std::int64_t done, double loss);

  /// Since the beginning.
  double seconds() const;

 private:
  std::string title_;
  std::int64_t images_;
  progress line_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double shown_ = 0;  // at how many seconds
};

}  // namespace edgefold::examples
