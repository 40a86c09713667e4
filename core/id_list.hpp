/// A read-only list of vertex or edge ids in 32 or 64 bits.
#pragma once
#include <initializer_list>
#include <variant>
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold {

/// What functions take where they need a list of ids: made from an integer tensor without copying, or from a vector.
class id_list {
 public:
  id_list() : id_list(std::initializer_list<std::int32_t>{}) {}
  /// The elements of a tensor, row by row; no copy.
  /// @{
  id_list(basic_tensor<std::int32_t> ids) : ids_(std::move(ids)) {}  // NOLINT(google-explicit-constructor)
  id_list(basic_tensor<std::int64_t> ids) : ids_(std::move(ids)) {}  // NOLINT(google-explicit-constructor)
  /// @}
  /// A copy of these ids.
  /// @{
  id_list(const std::vector<std::int32_t>& ids)  // NOLINT(google-explicit-constructor)
      : ids_(basic_tensor<std::int32_t>({std::ssize(ids)}, std::span(ids))) {}
  id_list(const std::vector<std::int64_t>& ids)  // NOLINT(google-explicit-constructor)
      : ids_(basic_tensor<std::int64_t>({std::ssize(ids)}, std::span(ids))) {}
  id_list(std::initializer_list<std::int32_t> ids)
      : ids_(basic_tensor<std::int32_t>({static_cast<std::int64_t>(ids.size())}, ids)) {}
  /// @}

  /// How many ids.
  std::int64_t size() const {
    return std::visit([](const auto& t) { return t.size(); }, ids_);
  }
  /// Id i; not checked.
  std::int64_t operator[](std::int64_t i) const {
    return std::visit([i](const auto& t) { return static_cast<std::int64_t>(t.data()[i]); }, ids_);
  }
  /// Calls `f` with the ids as a tensor of their own type.
  template <class F>
  decltype(auto) visit(F&& f) const {
    return std::visit(std::forward<F>(f), ids_);
  }
  /// Throws `[operation] what i is id, expected an id from 0 to limit - 1` for the first id out of range, at position
  /// i, and for ids that are a tensor without storage.
  void check_range(std::int64_t limit, std::string_view operation, std::string_view what) const;
  /// Throws `[operation] what id is given twice` for the first that does; the ids are in 0 .. limit - 1.
  void check_distinct(std::int64_t limit, std::string_view operation, std::string_view what) const;
  /// The ids as 32-bit tensor, without a copy where they are one already; the ids must fit.
  basic_tensor<std::int32_t> to_int32() const;
  /// The ids as 64-bit tensor, likewise.
  basic_tensor<std::int64_t> to_int64() const;
  /// The same for keeps, in memory that nobody else writes to: as they are where this list has the only handle to a
  /// tensor of the library's own memory, which was moved here; else a copy.
  /// @{
  id_list take() &&;
  basic_tensor<std::int32_t> take_int32() &&;
  basic_tensor<std::int64_t> take_int64() &&;
  /// @}

 private:
  std::variant<basic_tensor<std::int32_t>, basic_tensor<std::int64_t>> ids_;
};

}  // namespace edgefold
