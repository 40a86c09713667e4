/// Items, mini-batches above all, that other threads prepare while the caller works on those before them.
#pragma once
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace edgefold {

/// How items are prepared.
struct loader_options {
  int workers = 1;         ///< threads that prepare; 0: the caller's, when it asks for an item
  std::int64_t ahead = 4;  ///< most items that are prepared, or being so, and not yet taken: 1 to 2^20
};

namespace detail {
void check_loader(std::int64_t count, bool can_make, const loader_options& options);

// One pass over the items: the threads that make them, and the queue.
class prefetcher {
 public:
  using maker = std::function<std::shared_ptr<void>(std::int64_t)>;
  prefetcher(std::int64_t count, maker make, const loader_options& options);
  ~prefetcher();
  prefetcher(const prefetcher&) = delete;
  prefetcher& operator=(const prefetcher&) = delete;
  std::shared_ptr<void> next();  // null after the last; throws what make(item) threw, which ends the pass

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};
}  // namespace detail

/// Items make(0), make(1), ... make(count - 1), in this order, for a range-based for loop:
///
///     loader batches(num_batches, [&](std::int64_t i) { return sample(i); }, {.workers = 2});
///     for (const auto& batch : batches) train(batch);
///
/// `make` is called on several threads at once, each with as many threads for its operations, and with gradients
/// recorded or not, as where the loop began. What it returns must depend on i alone, so that it does not depend on the
/// number of workers: random numbers by seed and i, nothing read that the loop changes (a parameter). What make(i)
/// throws comes out of the loop in place of item i, after the items before it. Leaving the loop, by whichever way,
/// waits for the calls that run and joins the threads. Not for the body of a parallel_for, whose threads must not wait.
template <class Item>
class loader {
 public:
  /// Throws for a negative count, no `make`, less than 0 workers, and a number of items ahead that is out of range.
  loader(std::int64_t count, std::function<Item(std::int64_t)> make, const loader_options& options = {})
      : count_(count), make_(std::move(make)), options_(options) {
    detail::check_loader(count, static_cast<bool>(make_), options);
  }

  /// A pass; moves, but does not copy. It needs the loader no longer.
  class iterator {
   public:
    /// What std::input_iterator asks for.
    /// @{
    using iterator_concept = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    /// @}

    /// The item, which is the caller's: it may be moved from.
    /// @{
    Item& operator*() const { return *static_cast<Item*>(item_.get()); }
    Item* operator->() const { return &**this; }
    /// @}
    /// Lets the item go and waits for the next one; throws what `make` threw for it.
    /// @{
    iterator& operator++() {
      item_.reset();  // before waiting, so that its memory is free for the next
      item_ = pass_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    /// @}
    bool operator==(std::default_sentinel_t) const { return !item_; }  ///< whether the pass is over

   private:
    friend class loader;
    explicit iterator(std::unique_ptr<detail::prefetcher> pass) : pass_(std::move(pass)), item_(pass_->next()) {}
    std::unique_ptr<detail::prefetcher> pass_;
    std::shared_ptr<void> item_;
  };

  /// Starts the threads of a new pass, and waits for its first item.
  iterator begin() const {
    return iterator(std::make_unique<detail::prefetcher>(
        count_, [make = make_](std::int64_t i) { return std::make_shared<Item>(make(i)); }, options_));
  }
  std::default_sentinel_t end() const { return {}; }  ///< of any pass
  std::int64_t size() const { return count_; }        ///< how many items a pass has

 private:
  std::int64_t count_;
  std::function<Item(std::int64_t)> make_;
  loader_options options_;
};

/// Its items are what `make` returns.
template <class Make>
loader(std::int64_t, Make, loader_options = {})
    -> loader<std::remove_cvref_t<std::invoke_result_t<Make&, std::int64_t>>>;

}  // namespace edgefold
