#include <edgefold/ops/sample/private/chosen_edges.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/private/group_offsets.hpp>
#include <edgefold/ops/sample/private/id_numbers.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace edgefold::detail {
namespace {

using positions = std::span<std::int64_t>;

// Chooses among the in-edges of one vertex after another.
class chooser {
 public:
  chooser(const edge_groups& in, const edge_choice& how, std::string_view operation)
      : in_(in), how_(how), weight_(how.weight.data()), operation_(operation) {}

  std::int64_t count(std::int64_t v) const {
    std::int64_t n = in_.degree(v);
    if (weight_) {
      n = 0;
      for (std::int64_t k = in_.offsets[v]; k < in_.offsets[v + 1]; ++k) n += weight(k) > 0;
    }
    if (how_.fan_out < 0 || n == 0) return n;
    return how_.replace ? how_.fan_out : std::min(n, how_.fan_out);
  }

  // As many as count(v); positions ascend.
  void choose(std::int64_t v, positions out) {
    if (out.empty()) return;
    const std::int64_t first = in_.offsets[v], n = in_.degree(v);
    random_sequence random(how_.seed, how_.stream, v);
    const bool replace = how_.replace && how_.fan_out > 0;
    if (weight_) {
      if (replace) repeat_by_weight(first, n, out, random);
      else subset_by_weight(first, n, out, random);
    } else if (replace) {
      for (std::int64_t& x : out) x = random.below(n);
    } else if (std::ssize(out) < n) {
      subset(n, out, random);
    } else {
      std::iota(out.begin(), out.end(), 0);
    }
    if (weight_ || replace) std::sort(out.begin(), out.end());
    for (std::int64_t& x : out) x += first;
  }

 private:
  double weight(std::int64_t position) const { return weight_of(weight_, in_.id_at(position), operation_); }

  // Floyd's algorithm (Bentley & Floyd 1987): of 0 .. n - 1, every subset as likely as any other.
  void subset(std::int64_t n, positions out, random_sequence& random) {
    std::int64_t last = n - std::ssize(out);
    if (last > 4096 * std::ssize(out)) return subset_of_many(last, out, random);
    bits_.assign(static_cast<std::size_t>(n + 63) / 64, 0);
    for (; last < n; ++last) {
      const std::int64_t x = random.below(last + 1);
      const std::int64_t chosen = bit(x) >> x % 64 & 1 ? last : x;
      bit(chosen) |= std::uint64_t{1} << chosen % 64;
    }
    auto to = out.begin();
    for (std::size_t i = 0; i < bits_.size(); ++i)
      for (std::uint64_t rest = bits_[i]; rest != 0; rest &= rest - 1)
        *to++ = static_cast<std::int64_t>(i) * 64 + std::countr_zero(rest);
  }
  std::uint64_t& bit(std::int64_t i) { return bits_[static_cast<std::size_t>(i) / 64]; }

  // The same where few of so many are chosen that a bit for each costs more than a sorted list.
  static void subset_of_many(std::int64_t last, positions out, random_sequence& random) {
    for (auto end = out.begin(); end != out.end(); ++end, ++last) {
      const std::int64_t x = random.below(last + 1);
      const auto at = std::lower_bound(out.begin(), end, x);
      const bool taken = at != end && *at == x;  // then the last, which is greater than all so far
      if (!taken) std::move_backward(at, end, end + 1);
      *(taken ? end : at) = taken ? last : x;
    }
  }

  void repeat_by_weight(std::int64_t first, std::int64_t n, positions out, random_sequence& random) {
    sums_.clear();
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sums_.push_back(sum += weight(first + i));
    for (std::int64_t& x : out) x = draw_by_weight(sums_.data(), n, random);
  }

  // Edge i is drawn at a time that is exponentially distributed with rate weight_i: the first ones are chosen.
  void subset_by_weight(std::int64_t first, std::int64_t n, positions out, random_sequence& random) {
    times_.clear();
    for (std::int64_t i = 0; i < n; ++i)
      if (const double w = weight(first + i); w > 0) times_.emplace_back(-std::log1p(-random.unit()) / w, i);
    if (out.size() < times_.size()) std::nth_element(times_.begin(), times_.begin() + std::ssize(out), times_.end());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = times_[i].second;
  }

