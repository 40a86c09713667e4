/// What every program here does alike: one line on stderr and exit code 2 for whatever goes wrong.
#pragma once
#include <functional>

#include <CLI/CLI.hpp>

namespace edgefold::examples {

/// Parses the command line into `app`, then runs `body`. Returns the exit code: 0, also after --help, or 2 after one
/// line on stderr for a bad command line, an exception of `body`, or a standard output that did not take all that was
/// printed.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body);

}  // namespace edgefold::examples
