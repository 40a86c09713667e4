/// Graphs from files of any of the formats.
#pragma once
#include <filesystem>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/number_type.hpp>

namespace edgefold {

/// The graph in a file, by its extension:
///   .txt .csv .tsv  an edge list, see read_edge_list
///   .mtx            a matrix, see read_matrix_market; as the ones above gzipped too, then with .gz behind
///   .npy            integers of shape (edges, 2): source and target
/// or in a folder, which holds edges.npy or edges.txt, and may hold
///   meta.json       `num_nodes`, and `num_features`
///   feat_indptr.npy, feat_indices.npy, feat_values.npy
///                   rows of features in CSR form: ndata["feat"], float, shape (vertices, num_features); twice the
///                   same place adds up
///   labels.npy      ndata["label"], int64, shape (vertices, 1)
/// Features and labels for another number of vertices are left out. Vertices: num_vertices, else those of the file or
/// meta.json, else 0 .. the greatest. Weights of edges in text are of the type `weights`. Throws std::invalid_argument
/// where num_vertices is not the size of a matrix, std::runtime_error for an unknown extension and whatever is wrong in
/// a file.
graph read_graph(const std::filesystem::path& path, std::int64_t num_vertices = -1,
                 number_type weights = number_type::as_written);

}  // namespace edgefold