  const edge_groups& in_;
  const edge_choice& how_;
  const float* weight_;
  std::string_view operation_;
  std::vector<std::uint64_t> bits_;
  std::vector<double> sums_;
  std::vector<std::pair<double, std::int64_t>> times_;
};

void number_all(const basic_tensor<std::int64_t>& ids, id_numbers& numbers, std::string_view operation) {
  for (std::int32_t i = 0; const std::int64_t id : ids.values())
    check(numbers(static_cast<vertex_id>(id)) == i++, operation, "vertex ", id, " is given twice");
}

}  // namespace

chosen_edges choose_edges(const edge_groups& in, const basic_tensor<std::int64_t>& vertices, const edge_choice& how,
                          std::string_view operation) {
  constexpr std::int64_t most = std::numeric_limits<vertex_id>::max();
  check((how.fan_out > 0 && how.fan_out <= most) || how.fan_out == -1, operation, "fan-out is ", how.fan_out,
        ", expected 1 or more, up to ", most, ", or -1: all");
  constexpr std::int64_t grain = 256;
  const std::int64_t n = vertices.size();
  const std::int64_t* vertex = vertices.data();
  chosen_edges edges;
  const chooser counter(in, how, operation);
  edges.offsets = group_offsets(n, grain, [&](std::int64_t i) { return counter.count(vertex[i]); });
  const std::int64_t* const offsets = edges.offsets.data();
  edges.ids = basic_tensor<std::int64_t>::uninitialized({offsets[n]});
  edges.sources = basic_tensor<std::int32_t>::uninitialized({offsets[n]});
  std::int64_t* id = edges.ids.mutable_data();
  std::int32_t* source = edges.sources.mutable_data();
  parallel_for(n, grain, [&](std::int64_t b, std::int64_t e) {
    chooser c(in, how, operation);
    for (std::int64_t i = b; i < e; ++i) c.choose(vertex[i], {id + offsets[i], id + offsets[i + 1]});
    for (std::int64_t k = offsets[b]; k < offsets[e]; ++k) {  // apart, so that many reads are under way at once
      source[k] = in.neighbors[id[k]];
      id[k] = in.id_at(id[k]);
    }
  });
  return edges;
}

graph block_of(const basic_tensor<std::int64_t>& dst, chosen_edges edges, std::int64_t num_vertices,
               std::string_view operation) {
  id_numbers numbers(dst.size() + edges.sources.size(), num_vertices);
  number_all(dst, numbers, operation);
  std::int32_t* source = edges.sources.mutable_data();
  for (std::int64_t k = 0; k < edges.sources.size(); ++k) source[k] = numbers(source[k]);
  auto src = basic_tensor<std::int64_t>::uninitialized({std::ssize(numbers.ids())});
  std::copy(numbers.ids().begin(), numbers.ids().end(), src.mutable_data());
  graph block = graph::block(adjacency::from_csc(std::move(edges.offsets), std::move(edges.sources), src.size()));
  block.srcdata[original_id] = src;
  block.dstdata[original_id] = dst;
  block.edata[original_id] = edges.ids;
  return block;
}

tensor weight_column(const graph& g, const std::string& name, std::string_view operation) {
  if (name.empty()) return {};
  tensor w = g.edata[name];
  check(w.width() == 1, operation, "weight \"", name, "\" has shape ", w.shape(), ", expected one element an edge");
  return w;
}

double weight_of(const float* weights, edge_id e, std::string_view operation) {
  const float w = weights[e];
  check(w >= 0 && std::isfinite(w), operation, "weight of edge ", e, " is ", w, ", expected 0 or more");
  return w;
}

std::int64_t draw_by_weight(const double* sums, std::int64_t count, random_sequence& random) {
  return std::upper_bound(sums, sums + count, random.unit() * sums[count - 1]) - sums;
}

}  // namespace edgefold::detail
