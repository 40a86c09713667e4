#include <edgefold/core/private/edge_sort.hpp>

#include <edgefold/core/memory.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/memory.hpp>

#include <algorithm>
#include <atomic>
#include <bit>

namespace edgefold::detail {
namespace {

constexpr std::int64_t max_runs = 64, max_buckets = 2048;
constexpr std::int64_t line = 16;    // 32-bit words of a cache line
constexpr std::int64_t ahead = 512;  // edges from the current one to the one prefetched

bool ascends(const std::int32_t* keys, std::int64_t n) {
  std::atomic<bool> sorted{true};
  parallel_for(n - 1, 1 << 18, [&](std::int64_t b, std::int64_t e) {
    if (sorted.load(std::memory_order_relaxed) && !std::is_sorted(keys + b, keys + e + 1)) sorted = false;
  });
  return sorted;
}

// The offsets of keys that ascend: edge i is the first of those after the key before, up to its own.
void mark_groups(const std::int32_t* keys, std::int64_t n, std::int64_t num_groups, std::int64_t* offsets) {
  parallel_for(n + 1, 1 << 18, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i)
      for (std::int64_t k = i == 0 ? 0 : keys[i - 1] + 1; k <= (i == n ? num_groups : keys[i]); ++k) offsets[k] = i;
  });
}

// Stable counting sort. Edges are cut into runs; `counts` (runs, keys) become the position of the next edge of that run
// and key. The cut decides nothing about the result: a stable order by key is unique. offsets[k] becomes the position
// of the first edge of key k, that of the first of all being `start`; then place(next, begin, end) puts each run.
template <class Key, class Place>
void counting_sort(std::int64_t n, std::int64_t keys, std::int64_t edges_a_run, std::int64_t start,
                   std::int64_t* offsets, Key&& key_of, Place&& place) {
  const std::int64_t runs =
      std::clamp<std::int64_t>(std::min(n / edges_a_run, n / keys), 1, std::min<std::int64_t>(max_runs, num_threads()));
  const std::int64_t run = (n + runs - 1) / runs, stride = keys + 16;  // threads write to no cache line in common
  std::vector<std::int64_t> counts(static_cast<std::size_t>(runs * stride));
  const auto each_run = [&](auto& f) {
    parallel_for(runs, 1, [&](std::int64_t r, std::int64_t) {
      f(counts.data() + r * stride, std::min(n, r * run), std::min(n, (r + 1) * run));
    });
  };
  const auto count = [&](std::int64_t* of, std::int64_t i, std::int64_t end) {
    for (; i < end; ++i) ++of[key_of(i)];
  };
  each_run(count);
  for (std::int64_t k = 0; k < keys; ++k) {
    offsets[k] = start;
    for (std::int64_t r = 0; r < runs; ++r)
      start += std::exchange(counts[static_cast<std::size_t>(r * stride + k)], start);
  }
  each_run(place);
}

template <class Id>
struct edge {
  std::int32_t key, other;
  Id id;
};

// Edges on their way to positions of one line, slot k to a position that is k modulo their number.
template <class Id>
struct alignas(64) edge_line {
  edge<Id> slots[line];

  // Writes a member of those for begin .. end - 1. All are written past the caches: word by word, the memory would
  // first be read.
  template <class T>
  void write(T edge<Id>::*member, std::int64_t begin, std::int64_t end, T* to) const {
    constexpr int lanes = impl::native_lanes<T>;
    T words[line];
    for (int k = 0; k < line; ++k) words[k] = slots[k].*member;
    if (end - begin < line) std::copy_n(words + begin % line, end - begin, to + begin);
    else
      for (int k = 0; k < line; k += lanes) impl::stream(to + begin + k, impl::load<T, lanes>(words + k));
  }
};

// What is sorted, and where to.
template <class Id>
struct sort_task {
  std::int64_t n, num_groups;
  const std::int32_t *keys, *others;
  std::int64_t* offsets;  // (num_groups + 1), the last is there
  std::int32_t* neighbors;
  Id* ids;
  const sort_limits& limits;
};

// Puts n edges, of num_keys keys from first_key on, to the positions from `start` on. key_of(i), counted from
// first_key, and then edge_at(i) are asked once for each.
template <class Id, class Key, class Edge>
void sort_range(const sort_task<Id>& task, std::int64_t start, std::int64_t n, std::int64_t first_key,
                std::int64_t num_keys, Key&& key_of, Edge&& edge_at) {
  const auto place = [&](std::int64_t* next, std::int64_t i, std::int64_t end) {
    for (; i < end; ++i) {
      const edge<Id> e = edge_at(i);
      const std::int64_t at = next[e.key]++;
      task.neighbors[at] = e.other;
      task.ids[at] = e.id;
    }
  };
  counting_sort(n, num_keys, task.limits.edges_a_run, start, task.offsets + first_key, key_of, place);
}

