#include <edgefold/core/adjacency.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/edge_sort.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

namespace edgefold {
namespace {

// A value built on first use. Threads that arrive together may build it twice and keep one: nobody waits for parallel
// work under a lock, where the work could be waiting for the thread that waits.
template <class T>
class lazy {
 public:
  lazy() = default;
  lazy(const lazy&) = delete;
  lazy& operator=(const lazy&) = delete;
  ~lazy() { delete value_.load(); }
  bool ready() const { return value_.load(std::memory_order_acquire) != nullptr; }
  template <class Build>
  const T& get(Build&& build) const {
    if (const T* have = value_.load(std::memory_order_acquire)) return *have;
    auto fresh = std::make_unique<const T>(build());
    const T* expected = nullptr;
    if (value_.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel)) return *fresh.release();
    return *expected;
  }

 private:
  mutable std::atomic<const T*> value_{nullptr};
};

struct edge_ends {
  basic_tensor<std::int32_t> sources, targets;
};

void check_vertex_count(std::int64_t n, std::string_view operation) {
  constexpr std::int64_t most = std::numeric_limits<vertex_id>::max();
  check(n >= 0 && n <= most, operation, "a graph has from 0 to ", most, " vertices, got ", n);
}

void check_offsets(const basic_tensor<std::int64_t>& offsets, std::int64_t num_edges, std::string_view operation) {
  const std::int64_t* o = offsets.data();
  const std::int64_t groups = offsets.size() - 1;
  check(o[0] == 0 && o[groups] == num_edges, operation, "offsets run from ", o[0], " to ", o[groups],
        ", expected from 0 to ", num_edges);
  for (std::int64_t r = 0; r < groups; ++r)
    check(o[r] <= o[r + 1], operation, "offsets[", r + 1, "] is ", o[r + 1], ", less than offsets[", r, "], ", o[r]);
}

// Edge ids must be a permutation that ascends within each group: the order in which reductions run. As many ids as
// there are edges, all in range, are a permutation where each has been seen.
bool ids_are_good(const edge_groups& g) {
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(g.num_edges));
  std::atomic<bool> good{true};
  parallel_for(g.num_groups, 4096, [&](std::int64_t b, std::int64_t e) {
    bool ascend = true;
    for (std::int64_t r = b; r < e; ++r) {
      edge_id last = -1;
      for (std::int64_t k = g.offsets[r]; k < g.offsets[r + 1]; ++k) {
        const edge_id id = g.id_at(k);
        ascend &= last < id;
        last = id;
        std::atomic_ref(seen[static_cast<std::size_t>(id)]).store(1, std::memory_order_relaxed);
      }
    }
    if (!ascend) good = false;
  });
  return good && (seen.empty() || !std::memchr(seen.data(), 0, seen.size()));
}

void check_ids(const edge_groups& g, std::string_view operation) {
  if (ids_are_good(g)) return;
  std::vector<bool> seen(static_cast<std::size_t>(g.num_edges));
  for (std::int64_t r = 0; r < g.num_groups; ++r)
    for (std::int64_t k = g.offsets[r]; k < g.offsets[r + 1]; ++k) {
      const edge_id e = g.id_at(k);
      check(!seen[static_cast<std::size_t>(e)], operation, "edge id ", e, " is given twice");
      check(k == g.offsets[r] || g.id_at(k - 1) < e, operation, "edge ids of vertex ", r, " do not ascend");
      seen[static_cast<std::size_t>(e)] = true;
    }
}

// Both ends by edge id, from one grouping.
std::pair<basic_tensor<std::int32_t>, basic_tensor<std::int32_t>> ends_of(const edge_groups& g) {
  auto grouped = basic_tensor<std::int32_t>::uninitialized({g.num_edges});
  auto others = basic_tensor<std::int32_t>::uninitialized({g.num_edges});
  std::int32_t* group_of = grouped.mutable_data();
  std::int32_t* other_of = others.mutable_data();
  parallel_for(g.num_groups, 4096, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t r = b; r < e; ++r)
      for (std::int64_t k = g.offsets[r]; k < g.offsets[r + 1]; ++k) {
        group_of[g.id_at(k)] = static_cast<std::int32_t>(r);
        other_of[g.id_at(k)] = g.neighbors[k];
      }
  });
  return {grouped, others};
}

}  // namespace

struct adjacency::body {
  std::int64_t num_src = 0, num_dst = 0, num_edges = 0;
  lazy<edge_ends> ends;  // at least one of the three is there from the start
  lazy<edge_groups> in, out;

  const edge_ends& get_ends() const {
    return ends.get([this] {
      const bool by_target = in.ready();
      auto [grouped, others] = ends_of(by_target ? get_in() : get_out());
      return by_target ? edge_ends{others, grouped} : edge_ends{grouped, others};
    });
  }
  const edge_groups& get_in() const {
    return in.get(
        [this] { return detail::group_edges(get_ends().targets, get_ends().sources, num_dst).view(num_dst); });
  }
  const edge_groups& get_out() const {
    return out.get(
        [this] { return detail::group_edges(get_ends().sources, get_ends().targets, num_src).view(num_src); });
  }
};

adjacency::adjacency() : adjacency(from_coo({}, {}, 0, 0)) {}

