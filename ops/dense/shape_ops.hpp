/// Parts of tensors, tensors of parts, rows by number, and other orders of dims.
#pragma once
#include <initializer_list>
#include <vector>

#include <edgefold/core/id_list.hpp>

namespace edgefold {

// Of all element types but where it says otherwise; with gradients for float and double. Dim 0 is the rows; negative
// dims count from the end. Results are new tensors, never views. All throw for a tensor without storage and a dim that
// there is not.

/// Tensors one behind another along a dim, in which alone their shapes may differ. Throws for an empty list.
template <element T>
basic_tensor<T> concat(const std::vector<basic_tensor<T>>& parts, std::int64_t dim);
/// The same: concat({a, b}, 1).
template <element T>
basic_tensor<T> concat(std::initializer_list<basic_tensor<T>> parts, std::int64_t dim) {
  return concat(std::vector<basic_tensor<T>>(parts), dim);
}

/// Elements [begin, end) along a dim. Throws unless 0 <= begin <= end <= its size.
template <element T>
basic_tensor<T> slice(const basic_tensor<T>& x, std::int64_t dim, std::int64_t begin, std::int64_t end);

/// Rows `ids` of x, in their order, each as often as it is named: (rows, dims...) gives (ids, dims...). The gradient
/// adds up what comes back for a row in the order of the ids. Throws for an id out of range.
template <element T>
basic_tensor<T> gather_rows(const basic_tensor<T>& x, const id_list& ids);

/// The reverse: row i of x is added to row ids[i] of `num_rows` rows of zeros, in the order of the ids; not of bools.
/// Throws for an id out of range, and unless there are as many ids as rows.
template <element T>
requires(!std::same_as<T, bool>) basic_tensor<T> scatter_rows(const basic_tensor<T>& x, const id_list& ids,
                                                              std::int64_t num_rows);

/// Dim d of the result is dim dims[d] of x. Throws unless each dim is named once.
template <element T>
basic_tensor<T> permute(const basic_tensor<T>& x, const std::vector<std::int64_t>& dims);

/// Two dims exchanged.
template <element T>
basic_tensor<T> transpose(const basic_tensor<T>& x, std::int64_t dim0, std::int64_t dim1);

}  // namespace edgefold
