#include <common/program.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>

#include <common/stop_signal.hpp>
#include <edgefold/core/error.hpp>

namespace edgefold::examples {
namespace {

int fail(const CLI::App& app, std::string text) {
  for (char& c : text)  // a file name may hold a line break
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  std::cerr << app.get_name() << ": " << text << '\n';
  return 2;
}

}  // namespace

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then an error of the write, not the end of the program
  try {
    try {
      app.parse(argc, argv);
      body();
      stop_if_asked();
    } catch (const CLI::Success& asked) {
      app.exit(asked);
    }
    check_runtime(std::cout.flush() && std::fflush(stdout) == 0 && !std::ferror(stdout), "standard output",
                  "could not be written");
    return 0;
  } catch (const CLI::ParseError& e) {
    return fail(app, std::string(e.what()) + " (--help lists the options)");
  } catch (const stopped& e) {
    fail(app, e.what());
    return 128 + e.signal;
  } catch (const std::bad_alloc&) {
    return fail(app, "not enough memory");
  } catch (const std::exception& e) {
    return fail(app, e.what());
  }
}

}  // namespace edgefold::examples
