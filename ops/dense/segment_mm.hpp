/// Rows times the matrix of their group: one weight matrix a type of edge.
#pragma once
#include <edgefold/core/id_list.hpp>

namespace edgefold {

/// Segments of consecutive rows, lengths[i] of them each, times matrix i: (rows, k), (segments, k, m) give (rows, m).
/// Of float and double, with gradients. Throws where the shapes do not fit, and unless the lengths add up to the rows.
template <std::floating_point T>
basic_tensor<T> segment_mm(const basic_tensor<T>& a, const basic_tensor<T>& b, const id_list& lengths);

/// Row i of a times matrix ids[i]: (rows, k), (matrices, k, m) give (rows, m), likewise: rows are sorted by their
/// matrix, multiplied segment by segment, and put back. Throws for an id out of range, and unless there is one a row.
template <std::floating_point T>
basic_tensor<T> gather_mm(const basic_tensor<T>& a, const basic_tensor<T>& b, const id_list& ids);

}  // namespace edgefold
