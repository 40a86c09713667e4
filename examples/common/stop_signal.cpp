#include <common/stop_signal.hpp>

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace edgefold::examples {
namespace {

std::atomic<int> asked_by{0};
static_assert(std::atomic<int>::is_always_lock_free);

}  // namespace

const char* stopped::what() const noexcept { return signal == SIGINT ? "stopped by SIGINT" : "stopped by SIGTERM"; }

void hold_stop_signals() {
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {
    }, held{};
    held.sa_handler = [](int which) { asked_by = which; };
    held.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // only the first is held
    sigemptyset(&held.sa_mask);
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &held, nullptr);
  }
}

void stop_if_asked() {
  if (const int signal = asked_by; signal != 0) throw stopped(signal);
}

}  // namespace edgefold::examples