adjacency adjacency::from_coo(id_list sources, id_list targets, std::int64_t num_src, std::int64_t num_dst) {
  check_vertex_count(num_src, "from_coo");
  check_vertex_count(num_dst, "from_coo");
  check(sources.size() == targets.size(), "from_coo", "sources has ", sources.size(), " ids, targets has ",
        targets.size());
  sources.check_range(num_src, "from_coo", "source of edge");
  targets.check_range(num_dst, "from_coo", "target of edge");
  auto b = std::make_shared<body>();
  b->num_src = num_src;
  b->num_dst = num_dst;
  b->num_edges = sources.size();
  b->ends.get([&] { return edge_ends{std::move(sources).take_int32(), std::move(targets).take_int32()}; });
  return adjacency(b);
}

adjacency adjacency::from_groups(id_list offsets, id_list neighbors, id_list* ids, std::int64_t others,
                                 std::string_view operation, bool by_target) {
  check(offsets.size() >= 1, operation, "offsets is empty, expected one entry a vertex and one more");
  const std::int64_t groups = offsets.size() - 1, edges = neighbors.size();
  check_vertex_count(groups, operation);
  check_vertex_count(others, operation);
  neighbors.check_range(others, operation, by_target ? "source at position" : "target at position");
  detail::group_arrays arrays;
  arrays.offsets = std::move(offsets).take_int64();
  check_offsets(arrays.offsets, edges, operation);
  arrays.neighbors = std::move(neighbors).take_int32();
  if (ids) {
    check(ids->size() == edges, operation, "edge_ids has ", ids->size(), " ids for ", edges, " edges");
    ids->check_range(edges, operation, "edge id at position");
    std::move(*ids).take().visit([&](const auto& t) {
      if constexpr (sizeof(*t.data()) == 4) arrays.ids = t;
      else arrays.wide_ids = t;
    });
  }
  auto b = std::make_shared<body>();
  edge_groups view = arrays.view(groups);
  if (ids) check_ids(view, operation);
  b->num_src = by_target ? others : groups;
  b->num_dst = by_target ? groups : others;
  b->num_edges = edges;
  (by_target ? b->in : b->out).get([&] { return view; });
  return adjacency(b);
}

adjacency adjacency::from_csc(id_list offsets, id_list sources, std::int64_t num_src) {
  return from_groups(std::move(offsets), std::move(sources), nullptr, num_src, "from_csc", true);
}
adjacency adjacency::from_csc(id_list offsets, id_list sources, std::int64_t num_src, id_list edge_ids) {
  return from_groups(std::move(offsets), std::move(sources), &edge_ids, num_src, "from_csc", true);
}
adjacency adjacency::from_csr(id_list offsets, id_list targets, std::int64_t num_dst) {
  return from_groups(std::move(offsets), std::move(targets), nullptr, num_dst, "from_csr", false);
}
adjacency adjacency::from_csr(id_list offsets, id_list targets, std::int64_t num_dst, id_list edge_ids) {
  return from_groups(std::move(offsets), std::move(targets), &edge_ids, num_dst, "from_csr", false);
}

std::int64_t adjacency::num_src() const { return body_->num_src; }
std::int64_t adjacency::num_dst() const { return body_->num_dst; }
std::int64_t adjacency::num_edges() const { return body_->num_edges; }
const edge_groups& adjacency::in_edges() const { return body_->get_in(); }
const edge_groups& adjacency::out_edges() const { return body_->get_out(); }
const vertex_id* adjacency::sources() const { return body_->get_ends().sources.data(); }
const vertex_id* adjacency::targets() const { return body_->get_ends().targets.data(); }

adjacency adjacency::reversed() const {
  auto b = std::make_shared<body>();
  b->num_src = num_dst();
  b->num_dst = num_src();
  b->num_edges = num_edges();
  if (body_->in.ready()) b->out.get([&] { return body_->get_in(); });
  if (body_->out.ready()) b->in.get([&] { return body_->get_out(); });
  if (body_->ends.ready()) b->ends.get([&] { return edge_ends{body_->get_ends().targets, body_->get_ends().sources}; });
  return adjacency(b);
}

adjacency adjacency::subset(const id_list& edge_ids) const {
  edge_ids.check_range(num_edges(), "subset", "edge id at position");
  const vertex_id* from = sources();
  const vertex_id* to = targets();
  edge_ends chosen{basic_tensor<std::int32_t>::uninitialized({edge_ids.size()}),
                   basic_tensor<std::int32_t>::uninitialized({edge_ids.size()})};
  std::int32_t* u = chosen.sources.mutable_data();
  std::int32_t* v = chosen.targets.mutable_data();
  edge_ids.visit([&](const auto& ids) {
    const auto* id = ids.data();
    parallel_for(ids.size(), 1 << 16, [&](std::int64_t b, std::int64_t e) {
      for (std::int64_t i = b; i < e; ++i) u[i] = from[id[i]], v[i] = to[id[i]];
    });
  });
  auto b = std::make_shared<body>();
  b->num_src = num_src();
  b->num_dst = num_dst();
  b->num_edges = edge_ids.size();
  b->ends.get([&] { return chosen; });
  return adjacency(b);
}

edge_groups segments(const id_list& lengths) {
  auto offsets = basic_tensor<std::int64_t>::uninitialized({lengths.size() + 1});
  std::int64_t* o = offsets.mutable_data();
  o[0] = 0;
  for (std::int64_t i = 0; i < lengths.size(); ++i) {
    check(lengths[i] >= 0, "segments", "length ", i, " is ", lengths[i], ", expected 0 or more");
    check(!__builtin_add_overflow(o[i], lengths[i], &o[i + 1]), "segments", "the lengths add up to more than 2^63");
  }
  edge_groups g;
  g.num_groups = lengths.size();
  g.num_edges = o[lengths.size()];
  g.offsets = o;
  g.owner = std::make_shared<const basic_tensor<std::int64_t>>(offsets);
  return g;
}

}  // namespace edgefold
