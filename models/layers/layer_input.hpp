/// What a layer reads: the features of both ends of the edges, and their widths.
#pragma once
#include <concepts>
#include <optional>

#include <edgefold/ops/tensor/features.hpp>

namespace edgefold {

/// Widths of the features of sources and destinations: `4` for both, `{4, 6}` each its own.
struct layer_widths {
  std::int64_t src,    ///< of sources
      dst;             ///< of destinations
  bool apart = false;  ///< given as two: gat_conv then has a matrix for each

  /// One for both.
  layer_widths(std::int64_t both) : src(both), dst(both) {}  // NOLINT(google-explicit-constructor)
  /// Two, even where they are equal.
  layer_widths(std::int64_t of_sources, std::int64_t of_destinations)
      : src(of_sources), dst(of_destinations), apart(true) {}
};

/// One x, of the one vertex set, or of a block's sources, the first of which are its destinations; or `{x_src, x_dst}`
/// on any graph. On two vertex sets that are no block, a layer that reads the destinations' own features throws for one
/// x. X is tensor or features.
template <class X>
struct layer_input {
  X src;                 ///< x, or x_src
  std::optional<X> dst;  ///< none of one x

  /// One x.
  template <std::convertible_to<X> T>
  layer_input(const T& x) : src(x) {}  // NOLINT(google-explicit-constructor)
  /// x of each end.
  layer_input(X x_src, X x_dst) : src(std::move(x_src)), dst(std::move(x_dst)) {}
  /// An input that converts: of tensors, where features are read.
  template <std::convertible_to<X> T>
  layer_input(const layer_input<T>& x) : src(x.src), dst(x.dst) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace edgefold
