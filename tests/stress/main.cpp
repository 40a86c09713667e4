// What the library does when memory runs out: each scenario is run with the first allocation failing, then with the
// second, and so on to the last; once with that one alone, once with all from it on. Expected: std::bad_alloc or
// std::runtime_error, everything as before, no file or descriptor left behind; and that the same call works afterwards.
// What the library can do without some memory may also just succeed.
//
//   stress [--every N] [--seconds N] [--mode once|all] [--only POINT] [--list] [PART OF A NAME]...
//
// Each eighth point begins a new process, where nothing has run yet that lasts (arenas, kept memory). A crash, and no
// progress for some seconds (a point takes milliseconds), are the end of one such process, not of this program. Exit
// code 0: as expected, 1: not, 2: wrong arguments.
#include "failing_malloc.hpp"
#include "runner.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace {

struct wrong_arguments {};

stress::run_options parsed(int argc, char** argv) {
  stress::run_options o;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = [&]() -> std::string_view {
      if (++i == argc) throw wrong_arguments{};
      return argv[i];
    };
    const auto number = [&] {
      const std::string_view text = value();
      std::int64_t n = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), n).ec != std::errc() || n < 1)
        throw wrong_arguments{};
      return n;
    };
    if (word == "--every") o.every = number();
    else if (word == "--seconds") o.seconds = number();
    else if (word == "--only") o.only = number();
    else if (word == "--list") o.list = true;
    else if (word == "--mode") o.mode = value();
    else if (word.starts_with("--")) throw wrong_arguments{};
    else o.names.emplace_back(word);
  }
  if (!o.mode.empty() && o.mode != "once" && o.mode != "all") throw wrong_arguments{};
  return o;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const stress::run_options options = parsed(argc, argv);
    std::vector<stress::named_scenario> scenarios;
    for (auto* const list :
         {stress::thread_scenarios, stress::message_scenarios, stress::training_scenarios, stress::file_scenarios})
      for (auto& each : list())
        if (options.names.empty() || std::ranges::any_of(options.names, [&](const std::string& part) {
              return each.name.find(part) != std::string::npos;
            }))
          scenarios.push_back(std::move(each));
    if (scenarios.empty()) throw wrong_arguments{};
    if (options.list) {
      for (const auto& each : scenarios) std::printf("%s\n", each.name.c_str());
      return 0;
    }
    return stress::run_all(scenarios, options) ? 0 : 1;
  } catch (const wrong_arguments&) {
    std::fprintf(stderr, "stress [--every N] [--seconds N] [--mode once|all] [--only POINT] [--list] [NAME]...\n");
    return 2;
  }
}
