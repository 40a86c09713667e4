#include <edgefold/ops/transform/neighbor_graph.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/transform/private/point_tree.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace edgefold {
namespace {

struct point_rows {
  const float* x;
  std::int64_t count, dims;
  const float* row(std::int64_t i) const { return x + i * dims; }
  // What nanoflann asks for.
  std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(count); }
  float kdtree_get_pt(vertex_id i, std::size_t d) const { return row(i)[d]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

// NOLINTBEGIN(readability-identifier-naming): the names that nanoflann calls
// What nanoflann measures by. Squares of float differences are exact in double: a distance does not depend on how the
// compiler rounds products. Sums run in lanes, for points of many dims.
struct squared_distance {
  using ElementType = float;
  using DistanceType = double;
  using IndexType = vertex_id;
  const point_rows& points;
  explicit squared_distance(const point_rows& p) : points(p) {}

  double evalMetric(const float* a, vertex_id i, std::int64_t dims) const {
    constexpr std::int64_t lanes = 8;
    const float* const b = points.row(i);
    const auto square = [=](std::int64_t d) { return squared(a[d] - b[d]); };
    double sums[lanes] = {}, sum = 0;
    std::int64_t d = 0;
    for (; d + lanes <= dims; d += lanes)
      for (std::int64_t lane = 0; lane < lanes; ++lane) sums[lane] += square(d + lane);
    if (d > 0) sum = std::accumulate(sums, sums + lanes, 0.0);
    for (; d < dims; ++d) sum += square(d);
    return sum;
  }
  double accum_dist(double a, double b, std::int64_t) const { return squared(a - b); }
  static double squared(double difference) { return difference * difference; }
};

// The points of one graph of a batch. The tree has a reference to them.
struct cloud {
  cloud(const point_rows& all, std::int64_t begin, std::int64_t end)
      : first(static_cast<vertex_id>(begin)),
        points{all.row(begin), end - begin, all.dims},
        tree(static_cast<std::int32_t>(all.dims), points) {}
  vertex_id first;
  point_rows points;
  detail::point_tree<squared_distance, point_rows> tree;
};

using neighbor = std::pair<double, vertex_id>;  // squared distance, id: compared in this order

// What nanoflann puts the points into that it meets: the `most` nearest within `bound`, as a heap behind those that
// `all` has already.
struct nearest {
  using DistanceType = double;
  using IndexType = vertex_id;
  std::vector<neighbor>& all;
  std::size_t most;
  double bound;
  vertex_id left_out;
  std::ptrdiff_t begin = std::ssize(all);

  bool full() const { return all.size() - static_cast<std::size_t>(begin) == most; }
  // Somewhat more than the distance of the last that is wanted: nanoflann passes over equal ones, and rounds.
  double worstDist() const {
    return (full() ? all[static_cast<std::size_t>(begin)].first : bound) * (1 + 1e-6) +
           std::numeric_limits<double>::min();
  }
  bool addPoint(double squared, vertex_id id) {
    const neighbor found{squared, id};
    if (id == left_out || squared > bound) return true;
    if (full()) {
      if (all[static_cast<std::size_t>(begin)] < found) return true;
      std::pop_heap(all.begin() + begin, all.end());
      all.pop_back();
    }
    all.push_back(found);
    std::push_heap(all.begin() + begin, all.end());
    return true;
  }
  void sort() {}  // whoever reads `all` sorts: not every version of nanoflann calls this
};
// NOLINTEND(readability-identifier-naming)

// Where the points of each graph begin, and their number.
std::vector<std::int64_t> begins(const tensor& points, const neighbor_options& options, std::int64_t least,
                                 std::string_view operation) {
  const std::int64_t n = points.rows();
  check(points.num_dims() == 2 && points.width() > 0 && n <= std::numeric_limits<vertex_id>::max(), operation,
        "the points have shape ", points.shape(), ", expected (up to 2^31 - 1 points, 1 or more dims)");
  const float* const x = points.data();
  for (std::int64_t i = 0; i < points.size(); ++i)
    check(std::abs(x[i]) <= 1e38F, operation, "point ", i / points.width(), " has the coordinate ", x[i],
          ", expected numbers of magnitude up to 1e38");
  const std::vector<std::int64_t> counts = options.num_vertices.empty() ? std::vector{n} : options.num_vertices;
  std::vector<std::int64_t> begin{0};
  for (const std::int64_t count : counts) {
    check(count >= 0 && count <= n - begin.back(), operation, "graph ", begin.size() - 1, " has ", count, " of ",
          n - begin.back(), " points that are left");
    check(count == 0 || count >= least, operation, "graph ", begin.size() - 1, " has ", count,
          " points, expected at least ", least);
    begin.push_back(begin.back() + count);
  }
  check(begin.back() == n, operation, "the graphs have ", begin.back(), " vertices, there are ", n, " points");
  return begin;
}

graph join_nearest(const tensor& points, const std::vector<std::int64_t>& begin, std::int64_t most, double bound,
                   bool self_loops) {
  constexpr std::int64_t block = 256;
  const point_rows all{points.data(), points.rows(), points.width()};
  std::vector<std::unique_ptr<cloud>> clouds(begin.size() - 1);
  parallel_for(std::ssize(clouds), 1, [&](std::int64_t i, std::int64_t) {
    const auto c = static_cast<std::size_t>(i);
    clouds[c] = std::make_unique<cloud>(all, begin[c], begin[c + 1]);
  });
  // Calls f(cloud, number within it) for points [i, end), in the order of the trees' leaves: a search finds in the
  // caches what the one before it read.
  const auto each_point = [&](std::int64_t i, std::int64_t end, const auto& f) {
    for (; i < end; ++i) {
      const auto c = std::upper_bound(begin.begin(), begin.end(), i) - begin.begin() - 1;
      const cloud& of_graph = *clouds[static_cast<std::size_t>(c)];
      f(of_graph, detail::leaf_order(of_graph.tree)[static_cast<std::size_t>(i - of_graph.first)]);
    }
  };

  std::vector<std::vector<neighbor>> found(static_cast<std::size_t>((all.count + block - 1) / block));
  auto offsets = basic_tensor<std::int64_t>::uninitialized({all.count + 1});
  std::int64_t* const o = offsets.mutable_data();
  o[0] = 0;
  parallel_for(all.count, block, [&](std::int64_t i, std::int64_t end) {
    auto& of_block = found[static_cast<std::size_t>(i / block)];
    each_point(i, end, [&](const cloud& c, vertex_id v) {
      nearest results{of_block, static_cast<std::size_t>(most), bound, self_loops ? -1 : v};
      detail::search(c.tree, results, c.points.row(v));
      std::sort_heap(of_block.begin() + results.begin, of_block.end());
      o[c.first + v + 1] = std::ssize(of_block) - results.begin;
    });
  });
  std::partial_sum(o, o + all.count + 1, o);

  auto sources = basic_tensor<vertex_id>::uninitialized({o[all.count]});
  tensor distances = tensor::uninitialized({o[all.count], 1});
  parallel_for(all.count, block,
               [&, u = sources.mutable_data(), d = distances.mutable_data()](std::int64_t i, std::int64_t end) {
                 auto next = found[static_cast<std::size_t>(i / block)].begin();
                 each_point(i, end, [&](const cloud& c, vertex_id v) {
                   for (std::int64_t k = o[c.first + v]; k < o[c.first + v + 1]; ++k, ++next) {
                     u[k] = c.first + next->second;
                     d[k] = static_cast<float>(std::sqrt(next->first));
                   }
                 });
               });
  graph g = graph::from_csc(std::move(offsets), std::move(sources));
  g.edata["distance"] = distances;
  return g;
}

}  // namespace

graph knn_graph(const tensor& points, std::int64_t k, const neighbor_options& options) {
  constexpr std::int64_t most = std::numeric_limits<vertex_id>::max();
  check(k >= 1 && k <= most, "knn_graph", "k is ", k, ", expected at least 1 and at most ", most);
  const auto begin = begins(points, options, options.self_loops ? k : k + 1, "knn_graph");
  return join_nearest(points, begin, k, std::numeric_limits<double>::infinity(), options.self_loops);
}

graph radius_graph(const tensor& points, double r, const neighbor_options& options, std::int64_t max_neighbors) {
  check(r > 0, "radius_graph", "r is ", r, ", expected a positive radius");
  check(max_neighbors >= 1, "radius_graph", "max_neighbors is ", max_neighbors, ", expected at least 1");
  const auto begin = begins(points, options, 0, "radius_graph");
  const double radius = static_cast<float>(r);  // as the points are: 0 and 0.1F are 0.1 apart
  return join_nearest(points, begin, max_neighbors, radius * radius, options.self_loops);
}

}  // namespace edgefold
