#include <common/training_progress.hpp>

#include <cmath>
#include <cstdio>
#include <utility>

namespace edgefold::examples {
namespace {

/// "1:05:09", "5:09".
std::string clock(double seconds) {
  const auto s = static_cast<long long>(std::ceil(seconds));
  char text[32];
  if (s >= 3600) std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  return text;
}

}  // namespace

training_progress::training_progress(std::string title, std::int64_t images)
    : title_(std::move(title)), images_(images) {}

double training_progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void training_progress::show(std::int64_t done, double loss) {
  constexpr int width = 24;
  const double now = seconds(), share = static_cast<double>(done) / static_cast<double>(images_);
  if (now - shown_ < (line_.is_terminal() ? 0.1 : 60)) return;
  shown_ = now;
  const double rate = static_cast<double>(done) / now, left = static_cast<double>(images_ - done) / rate;
  char text[128];
  std::snprintf(text, sizeof text, "%3.0f %%  loss %.4f  %.0f images/s  %s left", 100 * share, loss, rate,
                clock(left).c_str());
  if (!line_.is_terminal()) {
    std::printf("%s %s\n", title_.c_str(), text);
    std::fflush(stdout);
    return;
  }
  const auto filled = static_cast<std::size_t>(width * share);
  line_.show(title_ + " [" + std::string(filled, '#') + std::string(width - filled, ' ') + "] " + text);
}

}  // namespace edgefold::examples
