/// How the features of a row are cut into packs when operands of unlike shapes meet.
#pragma once
#include <span>

#include <edgefold/core/types.hpp>

namespace edgefold::detail {

/// The common feature shape (rows left out) of operands whose shapes, rows first, are given: aligned at the right, each
/// dim equal or 1; throws where they do not broadcast.
shape_type broadcast_features(std::span<const shape_type> shapes, std::string_view operation);

/// `slots` packs that follow one another in the output row; where there are several they are full.
struct tile {
  std::int64_t out;  // first element in the output row
  int lanes, slots;
};

/// How an operand fills the lanes of a pack that spans runs of `inner` features.
enum class access : std::uint8_t {
  run,     // element after element
  splat,   // one element for all lanes
  repeat,  // one element a run: a weight of each head
  cycle,   // the same `inner` elements for every run: a vector that all heads share
};

/// All tiles of a row, the same for any number of threads.
struct tile_plan {
  std::vector<tile> tiles;
  std::vector<access> reads;          // by operand
  std::vector<std::int64_t> offsets;  // by tile and operand: first element
  std::int64_t inner = 0;             // features in an innermost run
  const std::int64_t* of(std::size_t t) const { return offsets.data() + t * reads.size(); }
  /// Slots of tiles [t0, t1).
  std::size_t slots(std::size_t t0, std::size_t t1) const {
    std::size_t n = 0;
    for (std::size_t t = t0; t < t1; ++t) n += static_cast<std::size_t>(tiles[t].slots);
    return n;
  }
  std::size_t slots() const { return slots(0, tiles.size()); }
};

/// Which slot counts kernels are compiled for, most first. (Those of gradients, of which a program has more, for
/// fewer; those of functors whose operands must all be dual, which are rare and slow, for one.)
inline constexpr int slot_choices[] = {4, 2, 1};
inline constexpr int gradient_slots[] = {4, 1};
inline constexpr int single_slot[] = {1};
/// Of bools one: a pack of them is as many lanes as four of floats.
template <class T>
inline constexpr std::span<const int> slots_of = slot_choices;
template <>
inline constexpr std::span<const int> slots_of<bool> = single_slot;

struct tile_options {
  int lanes;                  // of a full pack
  bool keep_last = false;     // the last dim is a run of its own: sums over it, or concatenation along it
  std::int64_t out_last = 0;  // with keep_last: distance in the output between rows of the last dim, where not its size
  bool whole_runs = false;    // one tile a run, `slots` unused
  std::span<const int> slots = slot_choices;
};
tile_plan plan_tiles(const shape_type& features, std::span<const shape_type> operands, const tile_options& options);

}  // namespace edgefold::detail
