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

constexpr std::size_t huge_page = std::size_t{1} << 21;

std::size_t default_limit() {
#if defined(__SANITIZE_ADDRESS__)
  return 0;  // the sanitizer must see every block come and go
#else
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size) / 8 : 0;
#endif
}

// Freed large blocks by size. Never destroyed: tensors of static storage may outlive any order of destruction.
class block_cache {
 public:
  void* take(std::size_t bytes) {
    std::lock_guard hold(lock_);
    const auto block = blocks_.lower_bound(bytes);
    if (block == blocks_.end() || block->first > bytes + bytes / 4) return nullptr;
    void* p = block->second;
    kept_ -= block->first;
    sizes_[p] = block->first;
    blocks_.erase(block);
    return p;
  }
  void made(void* p, std::size_t bytes) {
    std::lock_guard hold(lock_);
    sizes_[p] = bytes;
  }
  void give(void* p) {
    std::lock_guard hold(lock_);
    const auto known = sizes_.find(p);
    const std::size_t bytes = known->second;
    sizes_.erase(known);
    blocks_.emplace(bytes, p);
    kept_ += bytes;
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
    for (; kept_ > limit_; blocks_.erase(std::prev(blocks_.end()))) {
      kept_ -= blocks_.rbegin()->first;
      std::free(blocks_.rbegin()->second);
    }
  }
  std::mutex lock_;
  std::multimap<std::size_t, void*> blocks_;
  std::map<void*, std::size_t> sizes_;  // of the blocks in use
  std::size_t kept_ = 0, limit_ = default_limit();
};

block_cache& cache() {
  static block_cache* const c = new block_cache;
  return *c;
}

void* new_block(std::size_t alignment, std::size_t bytes) {
  if (void* p = std::aligned_alloc(alignment, bytes)) return p;
  cache().clear();  // kept blocks must not be why there is no memory
  if (void* p = std::aligned_alloc(alignment, bytes)) return p;
  throw std::bad_alloc();
}

}  // namespace

void set_memory_cache(std::size_t bytes) { cache().set_limit(bytes); }
void release_memory() { cache().clear(); }

namespace detail {
std::shared_ptr<void> allocate(std::size_t bytes) {
  const std::size_t alignment = bytes >= huge_page ? huge_page : 64;
  const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + alignment - 1) / alignment * alignment;
  if (rounded < bytes) throw std::bad_alloc();
  if (alignment < huge_page) return {new_block(alignment, rounded), std::free};
  void* p = cache().take(rounded);
  if (!p) {
    p = new_block(alignment, rounded);
    madvise(p, rounded, MADV_HUGEPAGE);  // advice only: a refusal costs speed, no more
    cache().made(p, rounded);
  }
  return {p, [](void* block) { cache().give(block); }};
}
}  // namespace detail

}  // namespace edgefold