// Groups the edges by key >> shift. `starts` becomes the first position of every bucket and, as before, the end;
// `keys` the keys by position.
template <class Id>
void fill_buckets(const sort_task<Id>& task, int shift, std::vector<std::int64_t>& starts, std::int32_t* keys) {
  const std::int64_t buckets = std::ssize(starts) - 1;
  const auto bucket_of = [&](std::int64_t i) {
    if (i % line == 0) impl::prefetch(task.keys + std::min(i + ahead, task.n - 1));
    return static_cast<std::size_t>(task.keys[i] >> shift);
  };
  const auto place = [&](const std::int64_t* first, std::int64_t i, std::int64_t end) {
    std::vector<edge_line<Id>> lines(static_cast<std::size_t>(buckets));
    std::vector<std::int64_t> next(first, first + buckets);
    const auto write = [&](std::size_t b) {
      const std::int64_t e = next[b], p = std::max(first[b], (e - 1) / line * line);
      lines[b].write(&edge<Id>::key, p, e, keys);
      lines[b].write(&edge<Id>::other, p, e, task.neighbors);
      lines[b].write(&edge<Id>::id, p, e, task.ids);
    };
    for (; i < end; ++i) {
      const std::size_t b = bucket_of(i);
      const std::int64_t slot = next[b]++ & (line - 1);
      lines[b].slots[slot] = {task.keys[i], task.others[i], static_cast<Id>(i)};
      if (slot == line - 1) write(b);
    }
    for (std::size_t b = 0; b < lines.size(); ++b) write(b);
    impl::stream_fence();
  };
  counting_sort(task.n, buckets, task.limits.edges_a_run, 0, starts.data(), bucket_of, place);
}

// By the high bits of the keys first, in buckets that fit the cache, then each bucket by the low ones: writes all over
// memory would miss the caches and the TLB. Between the two, edges stand in the result's own arrays.
template <class Id>
void sort_by_buckets(const sort_task<Id>& task) {
  const std::int64_t most = std::clamp<std::int64_t>(task.n / task.limits.edges_a_bucket, 1, max_buckets);
  const auto shift = static_cast<int>(std::bit_width(static_cast<std::uint64_t>((task.num_groups - 1) / most)));
  std::vector<std::int64_t> starts(static_cast<std::size_t>((task.num_groups - 1) >> shift) + 2, task.n);
  auto key_tensor = basic_tensor<std::int32_t>::uninitialized({task.n});
  std::int32_t* const keys = key_tensor.mutable_data();
  fill_buckets(task, shift, starts, keys);
  const std::int64_t chunks = 8 * num_threads();  // of about as many edges
  const auto first_bucket = [&](std::int64_t chunk) {
    return std::lower_bound(starts.begin(), starts.end() - 1, (task.n + 1) * chunk / chunks) - starts.begin();
  };
  parallel_for(chunks, 1, [&](std::int64_t chunk, std::int64_t) {
    const std::int64_t* const s = starts.data();
    const std::int64_t first = first_bucket(chunk), last = first_bucket(chunk + 1);
    std::int64_t largest = 0;
    for (std::int64_t b = first; b < last; ++b) largest = std::max(largest, s[b + 1] - s[b]);
    const auto scratch = allocate(static_cast<std::size_t>(largest) * sizeof(edge<Id>));
    auto* const edges = static_cast<edge<Id>*>(scratch.get());
    for (std::int64_t b = first; b < last; ++b) {
      const std::int64_t begin = s[b], key = b << shift, num_keys = std::min(task.num_groups, (b + 1) << shift) - key;
      const auto take = [=](std::int64_t i) {
        const std::int64_t k = begin + i;
        edges[i] = {keys[k] - static_cast<std::int32_t>(key), task.neighbors[k], task.ids[k]};
        return edges[i].key;
      };
      sort_range(task, begin, s[b + 1] - begin, key, num_keys, take, [=](std::int64_t i) { return edges[i]; });
    }
  });
}

template <class Id>
void sort_edges(const sort_task<Id>& task) {
  if (task.n > task.limits.at_once && task.num_groups > task.limits.groups_at_once) return sort_by_buckets(task);
  const auto key_of = [&](std::int64_t i) { return task.keys[i]; };
  const auto edge_at = [&](std::int64_t i) { return edge<Id>{task.keys[i], task.others[i], static_cast<Id>(i)}; };
  sort_range(task, 0, task.n, 0, task.num_groups, key_of, edge_at);
}

}  // namespace

edge_groups group_arrays::view(std::int64_t num_groups) const {
  auto self = std::make_shared<const group_arrays>(*this);
  return {num_groups, neighbors.size(), offsets.data(), neighbors.data(), ids.data(), wide_ids.data(), self};
}

group_arrays group_edges(const basic_tensor<std::int32_t>& keys, const basic_tensor<std::int32_t>& others,
                         std::int64_t num_groups, const sort_limits& limits) {
  const std::int64_t n = keys.size();
  group_arrays g;
  g.offsets = basic_tensor<std::int64_t>::uninitialized({num_groups + 1});
  if (ascends(keys.data(), n)) {
    mark_groups(keys.data(), n, num_groups, g.offsets.mutable_data());
    g.neighbors = others;
    return g;
  }
  g.neighbors = basic_tensor<std::int32_t>::uninitialized({n});
  g.offsets.mutable_data()[num_groups] = n;
  const auto sort = [&]<class Id>(basic_tensor<Id>& ids) {
    ids = basic_tensor<Id>::uninitialized({n});
    sort_edges<Id>({n, num_groups, keys.data(), others.data(), g.offsets.mutable_data(), g.neighbors.mutable_data(),
                    ids.mutable_data(), limits});
  };
  if (n <= limits.narrow_ids) sort(g.ids);
  else sort(g.wide_ids);
  return g;
}

}  // namespace edgefold::detail
