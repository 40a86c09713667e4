/// Tells a person at a terminal what a long-running program is doing.
#pragma once
#include <unistd.h>

#include <cstdio>
#include <string>

namespace edgefold::examples {

/// One line on stderr that each step overwrites and the destructor removes; nothing where stderr is no terminal.
class progress {
 public:
  progress() = default;
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { show(""); }

  void show(const std::string& step) const {
    if (!terminal_) return;
    std::fprintf(stderr, "\r\033[K%s", step.c_str());
    std::fflush(stderr);
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) == 1;
};

}  // namespace edgefold::examples
