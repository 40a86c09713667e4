/// Tells a person at a terminal what a long-running program is doing.
#pragma once
#include <unistd.h>

#include <cstdio>
#include <string>

namespace edgefold::examples {

/// One line on stderr that each step overwrites and that goes away in the end; nothing where stderr is no terminal.
class progress {
 public:
  progress() = default;
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  bool is_terminal() const { return terminal_; }
  void show(const std::string& step) {
    if (!terminal_) return;
    std::fprintf(stderr, "\r\033[K%s", step.c_str());
    shown_ = true;
  }
  void clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) == 1, shown_ = false;
};

}  // namespace edgefold::examples
