#include <common/progress.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace edgefold::examples {
namespace {

/// As much of UTF-8 as fits; a character of several bytes may be two columns wide, and a control character none.
std::string cut(const std::string& text, std::size_t columns) {
  std::string shown;
  std::size_t used = 0;
  for (std::size_t i = 0, next; i < text.size(); i = next) {
    next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    used += next - i > 1 ? 2 : 1;
    if (used > columns) break;
    if (static_cast<unsigned char>(text[i]) >= ' ') shown.append(text, i, next - i);
  }
  return shown;
}

/// "1:05:09", "5:09".
std::string clock(double seconds) {
  const auto s = static_cast<long long>(std::ceil(seconds));
  char text[32];
  if (s >= 3600) std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  return text;
}

}  // namespace

progress::progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

std::size_t progress::columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col - std::size_t{1};
  const char* const set = std::getenv("COLUMNS");
  const long long given = set ? std::atoll(set) : 0;
  return static_cast<std::size_t>(given > 0 ? given : 80) - 1;
}

void progress::show(const std::string& step) {
  if (!terminal_) return;
  std::fprintf(stderr, "\r\033[K%s", cut(step, columns()).c_str());
  shown_ = true;
}

void progress::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

training_progress::training_progress(std::string title, std::int64_t images, std::int64_t done)
    : title_(std::move(title)), images_(images), before_(done) {}

double training_progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void training_progress::show(std::int64_t done, double loss) {
  const double now = seconds(), share = static_cast<double>(done) / static_cast<double>(images_);
  if (now - shown_ < (line_.is_terminal() ? 0.1 : 60)) return;
  shown_ = now;
  const double rate = static_cast<double>(done - before_) / now, left = static_cast<double>(images_ - done) / rate;
  char text[128];
  std::snprintf(text, sizeof text, "%3.0f %%  loss %.4f  %.0f images/s  %s left", 100 * share, loss, rate,
                clock(left).c_str());
  if (!line_.is_terminal()) {
    std::printf("%s %s\n", title_.c_str(), text);
    std::fflush(stdout);
    return;
  }
  constexpr std::size_t widest = 24, narrowest = 4;
  const std::string brackets = " [] ";
  const std::size_t used = title_.size() + brackets.size() + std::string_view(text).size(), all = progress::columns();
  std::string bar = " ";
  if (used + narrowest <= all) {
    const std::size_t width = std::min(widest, all - used);
    const auto filled = static_cast<std::size_t>(static_cast<double>(width) * share);
    bar = " [" + std::string(filled, '#') + std::string(width - filled, ' ') + "] ";
  }
  line_.show(title_ + bar + text);
}

}  // namespace edgefold::examples
