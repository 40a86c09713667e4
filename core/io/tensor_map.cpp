#include <edgefold/core/io/tensor_map.hpp>

#include <edgefold/core/io/private/text.hpp>

#include <stdexcept>

namespace edgefold {

const any_tensor& tensor_map::at(const std::string& name) const {
  const auto found = find(name);
  if (found != end()) return found->second;
  const auto why = unreadable_.find(name);
  if (why != unreadable_.end()) throw std::runtime_error(why->second);
  throw std::runtime_error(origin_ + ": there is no " + detail::in_quotes(name) + " among its " +
                           std::to_string(size()) + " tensors");
}

void tensor_map::throw_other_type(const std::string& name, std::string_view found, std::string_view expected) const {
  throw std::runtime_error(origin_ + ": tensor " + detail::in_quotes(name) + " is " + std::string(found) +
                           ", expected " + std::string(expected));
}

}  // namespace edgefold
