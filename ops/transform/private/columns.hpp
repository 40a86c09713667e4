/// Columns of several frames put together, cut apart and gathered. Private to the compiled library.
#pragma once
#include <functional>
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold::detail {

/// Column `name` of all frames, one behind another, with gradients. Throws where one lacks it, or has it with another
/// scalar type or feature shape than the first; errors call frame i `called(i)`.
any_tensor joined_column(const std::vector<frame>& frames, const std::string& name, std::string_view operation,
                         const std::function<std::string(std::size_t)>& called);

/// Rows [begin, end) of all columns.
void cut_columns(const frame& from, std::int64_t begin, std::int64_t end, frame to);

/// All columns, their storage shared.
void share_columns(const frame& from, frame to);
/// Rows `ids` of all columns, with gradients.
void gather_columns(const frame& from, const id_list& ids, frame to);
/// The same, and the ids themselves as column `original_id`.
void take_rows(const frame& from, const basic_tensor<std::int64_t>& ids, frame to);

}  // namespace edgefold::detail
