/// Capsules routed by agreement (Sabour, Frosst, Hinton 2017), as message passing on a bipartite graph.
#pragma once
#include <vector>

#include <edgefold/core/generators.hpp>
#include <edgefold/core/tensor_like.hpp>

namespace edgefold {
namespace detail {
template <std::floating_point T>
basic_tensor<T> squash_of(const basic_tensor<T>& s);
template <std::floating_point T>
basic_tensor<T> entropy_of(const basic_tensor<T>& p);
}  // namespace detail

/// Shrinks the vectors along the last dim to lengths below 1 and keeps their directions: s |s| / (1 + |s|^2), which is
/// equation 1 of the paper; 0 for 0, and so is the gradient there. No square overflows or vanishes.
template <tensor_like X>
auto squash(const X& s) {
  return detail::squash_of(as_tensor(s));
}

/// Shannon entropy, in nats, of the distributions along the last dim, which becomes 1: the sum of -p log p, with 0 log
/// 0 taken as 0.
template <tensor_like X>
auto entropy(const X& p) {
  return detail::entropy_of(as_tensor(p));
}

/// Whose agreement moves the logits of an edge: each sample's its own, or the mean over the batch those of all.
enum class routing_logits : std::uint8_t { per_sample, shared };

/// Procedure 1 of the paper: predictions u_hat (edges, d) or (edges, batch, d), one for each pair of capsules, are
/// routed for `iterations` rounds; gives v (num_dst, d) or (num_dst, batch, d), of which the out-capsules' rows are
/// the result. Pure: the logits start at 0 and are not kept; the last round does not update them. `couplings`, where
/// given, gets the c of each round: (edges, 1), or (edges, batch, 1), with shared logits (edges, 1, 1).
tensor dynamic_routing(const graph& g, const tensor& u_hat, int iterations,
                       routing_logits logits = routing_logits::per_sample, std::vector<tensor>* couplings = nullptr);

/// The routing layer of DGL's capsule tutorial: keeps its logits b from one call to the next, and updates them in every
/// iteration, the last one too, so that ten calls of one iteration equal one call of ten.
class routing_layer {
 public:
  /// Edges from each of `in` to each of `out` capsules of `features` dims: edge i * out + j goes from vertex i to
  /// vertex in + j.
  routing_layer(std::int64_t in, std::int64_t out, std::int64_t features);
  /// Any bipartite graph of one vertex set or two.
  routing_layer(const graph& capsules, std::int64_t features);

  /// Forgets the logits.
  void reset();

  /// Routes u_hat (edges, features) for `iterations` more rounds. Afterwards g.dstdata["v"] holds the capsules,
  /// g.edata["c"] the couplings that the last round used and g.edata["b"] the logits after it.
  void operator()(const tensor& u_hat, int iterations = 1);

  graph g;  ///< the capsules and their columns

 private:
  std::int64_t features_;
};

}  // namespace edgefold
