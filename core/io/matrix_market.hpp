/// Graphs as sparse matrices in the Matrix Market format.
#pragma once
#include <filesystem>
#include <string_view>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/number_type.hpp>

namespace edgefold {

/// The graph whose adjacency matrix a .mtx file holds: entry (i, j), counted from 1 there, is the edge i-1 -> j-1;
/// edges in the order of the file. Coordinate format; pattern, real, integer; general, symmetric, skew-symmetric: an
/// entry off the diagonal of a symmetric matrix gives both directions one after the other, the second negated if skew;
/// on the diagonal a skew one has zeros alone. Values become edata["weight"], shape (edges, 1), of the type `weights`:
/// as_written, integer ones are int64, real ones float or double. A matrix that is not square gives a bipartite graph
/// of rows and columns. Throws std::runtime_error, with the number of the line, for anything else, and where the file
/// cannot be read.
graph read_matrix_market(const std::filesystem::path& path, number_type weights = number_type::as_written);

/// The same from memory; errors call it `name`.
graph parse_matrix_market(std::string_view text, std::string_view name = "text",
                          number_type weights = number_type::as_written);

/// Writes a general matrix of one entry an edge, in the order of the ids: a pattern, or edata["weight"] where there is
/// one, of one number an edge, which reads back as the same numbers of the same type, but for bools and int32, which
/// become int64. Throws std::runtime_error where the file cannot be written; it appears whole or not at all.
void write_matrix_market(const std::filesystem::path& path, const graph& g);

}  // namespace edgefold
