/// Where tensors keep their elements.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace edgefold {

/// Most bytes of freed large blocks (2 MiB and more) that are kept for the next tensor of about that size; an eighth of
/// the machine's memory at first. A loop that makes the same tensors again and again then asks the system for none: new
/// memory is zeroed page by page on first touch, which takes longer than many operations. What operations work in
/// while they run is kept too, of whatever size. 0 keeps nothing.
void set_memory_cache(std::size_t bytes);

/// Gives all kept blocks back to the system.
void release_memory();

namespace detail {
/// `bytes` of uninitialised memory, 64-byte aligned; large blocks ask the system for huge pages. Throws std::bad_alloc.
std::shared_ptr<void> allocate(std::size_t bytes);
/// The same for what is soon given back and asked for again: a kept block of any size serves it.
std::shared_ptr<void> scratch(std::size_t bytes);

/// Uninitialised elements that live until the end of a scope.
template <class T>
class buffer {
 public:
  buffer() = default;
  explicit buffer(std::int64_t count)
      : memory_(scratch(static_cast<std::size_t>(count) * sizeof(T))), capacity_(count) {}
  T* data() const { return static_cast<T*>(memory_.get()); }
  /// At least `count` elements: new ones, with room for more later on, where there are fewer.
  T* at_least(std::int64_t count) {
    if (count > capacity_) *this = buffer(std::max(count, capacity_ + capacity_ / 2));
    return data();
  }

 private:
  std::shared_ptr<void> memory_;
  std::int64_t capacity_ = 0;
};
}  // namespace detail

}  // namespace edgefold
