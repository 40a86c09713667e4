#include <edgefold/core/memory.hpp>

#include <doctest/doctest.h>

#include <edgefold/core/tensor.hpp>

#include <support/sanitizer.hpp>

#include <malloc.h>

#include <cstring>
#include <thread>
#include <vector>

#if EDGEFOLD_TEST_ASAN
#include <sanitizer/asan_interface.h>
#endif

using namespace edgefold;

namespace {

constexpr std::size_t large = std::size_t{4} << 20;

#if !EDGEFOLD_TEST_ASAN
// Bytes that the allocator has handed out.
std::size_t in_use() {
  const auto all = mallinfo2();
  return all.uordblks + all.hblkhd;
}
#endif

// Any blocks of other tests are gone at the start, and the limit is back at the end.
struct cache_scope {
  explicit cache_scope(std::size_t bytes) {
    release_memory();
    set_memory_cache(bytes);
  }
  ~cache_scope() { set_memory_cache(std::size_t{1} << 30); }
  cache_scope(const cache_scope&) = delete;
  cache_scope& operator=(const cache_scope&) = delete;
};

}  // namespace

TEST_CASE("memory: blocks are aligned, whatever their size") {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{100}, large, large + 1}) {
    const auto a = detail::allocate(bytes), b = detail::scratch(bytes);
    for (void* p : {a.get(), b.get()}) CHECK(reinterpret_cast<std::uintptr_t>(p) % 64 == 0);
    std::memset(a.get(), 1, bytes);
    std::memset(b.get(), 2, bytes);
  }
  CHECK_THROWS_AS(detail::allocate(~std::size_t{0}), std::bad_alloc);
  CHECK_THROWS_AS(detail::scratch(~std::size_t{0} / 2), std::bad_alloc);
}

#if !EDGEFOLD_TEST_ASAN
TEST_CASE("memory: a freed block serves a request of its size or a little less, and no other") {
  const cache_scope scope(16 * large);
  auto block = detail::allocate(large);
  void* const p = block.get();
  block = nullptr;
  block = detail::allocate(2 * large);
  CHECK(block.get() != p);
  block = nullptr;
  CHECK(detail::allocate(large - large / 8).get() == p);
  CHECK(detail::allocate(large).get() == p);
  auto small = detail::scratch(1000);
  void* const q = small.get();
  small = nullptr;
  CHECK(detail::scratch(960).get() == q);
}

TEST_CASE("memory: what is kept stays below the limit, and goes when it is asked for") {
  const cache_scope scope(3 * large);
  const std::size_t before = in_use();
  std::vector<std::shared_ptr<void>> blocks;
  for (int i = 0; i < 8; ++i) blocks.push_back(detail::allocate(large));
  blocks.clear();
  if (!EDGEFOLD_TEST_TSAN) CHECK(in_use() >= before + 3 * large);
  CHECK(in_use() < before + 6 * large);  // (what is aligned may take half as much again)
  release_memory();
  CHECK(in_use() < before + large / 4);
  set_memory_cache(0);
  detail::allocate(large);
  detail::scratch(large / 8);
  CHECK(in_use() < before + large / 16);
}

TEST_CASE("memory: threads take blocks and give them back at once") {
  const cache_scope scope(16 * large);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (std::size_t i = 0; i < 200; ++i) {
        const auto block = i % 2 ? detail::allocate(large) : detail::scratch(1000 * (i + 1));
        *static_cast<std::size_t*>(block.get()) = i * static_cast<std::size_t>(t);
        CHECK(*static_cast<std::size_t*>(block.get()) == i * static_cast<std::size_t>(t));
      }
    });
}
#else
TEST_CASE("memory: the address sanitizer sees blocks come and go") {
  for (const auto make : {detail::allocate, detail::scratch}) {
    auto block = make(large);
    const void* const p = block.get();
    block = nullptr;
    CHECK(__asan_address_is_poisoned(p));
  }
}
#endif
