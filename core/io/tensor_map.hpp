/// What readers of files with many arrays return.
#pragma once
#include <map>
#include <string>

#include <edgefold/core/frame.hpp>

namespace edgefold {

/// The tensors of a file by name: a map, and what the file has beside them that no tensor can hold, such as text.
class tensor_map : public std::map<std::string, any_tensor> {
 public:
  tensor_map() = default;
  /// Errors begin with `origin`, "[read_npz] a.npz".
  explicit tensor_map(std::string origin) : origin_(std::move(origin)) {}

  /// The tensor of a name. Throws std::runtime_error where the file has none of that name, or one that cannot be read:
  /// then with its type.
  const any_tensor& at(const std::string& name) const;
  /// The same as tensor of T; throws std::runtime_error too where it is of another type.
  template <element T>
  basic_tensor<T> at(const std::string& name) const {
    const any_tensor& t = at(name);
    if (const auto* same = std::get_if<basic_tensor<T>>(&t)) return *same;
    throw_other_type(name, scalar_name(t), scalar_name<T>());
  }

  /// Names that are not in the map, each with the text that `at` throws for it.
  const std::map<std::string, std::string>& unreadable() const { return unreadable_; }
  /// For readers: `why` is the whole text that `at` throws.
  void add_unreadable(const std::string& name, std::string why) { unreadable_.emplace(name, std::move(why)); }

 private:
  [[noreturn]] void throw_other_type(const std::string& name, std::string_view found, std::string_view expected) const;
  std::string origin_;
  std::map<std::string, std::string> unreadable_;
};

}  // namespace edgefold
