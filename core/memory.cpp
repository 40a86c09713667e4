#include <edgefold/core/memory.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <utility>

namespace edgefold {
namespace {

// g++ says it by a macro, clang by a feature.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool address_sanitizer = true;
#elif defined(__has_feature)
constexpr bool address_sanitizer = __has_feature(address_sanitizer);
#else
constexpr bool address_sanitizer = false;
#endif

constexpr std::size_t huge_page = std::size_t{1} << 21;

std::size_t default_limit() {
  if (address_sanitizer) return 0;  // it must see every block come and go
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size) / 8 : 0;
}

using blocks_by_size = std::multimap<std::size_t, void*>;
// A block in use: its place in the map goes with it, so that giving it back asks for no memory.
using block = blocks_by_size::node_type;

// Freed blocks by size. Never destroyed: tensors of static storage may outlive any order of destruction.
class block_cache {
 public:
  // A kept block of `bytes`, at most a quarter more; empty where there is none.
  block take(std::size_t bytes) {
    std::lock_guard hold(lock_);
    const auto found = kept_.lower_bound(bytes);
    if (found == kept_.end() || found->first > bytes + bytes / 4) return {};
    bytes_ -= found->first;
    return kept_.extract(found);
  }
  void give(block b) noexcept {
    std::lock_guard hold(lock_);
    bytes_ += b.key();
    kept_.insert(std::move(b));
    shrink();
  }
  void set_limit(std::size_t bytes) {
    std::lock_guard hold(lock_);
    limit_ = bytes;
    shrink();
  }
  void clear() {
    std::lock_guard hold(lock_);
    const std::size_t limit = std::exchange(limit_, 0);
    shrink();
    limit_ = limit;
  }

 private:
  void shrink() {
    for (; bytes_ > limit_; kept_.erase(std::prev(kept_.end()))) {
      bytes_ -= kept_.rbegin()->first;
      std::free(kept_.rbegin()->second);
    }
  }
  std::mutex lock_;
  blocks_by_size kept_;
  std::size_t bytes_ = 0, limit_ = default_limit();
};

block_cache& cache() {
  static block_cache* const c = new block_cache;
  return *c;
}

struct size_and_alignment {
  std::size_t bytes, alignment;
  explicit size_and_alignment(std::size_t wanted) : alignment(wanted >= huge_page ? huge_page : 64) {
    bytes = (std::max<std::size_t>(wanted, 1) + alignment - 1) / alignment * alignment;
    if (bytes < wanted) throw std::bad_alloc();
  }
};

void* new_memory(const size_and_alignment& size) {
  if (void* p = std::aligned_alloc(size.alignment, size.bytes)) return p;
  cache().clear();  // kept blocks must not be why there is no memory
  if (void* p = std::aligned_alloc(size.alignment, size.bytes)) return p;
  throw std::bad_alloc();
}

block new_block(const size_and_alignment& size) {
  blocks_by_size one;
  const auto made = one.emplace(size.bytes, nullptr);
  made->second = new_memory(size);
#ifdef MADV_HUGEPAGE  // advice only: a refusal costs speed, no more
  if (size.alignment == huge_page) madvise(made->second, size.bytes, MADV_HUGEPAGE);
#endif
  return one.extract(made);
}

std::shared_ptr<void> kept_block(const size_and_alignment& size) {
  block b = cache().take(size.bytes);
  if (b.empty()) b = new_block(size);
  void* const p = b.mapped();
  return {p, [b = std::move(b)](void*) mutable { cache().give(std::move(b)); }};
}

}  // namespace

void set_memory_cache(std::size_t bytes) { cache().set_limit(bytes); }
void release_memory() { cache().clear(); }

namespace detail {
std::shared_ptr<void> allocate(std::size_t bytes) {
  const size_and_alignment size(bytes);
  if (size.alignment == huge_page) return kept_block(size);
  return {new_memory(size), std::free};
}
std::shared_ptr<void> scratch(std::size_t bytes) { return kept_block(size_and_alignment(bytes)); }
}  // namespace detail

}  // namespace edgefold
