#include "runner.hpp"

#include <edgefold/core/parallel.hpp>

#include "failing_malloc.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <new>
#include <stdexcept>
#include <thread>

namespace stress {

void digest::add(const edgefold::graph& g) {
  const auto count = static_cast<std::size_t>(g.num_edges());
  add(g.num_src());
  add(g.num_dst());
  add(g.topology().sources(), count * sizeof(edgefold::vertex_id));
  add(g.topology().targets(), count * sizeof(edgefold::vertex_id));
  for (const edgefold::frame& f : {g.srcdata, g.dstdata, g.edata}) add(f);
}

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t points_of_a_process = 8;
constexpr std::int64_t most_problems = 6;  // that are printed of one scenario and mode

// What a process and the one that watches it share.
struct progress {
  std::atomic<std::int64_t> point{0}, tried{0}, problems{0};
  std::atomic<bool> done{false};  // memory did not run out any more
  std::atomic<std::uint64_t> expected{0};
  std::atomic<void*> starter{nullptr};
};

struct task {
  const named_scenario& what;
  failing how;
  fs::path folder;
  std::int64_t every;
  progress& shared;

  const char* mode() const { return how == failing::once ? "once" : "all from there on"; }
  void problem(std::int64_t point, const std::string& text) const {
    if (shared.problems++ < most_problems) {
      std::printf("  %s, allocation %ld fails (%s): %s\n", what.name.c_str(), static_cast<long>(point), mode(),
                  text.c_str());
      std::fflush(stdout);
    }
  }
};

std::int64_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

std::uint64_t seen(const scenario& s, const fs::path& folder) {
  digest d;
  s.see(d);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    d.add(file.lexically_relative(folder).string());
    if (!fs::is_regular_file(file)) continue;
    std::ifstream in(file, std::ios::binary);
    d.add(std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return d.value();
}

std::unique_ptr<scenario> made(const task& t) {
  fs::remove_all(t.folder);
  fs::create_directories(t.folder);
  return t.what.make(t.folder);
}

enum class outcome : std::uint8_t { done, refused, wrong };

// Calls run() while memory runs out. `failed`: whether it did. `text` has room already.
outcome run_without_memory(scenario& s, failing how, std::int64_t point, bool& failed, char (&text)[200]) {
  start_failing(how, point);
  outcome result = outcome::done;
  try {
    s.run();
  } catch (const std::bad_alloc&) {
    result = outcome::refused;
  } catch (const std::runtime_error&) {
    result = outcome::refused;
  } catch (const std::exception& e) {
    result = outcome::wrong;
    std::snprintf(text, sizeof text, "%s", e.what());
  } catch (...) {
    result = outcome::wrong;
    std::snprintf(text, sizeof text, "no std::exception");
  }
  failed = stop_failing();
  return result;
}

// Whether memory ran out.
bool try_point(const task& t, std::int64_t point) {
  const auto s = made(t);
  const std::uint64_t before = seen(*s, t.folder);
  const std::int64_t descriptors = open_descriptors();
  char text[200] = "";
  bool failed = false;
  const outcome result = run_without_memory(*s, t.how, point, failed, text);
  if (open_descriptors() != descriptors) t.problem(point, "a descriptor is left open, or gone");
  if (result == outcome::wrong) t.problem(point, std::string("the exception is ") + text);
  if (result != outcome::done) {
    if (seen(*s, t.folder) != before) t.problem(point, "not everything is as before");
    try {
      s->run();
    } catch (const std::exception& e) {
      t.problem(point, std::string("the next call fails: ") + e.what());
      return failed;
    }
  }
  if (seen(*s, t.folder) != t.shared.expected)
    t.problem(point, result == outcome::done ? "another result" : "another result of the next call");
  return failed;
}

// In a process of its own, from `first` on.
void try_points(const task& t, std::int64_t first) {
  for (std::int64_t i = 0; i < points_of_a_process && !t.shared.done; ++i) {
    t.shared.point = first + i * t.every;
    if (!try_point(t, t.shared.point)) t.shared.done = true;
    else ++t.shared.tried;
  }
  t.shared.point += t.every;
}

// Runs `body` in another process; "" where it came to its end, else what happened.
template <class Body>
std::string in_a_process(const progress& shared, std::int64_t seconds, const Body& body) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return "fork fails";
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int code = 0;
    try {
      body();
    } catch (const std::exception& e) {
      std::printf("  outside of the call: %s\n", e.what());
      code = 1;
    }
    std::exit(code);
  }
  using clock = std::chrono::steady_clock;
  auto last = clock::now();
  std::int64_t point = shared.point;
  for (int status = 0;;) {
    if (waitpid(child, &status, WNOHANG) == child) {
      if (WIFSIGNALED(status)) return std::string("it ends by ") + strsignal(WTERMSIG(status));
      return WEXITSTATUS(status) == 0 ? "" : "it ends with code " + std::to_string(WEXITSTATUS(status));
    }
    if (shared.point != point) {
      point = shared.point;
      last = clock::now();
    }
    if (clock::now() - last > std::chrono::seconds(seconds)) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return "it hangs";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// In another process, so that this one and those it makes have no threads yet.
void learn_thread_starter(progress& shared) {
  in_a_process(shared, 60, [&] {
    edgefold::parallel_for(1000, 1, [](std::int64_t, std::int64_t) { std::this_thread::yield(); });
    for (int i = 0; i < 1000 && !thread_starter(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    shared.starter = thread_starter();
  });
  set_thread_starter(shared.starter);
}

void run_scenario(const task& t, const run_options& options) {
  const std::string alone = in_a_process(t.shared, options.seconds, [&] {
    const auto s = made(t);
    s->run();
    t.shared.expected = seen(*s, t.folder);
  });
  if (!alone.empty()) return t.problem(0, "with memory: " + alone);
  if (options.only > 0) {
    const std::string end = in_a_process(t.shared, options.seconds, [&] { try_point(t, options.only); });
    if (!end.empty()) t.problem(options.only, end);
    return;
  }
  t.shared.point = 1;
  while (!t.shared.done && t.shared.problems < 4 * most_problems) {
    const std::int64_t first = t.shared.point;
    const std::string end = in_a_process(t.shared, options.seconds, [&] { try_points(t, first); });
    if (end.empty()) continue;
    t.problem(t.shared.point, end);
    t.shared.point += t.every;
  }
}

}  // namespace

bool run_all(const std::vector<named_scenario>& scenarios, const run_options& options) {
  const fs::path folder = fs::temp_directory_path() / ("edgefold-stress-" + std::to_string(getpid()));
  void* const memory = mmap(nullptr, sizeof(progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  learn_thread_starter(*new (memory) progress);
  std::int64_t points = 0, problems = 0;
  for (const named_scenario& what : scenarios)
    for (const failing how : {failing::once, failing::from_then_on}) {
      if (options.mode == (how == failing::once ? "all" : "once")) continue;
      const auto start = std::chrono::steady_clock::now();
      const task t{what, how, folder, options.every, *new (memory) progress};
      run_scenario(t, options);
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
      std::printf("%s (%s): %ld points, %ld problems, %.1f s\n", what.name.c_str(), t.mode(),
                  static_cast<long>(t.shared.tried), static_cast<long>(t.shared.problems), time.count());
      points += t.shared.tried;
      problems += t.shared.problems;
    }
  munmap(memory, sizeof(progress));
  fs::remove_all(folder);
  std::printf("%ld points, %ld problems\n", static_cast<long>(points), static_cast<long>(problems));
  return problems == 0;
}

}  // namespace stress
