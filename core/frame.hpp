/// Named columns of features, one row a vertex or edge.
#pragma once
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <edgefold/core/id_list.hpp>

namespace edgefold {

/// A tensor of any scalar type.
using any_tensor = std::variant<basic_tensor<float>, basic_tensor<double>, basic_tensor<std::int32_t>,
                                basic_tensor<std::int64_t>, basic_tensor<bool>>;

class column;
class const_column;

/// Columns by name. Only assignment makes a column; reading a missing one, a wrong row count or another scalar type is
/// an error that names the column. A frame is a handle: `g.ndata` and `g.srcdata` of one graph are the same columns.
class frame {
 public:
  /// Columns of `rows` rows. Errors call it `name` ("ndata") and its rows `row_name` ("vertices"). No user makes one.
  frame(std::string name, std::string row_name, std::int64_t rows);
  /// A frame that refuses every column with `reason`.
  static frame refusing(std::string name, std::string reason);

  /// Another handle to the same columns.
  /// @{
  frame(const frame&) = default;
  frame(frame&&) = default;
  /// @}

  /// The column of a name, there or not: see `column`.
  /// @{
  column operator[](std::string_view column_name);
  const_column operator[](std::string_view column_name) const;
  /// @}

  std::int64_t num_rows() const;                      ///< of every column
  bool contains(std::string_view column_name) const;  ///< is there a column of that name?
  std::vector<std::string> names() const;             ///< in alphabetical order
  /// Removes a column; throws where there is none.
  void erase(std::string_view column_name);

  /// Replaces rows `ids` of a column: row i of `rows` becomes row ids[i]. As pull and push do it: the column becomes a
  /// new tensor, which copies of the graph and who has the old one do not see, with gradients to `rows` and to the rows
  /// that stay. Throws where there is no such column, for another scalar type or feature shape, another number of rows
  /// than ids, an id out of range, and one that is given twice; then the column is as before.
  void write_rows(std::string_view column_name, const id_list& ids, const any_tensor& rows);

  /// What `frame["name"] = t` and `basic_tensor<T> t = frame["name"]` do. `set` throws for a wrong number of
  /// rows, `get` where there is no such column, `get_as` also for another scalar type.
  /// @{
  void set(std::string_view column_name, any_tensor t);
  const any_tensor& get(std::string_view column_name) const;
  template <element T>
  basic_tensor<T> get_as(std::string_view column_name) const {
    const any_tensor& t = get(column_name);
    if (auto* same = std::get_if<basic_tensor<T>>(&t)) return *same;
    throw_other_type(column_name, scalar_name<T>());
  }
  /// @}

 private:
  friend class graph;
  friend class hetero_graph;
  friend class const_column;
  frame& operator=(const frame&) = default;  // a graph's frames stay its own
  frame& operator=(frame&&) = default;
  struct body;
  frame copy() const;  // a list of its own, with shared storage
  void swap_columns(frame& other) noexcept;
  [[noreturn]] void throw_other_type(std::string_view column_name, std::string_view expected) const;
  const any_tensor* find(std::string_view column_name) const;
  std::shared_ptr<body> body_;
};

/// `g.ndata["h"]` of a constant graph: converts to the tensor. Throws, when it is read, where there is no such column
/// or it has another scalar type.
class const_column {
 public:
  /// The tensor, which shares the column's storage.
  /// @{
  template <element T>
  operator basic_tensor<T>() const {  // NOLINT(google-explicit-constructor)
    return frame_.get_as<T>(name_);
  }
  template <element T = float>
  basic_tensor<T> as() const {
    return frame_.get_as<T>(name_);
  }
  /// @}
  /// The tensor of whatever type.
  const any_tensor& any() const { return frame_.get(name_); }
  /// The column's name.
  const std::string& name() const { return name_; }

 protected:
  friend class frame;
  /// Made by frames alone.
  const_column(frame f, std::string_view name) : frame_(std::move(f)), name_(name) {}
  frame frame_;       ///< a handle to the columns
  std::string name_;  ///< of the column, there or not
};

/// `g.ndata["h"]`: converts to the tensor, and assigning a tensor makes or replaces the column.
class column : public const_column {
  friend class frame;
  using const_column::const_column;

 public:
  /// Names the same column: no tensor is copied.
  column(const column&) = default;
  /// Makes or replaces the column. Throws for a wrong number of rows and a tensor without storage.
  template <element T>
  column& operator=(basic_tensor<T> t) {
    frame_.set(name_, std::move(t));
    return *this;
  }
  /// The same with the tensor of another column, whose storage both share then. Throws where there is no such column.
  /// @{
  column& operator=(const const_column& other) {
    frame_.set(name_, other.any());
    return *this;
  }
  column& operator=(const column& other) { return *this = static_cast<const const_column&>(other); }  // NOLINT
  /// @}
};

/// "float", ... of the tensor inside.
std::string_view scalar_name(const any_tensor& t);
/// Its shape, rows first.
const shape_type& shape_of(const any_tensor& t);

}  // namespace edgefold
