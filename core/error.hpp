/// Errors say operation, argument, what was expected and what came: `[update_all] src("h") has 10 rows, ...`.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include <edgefold/core/types.hpp>

namespace edgefold {
namespace detail {

[[noreturn]] void throw_invalid(std::string_view operation, std::initializer_list<std::string> parts);
[[noreturn]] void throw_runtime(std::string_view operation, std::initializer_list<std::string> parts);

inline std::string text_of(std::string_view s) { return std::string(s); }
inline std::string text_of(const shape_type& s) { return to_string(s); }
template <class N>
requires std::is_arithmetic_v<N> std::string text_of(N n) { return std::to_string(n); }

/// "1e+300", without the 300 digits before its point.
std::string short_text(double n);

}  // namespace detail

/// Throws std::invalid_argument "[operation] part part ..." where `ok` is false: bad use.
template <class... Parts>
void check(bool ok, std::string_view operation, const Parts&... parts) {
  if (!ok) [[unlikely]]
    detail::throw_invalid(operation, {detail::text_of(parts)...});
}

/// Throws std::runtime_error "[operation] part part ..." where `ok` is false: a bad file, no resource.
template <class... Parts>
void check_runtime(bool ok, std::string_view operation, const Parts&... parts) {
  if (!ok) [[unlikely]]
    detail::throw_runtime(operation, {detail::text_of(parts)...});
}

namespace detail {
/// `value` as T, rounded where that is a float. Throws std::invalid_argument "[operation] name is ..., which T cannot
/// hold" where no T is it.
template <element T, class N>
requires std::is_arithmetic_v<N> T exactly(N value, std::string_view operation, std::string_view name) {
  if (!can_hold<T>(value)) [[unlikely]] {
    std::string text;
    if constexpr (std::integral<N>) text = std::to_string(value);
    else text = short_text(static_cast<double>(value));
    throw_invalid(operation,
                  {std::string(name), " is ", text, ", which ", std::string(scalar_name<T>()), " cannot hold"});
  }
  return static_cast<T>(value);
}
}  // namespace detail

}  // namespace edgefold
