/// Links to predict: the edges of an undirected graph, or the triples of a knowledge base.
#pragma once
#include <filesystem>

#include <edgefold/core/graph.hpp>

namespace edgefold::examples {

/// (head, relation, tail) one by one, each column of shape (links).
struct link_list {
  basic_tensor<std::int64_t> heads, relations, tails;

  std::int64_t size() const { return heads.rows(); }
  link_list at(const id_list& positions) const;
};

/// What a data set holds: links without repetitions.
struct link_data {
  bool directed = false;  ///< triples; else edges of one relation, head below tail, without self-loops
  std::int64_t num_vertices = 0, num_relations = 1;
  link_list links;
};

/// Reads a folder with triples.npy (see read_relational_data), or a graph: a .mtx file, another file as an edge list,
/// or edges.txt in a folder. Throws std::runtime_error for what is missing or damaged.
link_data read_links(const std::filesystem::path& path);

/// The parts of the links, in an order that the seed alone decides.
struct link_split {
  link_list train, validation, test;
};

/// Rounded shares of the links to validate and to test with, the others to train with. Throws where a part is empty.
link_split split_links(const link_data& data, double validation, double test, std::uint64_t seed);

/// What an encoder passes messages along: each link, and its way back as another relation.
struct message_graph {
  graph g;
  basic_tensor<std::int64_t> relations;  ///< (edges): r, and r + num_relations for the way back
  tensor norm;                           ///< (edges, 1): 1 / edges of that relation at the destination
};
message_graph pass_along(const link_data& data, const link_list& links);

/// How many of the links stand, either way round, among the edges that messages pass along.
std::int64_t num_leaked(const link_data& data, const message_graph& messages, const link_list& links);

/// For each link `times` false ones with another tail, then for each as many with another head: vertices that no edge
/// joins to the other end. The edges of `both_ways` begin with the links, its second half with their ways back.
link_list corrupted(const link_list& links, const graph& both_ways, std::int64_t times, std::uint64_t seed);
/// To measure with: links that the data set does not hold. Of undirected data as many as `links`, any pairs of
/// vertices; of triples each link with another tail and with another head.
link_list false_links(const link_data& data, const link_list& links, std::uint64_t seed);

/// What is asked of the links: (head, relation, ?), then (?, relation, tail).
struct link_questions {
  basic_tensor<std::int64_t> given, relations, answers;  ///< (questions)
  graph known;  ///< from each question to the answers that the data set holds, and of undirected data to `given`
};
link_questions questions_of(const link_data& data, const link_list& links);

}  // namespace edgefold::examples
