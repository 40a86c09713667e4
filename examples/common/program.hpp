/// What every program here does alike: one line on stderr and exit code 2 for whatever goes wrong.
#pragma once
#include <functional>

#include <CLI/CLI.hpp>

namespace edgefold::examples {

/// Adds an option that takes a number from `least` to `most`; --help shows these, and the value it has.
template <class T, class Limit>
CLI::Option* add_number(CLI::App& app, const char* name, T& value, const char* text, Limit least, Limit most) {
  return app.add_option(name, value, text)->check(CLI::Range(least, most))->capture_default_str();
}

/// Parses the command line into `app`, then runs `body`. Returns the exit code: 0, also after --help; or, after one
/// line on stderr, 2 for a bad command line, an exception of `body`, or a standard output that did not take all that
/// was printed, and 130 or 143 where SIGINT or SIGTERM was held back (stop_signal.hpp).
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body);

}  // namespace edgefold::examples
