#include <edgefold/ops/sample/loader.hpp>

#include <edgefold/core/arena.hpp>
#include <edgefold/core/error.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/tape.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace edgefold::detail {
namespace {

constexpr std::int64_t most_ahead = 1 << 20;

}  // namespace

void check_loader(std::int64_t count, bool can_make, const loader_options& options) {
  check(count >= 0, "loader", "expected 0 or more items, got ", count);
  check(can_make, "loader", "there is no function to make items with");
  check(options.workers >= 0, "loader", "expected 0 or more workers, got ", options.workers);
  check(options.ahead >= 1, "loader", "expected at least 1 item ahead, got ", options.ahead);
  check(options.ahead <= most_ahead, "loader", "expected at most ", most_ahead, " items ahead, got ", options.ahead);
}

// Item i is made in slot i % slots. Items are begun in order, item i only after item i - slots has been taken, so that
// its slot is free.
class prefetcher::impl {
 public:
  impl(std::int64_t count, maker make, const loader_options& options)
      : count_(count), make_(std::move(make)), slots_(static_cast<std::size_t>(std::min(options.ahead, count))) {
    const std::int64_t workers = std::min<std::int64_t>(options.workers, std::ssize(slots_));
    for (std::int64_t w = 0; w < workers; ++w)
      workers_.emplace_back([this, threads = num_threads(), recorded = grad_enabled()](const std::stop_token& stop) {
        std::optional<no_grad> unrecorded;
        if (!recorded) unrecorded.emplace();
        try {
          edgefold::run_in_arena(threads, [&] { work(stop, nullptr); });
        } catch (...) {  // there was no arena to be had
          work(stop, std::current_exception());
        }
      });
  }
  ~impl() {
    for (std::jthread& w : workers_) w.request_stop();  // all of them, before the first is waited for
  }

  std::shared_ptr<void> next() {
    if (taken_ == count_) return nullptr;
    const slot item = workers_.empty() ? made(taken_++) : take();
    if (!item.failure) return item.value;
    const std::lock_guard hold(lock_);
    taken_ = count_;
    std::rethrow_exception(item.failure);
  }

 private:
  struct slot {
    bool ready = false;
    std::shared_ptr<void> value;
    std::exception_ptr failure;
  };

  slot made(std::int64_t i) const {
    try {
      return {true, make_(i), nullptr};
    } catch (...) {
      return {true, nullptr, std::current_exception()};
    }
  }
  slot& slot_of(std::int64_t i) { return slots_[static_cast<std::size_t>(i) % slots_.size()]; }

  slot take() {
    std::unique_lock hold(lock_);
    slot& s = slot_of(taken_);
    ready_.wait(hold, [&] { return s.ready; });
    ++taken_;
    room_.notify_one();
    return std::exchange(s, {});
  }
  // Makes items, or lets them fail for what keeps this thread from it.
  void work(const std::stop_token& stop, const std::exception_ptr& obstacle) {
    const auto has_room = [this] { return begun_ < std::min(count_, taken_ + std::ssize(slots_)); };
    std::unique_lock hold(lock_);
    while (room_.wait(hold, stop, has_room) && !stop.stop_requested()) {
      const std::int64_t i = begun_++;
      hold.unlock();
      slot item = obstacle ? slot{true, nullptr, obstacle} : made(i);
      hold.lock();
      if (item.failure) begun_ = count_;
      slot_of(i) = std::move(item);
      ready_.notify_one();
    }
  }

  const std::int64_t count_;
  const maker make_;
  std::mutex lock_;  // of all below
  std::condition_variable ready_;
  std::condition_variable_any room_;
  std::vector<slot> slots_;
  std::int64_t begun_ = 0, taken_ = 0;
  std::vector<std::jthread> workers_;  // the last, so that they are joined before the rest goes
};

prefetcher::prefetcher(std::int64_t count, maker make, const loader_options& options)
    : impl_(std::make_unique<impl>(count, std::move(make), options)) {}
prefetcher::~prefetcher() = default;
std::shared_ptr<void> prefetcher::next() { return impl_->next(); }

}  // namespace edgefold::detail
