// Runs scenarios over all points where memory can run out.
#pragma once
#include "scenario.hpp"

namespace stress {

struct run_options {
  std::int64_t every = 1;     // each how manieth point
  std::int64_t seconds = 30;  // without progress, after which a process hangs
  std::int64_t only = 0;      // one point, if not 0
  std::string mode;           // "once", "all" or both
  bool list = false;
  std::vector<std::string> names;
};

// Prints a line for each scenario and each problem. Whether there was no problem.
bool run_all(const std::vector<named_scenario>& scenarios, const run_options& options);

}  // namespace stress
