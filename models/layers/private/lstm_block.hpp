/// An LSTM on a few destinations that step together, forward and backward. Private to the compiled library.
#pragma once
#include <span>
#include <vector>

#include <edgefold/core/adjacency.hpp>
#include <edgefold/core/simd/math.hpp>
#include <edgefold/core/simd/memory.hpp>
#include <edgefold/ops/dense/private/gemm.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// Rows of gates (4 hidden: i, f, g, o), of cells, and of the hidden states that the gates were computed from.
struct lstm_memory {
  buffer<float> owner;
  std::int64_t width;
  float *gates, *cells, *hidden;

  lstm_memory(std::int64_t rows, std::int64_t hidden_width)
      : owner(6 * rows * hidden_width),
        width(hidden_width),
        gates(owner.data()),
        cells(gates + 4 * rows * width),
        hidden(cells + rows * width) {}
  /// The same without the first `rows`.
  lstm_memory from(std::int64_t rows) const {
    lstm_memory m = *this;
    m.gates += 4 * rows * width;
    m.cells += rows * width;
    m.hidden += rows * width;
    return m;
  }
};

/// Destinations by degree, greatest first, none of 0: those that are in step t are the first of those in step t - 1.
class lstm_block {
 public:
  lstm_block(const edge_groups& in, std::span<const vertex_id> members, const float* z, const float* weight,
             std::int64_t hidden)
      : in_(in), members_(members), z_(z), weight_(weight), hidden_(hidden) {
    for (std::int64_t t = 0, n = std::ssize(members); t < degree(0); ++t) {
      while (degree(n - 1) <= t) --n;
      active_.push_back(n);
    }
  }

  /// Writes last hidden states to rows of `out` by destination, if there is one. `keep`: the memory has a row for each
  /// edge, step after step; else it has one for each destination.
  void forward(const lstm_memory& m, bool keep, float* out) const {
    const std::int64_t h = hidden_;
    std::fill_n(m.hidden, active_[0] * h, 0.0F);
    const std::vector<float> none(static_cast<std::size_t>(h));
    std::int64_t at = 0, before = 0;
    for (std::int64_t t = 0; t < std::ssize(active_); ++t) {
      const std::int64_t n = active(t), next = keep ? at + n : 0;
      float* const gates = m.gates + at * 4 * h;
      if (t > 0) multiply<float>({m.hidden + at * h, weight_, gates, n, h, 4 * h, 1, false, true});
      else std::fill_n(gates, n * 4 * h, 0.0F);
      for (std::int64_t r = 0; r < n; ++r) {
        const float* const old = t > 0 ? m.cells + (before + r) * h : none.data();
        const bool last = degree(r) == t + 1;
        float* const state = !last ? m.hidden + (next + r) * h : out ? out + member(r) * h : nullptr;
        step(z_ + source(r, t) * 4 * h, old, gates + r * 4 * h, m.cells + (at + r) * h, state);
      }
      before = at;
      at = next;
    }
  }

  /// From the gradient of the result, by destination: leaves in m.gates that of the gates, in m.hidden the states that
  /// they were computed from and in `sources` where the inputs came from, a row for each edge, step after step.
  void backward(const lstm_memory& m, const float* upstream, vertex_id* sources) const {
    forward(m, true, nullptr);
    const std::int64_t h = hidden_;
    std::vector<float> state(static_cast<std::size_t>(active_[0] * h)), cell(state);
    const std::vector<float> none(static_cast<std::size_t>(h));
    std::int64_t at = 0;
    for (const std::int64_t n : active_) at += n;
    for (std::int64_t t = std::ssize(active_) - 1; t >= 0; --t) {
      const std::int64_t n = active(t), before = at - n - (t > 0 ? active(t - 1) : 0);
      at -= n;
      for (std::int64_t r = 0; r < n; ++r) {
        sources[at + r] = source(r, t);
        if (degree(r) == t + 1) std::copy_n(upstream + member(r) * h, h, state.data() + r * h);
        const float* const old = t > 0 ? m.cells + (before + r) * h : none.data();
        step_back(m.gates + (at + r) * 4 * h, old, m.cells + (at + r) * h, state.data() + r * h, cell.data() + r * h);
      }
      if (t > 0) multiply<float>({m.gates + at * 4 * h, weight_, state.data(), n, 4 * h, h});
    }
  }

 private:
  static constexpr int lanes = native_lanes<float>;
  using P = pack<float, lanes>;
  using some = first_lanes<float, lanes>;

  std::int64_t degree(std::int64_t r) const { return in_.degree(member(r)); }
  std::int64_t member(std::int64_t r) const { return members_[static_cast<std::size_t>(r)]; }
  std::int64_t active(std::int64_t t) const { return active_[static_cast<std::size_t>(t)]; }
  vertex_id source(std::int64_t r, std::int64_t t) const { return in_.neighbors[in_.offsets[member(r)] + t]; }

  // a: W h, becomes the values of the gates.
  void step(const float* z, const float* old, float* a, float* cell, float* state) const {
    for (std::int64_t j = 0; j < hidden_; j += lanes) {
      const some part(static_cast<int>(std::min<std::int64_t>(lanes, hidden_ - j)));
      const auto gate = [&](std::int64_t k) {
        return load<float, lanes>(a + k * hidden_ + j, part) + load<float, lanes>(z + k * hidden_ + j, part);
      };
      const P i = sigmoid(gate(0)), f = sigmoid(gate(1)), g = tanh(gate(2)), o = sigmoid(gate(3));
      const P c = f * load<float, lanes>(old + j, part) + i * g;
      const P values[] = {i, f, g, o};
      for (std::int64_t k = 0; k < 4; ++k) store<float, lanes>(a + k * hidden_ + j, values[k], part);
      store<float, lanes>(cell + j, c, part);
      if (state) store<float, lanes>(state + j, o * tanh(c), part);
    }
  }

  // a: values of the gates, becomes their gradient; d_state, d_cell: gradients of this step's results, d_cell becomes
  // that of the cell before it.
  void step_back(float* a, const float* old, const float* cell, const float* d_state, float* d_cell) const {
    for (std::int64_t j = 0; j < hidden_; j += lanes) {
      const some part(static_cast<int>(std::min<std::int64_t>(lanes, hidden_ - j)));
      const auto of = [&](const float* p, std::int64_t k = 0) { return load<float, lanes>(p + k * hidden_ + j, part); };
      const P i = of(a, 0), f = of(a, 1), g = of(a, 2), o = of(a, 3), top = tanh(of(cell)), dh = of(d_state);
      const P dc = of(d_cell) + dh * o * (1 - top * top);
      const P gradients[] = {dc * g * i * (1 - i), dc * of(old) * f * (1 - f), dc * i * (1 - g * g),
                             dh * top * o * (1 - o)};
      for (std::int64_t k = 0; k < 4; ++k) store<float, lanes>(a + k * hidden_ + j, gradients[k], part);
      store<float, lanes>(d_cell + j, dc * f, part);
    }
  }

  const edge_groups& in_;
  std::span<const vertex_id> members_;
  const float *z_, *weight_;
  std::int64_t hidden_;
  std::vector<std::int64_t> active_;
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
