/// Links to predict: the edges of an undirected graph, or the triples of a knowledge base.
#pragma once
#include <array>
#include <filesystem>

#include <edgefold/core/graph.hpp>

namespace edgefold::examples {

/// Head, relation, tail.
using triple = std::array<std::int64_t, 3>;

/// Triples, each column of shape (links).
struct link_list {
  basic_tensor<std::int64_t> heads, relations, tails;

  std::int64_t size() const { return heads.rows(); }
  triple operator[](std::int64_t i) const { return {heads.at(i), relations.at(i), tails.at(i)}; }
  link_list at(const id_list& positions) const;
};

/// What a data set holds: links without repetitions.
struct link_data {
  bool directed = false;  ///< triples; else edges of one relation, head below tail, without self-loops
  std::int64_t num_vertices = 0, num_relations = 1;
  link_list links{};

  /// As the data set would hold it.
  triple normal(const triple& t) const { return directed || t[0] <= t[2] ? t : triple{t[2], t[1], t[0]}; }
};

/// Reads a folder with triples.npy (see read_relational_data), or a graph: a .mtx file, another file as an edge list,
/// or edges.txt in a folder. Throws std::runtime_error for what is missing or damaged.
link_data read_links(const std::filesystem::path& path);

}  // namespace edgefold::examples
