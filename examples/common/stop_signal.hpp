/// Trainings that a signal ends between two steps.
#pragma once
#include <exception>

namespace edgefold::examples {

/// What ends a training after SIGINT or SIGTERM; run_program makes the exit code 128 + signal of it.
struct stopped : std::exception {
  int signal;
  explicit stopped(int which) : signal(which) {}
  const char* what() const noexcept override;
};

/// From now on the first SIGINT or SIGTERM waits for stop_if_asked(); the second ends the process at once. A signal
/// that the process was started to ignore (nohup) stays ignored.
void hold_stop_signals();

/// Throws `stopped` after such a signal: to be called after each step.
void stop_if_asked();

}  // namespace edgefold::examples
