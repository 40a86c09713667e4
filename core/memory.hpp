/// Where tensors keep their elements.
#pragma once
#include <cstddef>
#include <memory>

namespace edgefold {

/// Most bytes of freed large blocks (2 MiB and more) that are kept for the next tensor of about that size; an eighth of
/// the machine's memory at first. A loop that makes the same tensors again and again then asks the system for none: new
/// memory is zeroed page by page on first touch, which takes longer than many operations. 0 keeps nothing.
void set_memory_cache(std::size_t bytes);

/// Gives all kept blocks back to the system.
void release_memory();

namespace detail {
/// `bytes` of uninitialised memory, 64-byte aligned; large blocks ask the system for huge pages. Throws std::bad_alloc.
std::shared_ptr<void> allocate(std::size_t bytes);
}  // namespace detail

}  // namespace edgefold
