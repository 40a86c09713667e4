/// Some rows of a tensor, written: what frames and drivers do to a column in part.
#pragma once
#include <edgefold/core/id_list.hpp>

namespace edgefold::detail {

/// Writes `rows` into rows `ids` of t, each there once.
template <element T>
void write_rows_at(basic_tensor<T>& t, const id_list& ids, const basic_tensor<T>& rows);

/// A copy of t whose rows `ids`, each there once, are `rows`; with gradients to both. The list must be nobody else's
/// to write to.
template <element T>
basic_tensor<T> with_rows(const basic_tensor<T>& t, const id_list& ids, const basic_tensor<T>& rows);

}  // namespace edgefold::detail
