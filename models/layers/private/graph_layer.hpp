/// What the graph layers have in common. Private to the compiled library.
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/models/layers/layer_input.hpp>
#include <edgefold/models/layers/linear.hpp>

namespace edgefold::detail {

/// The gain of first values before a ReLU, sqrt(2): torch's calculate_gain("relu").
inline constexpr double relu_gain = 1.4142135623730951;

/// `t`, as a parameter.
tensor trained(tensor t);

/// A linear layer of these parameters.
linear linear_of(tensor weight, tensor bias = {});

/// `heads`; throws unless there is one.
std::int64_t checked_heads(std::int64_t heads, std::string_view operation);

/// Throws unless x has shape (num_src, in), and x_dst, where there is one, a row a destination: for what reads sources
/// alone.
void check_features(const graph& g, const layer_input<features>& x, std::int64_t in, std::string_view operation);

/// For what reads the destinations' own features: throws unless x has num_src rows and x_dst num_dst, and for one x
/// where the graph has two vertex sets and is no block.
void check_both_ends(const graph& g, const layer_input<features>& x, std::string_view operation);
/// The same, and unless they have shapes (num_src, in.src) and (num_dst, in.dst).
void check_both_ends(const graph& g, const layer_input<features>& x, const layer_widths& in,
                     std::string_view operation);

/// Throws unless there are no edge weights, or they have shape (num_edges, 1).
void check_edge_weights(const graph& g, const tensor& edge_weight, std::string_view operation);

/// Whether a matrix (in, out) that commutes with message passing goes first: messages are shorter after it, or the
/// zeros of a sparse x need not be written out.
bool matrix_first(const features& x, std::int64_t in, std::int64_t out);

/// Throws unless destinations are the sources: for what sends its result along the edges again.
void check_one_set(const graph& g, std::string_view operation);

/// Throws, with their number, where vertices have no in-edges and that is not allowed.
void check_in_degrees(const graph& g, bool allow_zero_in_degree, std::string_view operation);

/// The rows of the destinations in an x that check_both_ends has let through: all, or a block's first.
tensor rows_of_dst(const graph& g, const tensor& x);
features rows_of_dst(const graph& g, const features& x);
/// x_dst, or these.
template <class X>
X rows_of_dst(const graph& g, const layer_input<X>& x) {
  return x.dst ? *x.dst : rows_of_dst(g, x.src);
}

/// f of x, and of x_dst where there is one.
template <class X, class F>
auto each_end(const layer_input<X>& x, const F& f) {
  layer_input<std::remove_cvref_t<std::invoke_result_t<const F&, const X&>>> y(f(x.src));
  if (x.dst) y.dst = f(*x.dst);
  return y;
}

/// degrees^-1/2, that of 0 being 1.
tensor inverse_sqrt(const tensor& degrees);

/// y_v = to_v * sum over edges (u, v) of from_u x_u, with factors (num_src, 1) and (num_dst, 1).
tensor hop(const graph& g, const tensor& x, const tensor& from, const tensor& to);

/// (n) as one row, to be added to all.
inline tensor as_row(const tensor& t) { return t.reshape({1, t.size()}); }

}  // namespace edgefold::detail
