/// Tells what a long-running program is doing: a line for a person at a terminal, one now and then for a log.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace edgefold::examples {

/// One line on stderr that each step overwrites and that goes away in the end; nothing where stderr is no terminal.
/// What the terminal has no columns for is left out: of a line that wraps only the end would be overwritten.
class progress {
 public:
  progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  bool is_terminal() const { return terminal_; }
  /// How many columns a line may have: one less than the terminal says that it has, or where it does not say, than
  /// COLUMNS of the environment, or 80.
  static std::size_t columns();
  void show(const std::string& step);
  void clear();

 private:
  bool terminal_, shown_ = false;
};

/// Counts the images of one pass over a set.
class training_progress {
 public:
  /// `title` is what the lines begin with: "epoch 3/10". Of the images `done` have been counted before.
  training_progress(std::string title, std::int64_t images, std::int64_t done = 0);

  /// `done` images, with a mean loss so far of `loss`. At a terminal the bar is redrawn, at most ten times a second, as
  /// long as there is room for it; elsewhere one line a minute is printed.
  void show(std::int64_t done, double loss);

  /// Since the beginning.
  double seconds() const;

 private:
  std::string title_;
  std::int64_t images_, before_;
  progress line_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double shown_ = 0;  // at how many seconds
};

}  // namespace edgefold::examples
