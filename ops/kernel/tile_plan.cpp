#include <edgefold/ops/kernel/tile_plan.hpp>

#include <edgefold/core/error.hpp>

#include <algorithm>

namespace edgefold::detail {
namespace {

// One loop over features: its length, and how far the output and each operand move a step.
struct loop_dim {
  std::int64_t size, out;
  std::vector<std::int64_t> in;
};

std::vector<loop_dim> loops_of(const shape_type& features, std::span<const shape_type> operands,
                               const tile_options& options) {
  std::vector<loop_dim> dims(features.size());
  std::int64_t out = 1;
  std::vector<std::int64_t> in(operands.size(), 1);
  for (std::size_t d = features.size(); d-- > 0;) {
    const std::size_t from_right = features.size() - d;
    dims[d] = {features[d], out, {}};
    out *= d + 1 == features.size() && options.out_last > 0 ? options.out_last : features[d];
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const auto n = operands[i].size() - 1;  // without the rows
      const std::int64_t own = from_right <= n ? operands[i][operands[i].size() - from_right] : 1;
      dims[d].in.push_back(own == 1 ? 0 : in[i]);
      in[i] *= own;
    }
  }
  return dims;
}

bool continues(const loop_dim& outer, const loop_dim& inner) {
  if (outer.out != inner.out * inner.size) return false;
  for (std::size_t i = 0; i < outer.in.size(); ++i)
    if (outer.in[i] != inner.in[i] * inner.size) return false;
  return true;
}

// Drops dims of 1 and joins neighbours that run on without a gap; with keep_last the last one stays as it is.
std::vector<loop_dim> collapse(std::vector<loop_dim> dims, std::size_t operands, bool keep_last) {
  std::vector<loop_dim> kept;
  if (dims.empty()) dims.push_back({1, 1, std::vector<std::int64_t>(operands, 0)});
  if (keep_last) {
    kept.push_back(dims.back());
    dims.pop_back();
  }
  const std::size_t fixed = kept.size();
  for (; !dims.empty(); dims.pop_back()) {
    if (dims.back().size == 1) continue;
    if (kept.size() > fixed && continues(dims.back(), kept.back())) kept.back().size *= dims.back().size;
    else kept.push_back(dims.back());
  }
  if (kept.empty()) kept.push_back({1, 1, std::vector<std::int64_t>(operands, 0)});
  std::reverse(kept.begin(), kept.end());
  return kept;
}

class planner {
 public:
  planner(std::vector<loop_dim> dims, const tile_options& options) : options_(options), inner_(dims.back()) {
    dims.pop_back();
    outer_ = std::move(dims);
    plan_.inner = inner_.size;
    spans_ = !options.whole_runs && !outer_.empty() && inner_.size > 0 && options.lanes % inner_.size == 0 &&
             outer_.back().out == inner_.out * inner_.size;
    if (spans_) runs_ = outer_.back(), outer_.pop_back();
    for (std::size_t k = 0; k < inner_.in.size(); ++k) plan_.reads.push_back(access_of(k));
  }

  tile_plan run() {
    if (inner_.size == 0) return std::move(plan_);
    std::int64_t times = 1;
    for (const loop_dim& d : outer_) times *= d.size;
    for (std::int64_t r = 0; r < times; ++r) {
      std::int64_t out = 0;
      std::vector<std::int64_t> in(inner_.in.size(), 0);
      std::int64_t rest = r;
      for (std::size_t d = outer_.size(); d-- > 0; rest /= outer_[d].size) {
        const std::int64_t i = rest % outer_[d].size;
        out += i * outer_[d].out;
        for (std::size_t k = 0; k < in.size(); ++k) in[k] += i * outer_[d].in[k];
      }
      if (options_.whole_runs) push(out, in, 1, 0);
      else fill(out, in);
    }
    return std::move(plan_);
  }

 private:
  access access_of(std::size_t k) const {
    const bool moves = inner_.in[k] != 0, runs_move = spans_ && runs_.in[k] != 0;
    if (!spans_ || moves == runs_move) return moves ? access::run : access::splat;
    if (inner_.size == 1) return runs_move ? access::run : access::splat;
    return moves ? access::cycle : access::repeat;
  }

  // Elements that operand k moves from one full pack to the next.
  std::int64_t step_of(std::size_t k) const {
    switch (plan_.reads[k]) {
      case access::run:
        return options_.lanes;
      case access::repeat:
        return options_.lanes / inner_.size;
      default:
        return 0;
    }
  }

  // Full packs, in tiles of as many slots as kernels have, then one that ends the run (or the runs).
  void fill(std::int64_t out, std::vector<std::int64_t> in) {
    const std::int64_t features = spans_ ? inner_.size * runs_.size : inner_.size;
    std::int64_t packs = features / options_.lanes;
    for (int slots : options_.slots)
      for (; packs >= slots; packs -= slots) {
        push(out, in, slots, options_.lanes);
        out += slots * options_.lanes;
        for (std::size_t k = 0; k < in.size(); ++k) in[k] += slots * step_of(k);
      }
    if (const int rest = static_cast<int>(features % options_.lanes)) push(out, in, 1, rest);
  }

  void push(std::int64_t out, const std::vector<std::int64_t>& in, int slots, int lanes) {
    plan_.tiles.push_back({out, lanes, slots});
    plan_.offsets.insert(plan_.offsets.end(), in.begin(), in.end());
  }

  tile_options options_;
  loop_dim inner_, runs_;
  std::vector<loop_dim> outer_;
  bool spans_;  // a pack holds several runs
  tile_plan plan_;
};

}  // namespace

shape_type broadcast_features(std::span<const shape_type> shapes, std::string_view operation) {
  std::size_t most = 0;
  for (const shape_type& s : shapes) most = std::max(most, s.size() - 1);
  shape_type common(most, 1);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    for (std::size_t d = 1; d < shapes[i].size(); ++d) {
      std::int64_t& c = common[most - (shapes[i].size() - d)];
      const std::int64_t own = shapes[i][d];
      if (c == 1) c = own;
      check(own == c || own == 1, operation, "operand ", i, " has shape ", shapes[i],
            ", which does not broadcast against the features ", common, " of those before it");
    }
  return common;
}

tile_plan plan_tiles(const shape_type& features, std::span<const shape_type> operands, const tile_options& options) {
  std::vector<loop_dim> dims = collapse(loops_of(features, operands, options), operands.size(), options.keep_last);
  for (const loop_dim& d : dims)
    if (d.size == 0) dims = {d};  // no features: no tiles
  return planner(std::move(dims), options).run();
}

}  // namespace edgefold::detail
