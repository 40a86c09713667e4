/// A table of vectors that are learned.
#pragma once
#include <edgefold/core/id_list.hpp>
#include <edgefold/models/train/module.hpp>

namespace edgefold {

/// Row ids[i] of a table: torch's Embedding, initialised as there.
struct embedding {
  tensor weight;  ///< (count, features), standard normal

  /// A table of `count` rows. Takes one stream of random numbers.
  embedding(std::int64_t count, std::int64_t features, std::uint64_t seed = 0, std::uint64_t stream = 0);
  void visit(auto& v) { v("weight", weight); }
  /// (ids) gives (ids, features). Throws for an id out of range.
  tensor operator()(const id_list& ids) const;
};

}  // namespace edgefold
