#include <edgefold/core/io/private/numbers.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace edgefold::detail {
namespace {

constexpr int most_float_digits = std::numeric_limits<float>::max_digits10;

// What a number looks like. NaN and the infinities have no digits.
struct number_form {
  bool whole = true, zero = true;
  std::int64_t digits = 0;  // without zeros ahead; of a 0, all
};

number_form form_of(std::string_view number) {
  number_form f;
  for (const char c : number) {
    if (c == '+' || c == '-') continue;
    const bool is_digit = c >= '0' && c <= '9';
    f.whole = f.whole && is_digit;
    if (c == '.') continue;
    if (!is_digit) break;
    if (f.zero && c != '0') f.zero = false, f.digits = 0;
    ++f.digits;
  }
  return f;
}

// Whether a number that is out of range is too small, not too great.
bool is_small(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  std::int64_t exponent = 0;
  if (e < number.size() && parse_number(number.substr(e + 1), exponent) != std::errc{}) return number[e + 1] == '-';
  constexpr std::int64_t far = std::int64_t{1} << 60;
  const std::string_view mantissa = number.substr(0, e);
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), e));
  const auto first = static_cast<std::int64_t>(std::min(mantissa.find_first_of("123456789"), e));
  return std::clamp(exponent, -far, far) + point - first < 0;
}

// Rounds to nearest; what is too small becomes 0.
template <class Float>
std::errc parse_real(std::string_view number, Float& x) {
  const std::errc error = parse_number(number, x);
  if (error != std::errc::result_out_of_range || !is_small(number)) return error;
  x = number.starts_with('-') ? Float{-0.0} : Float{0};
  return {};
}

template <class Float>
bool holds(std::int64_t n) {
  const auto x = static_cast<Float>(n);
  return x < Float{0x1p63} && static_cast<std::int64_t>(x) == n;
}

// Of no more digits than a float keeps, and held by it.
bool has_few_digits(std::int64_t n) { return -1'000'000'000 < n && n < 1'000'000'000 && holds<float>(n); }

// Whether `x` is the whole number that it was parsed from.
template <class Float>
bool is_exact(std::string_view number, Float x) {
  std::int64_t n = 0;
  if (parse_number(number, n) == std::errc{}) return holds<Float>(n);
  std::array<char, std::numeric_limits<Float>::max_exponent10 + 3> room;  // a sign, and all digits
  char* const end = std::to_chars(room.data(), room.data() + room.size(), x, std::chars_format::fixed, 0).ptr;
  const auto from_first_digit = [](std::string_view s) { return s.substr(s.find_first_of("123456789")); };
  return from_first_digit({room.data(), end}) == from_first_digit(number);
}

// A number that Float does not hold.
template <class Float>
[[noreturn]] void fail_to_hold(std::string_view number, bool in_range, const text_place& in, std::string_view what) {
  in.fail(what, "number ", in_quotes(number), in_range ? " would be rounded as " : " does not fit ",
          scalar_name<Float>());
}

}  // namespace

bool is_zero(std::string_view number) {
  const number_form f = form_of(number);
  return f.zero && f.digits > 0;
}

number_list::number_list(number_type wanted, bool maybe_whole)
    : wanted_(wanted),
      whole_{wanted == number_type::int64 || (wanted == number_type::as_written && maybe_whole)},
      single_{wanted == number_type::float32 || wanted == number_type::as_written},
      double_{wanted == number_type::float64 || wanted == number_type::as_written} {}

void number_list::add(std::string_view number, const text_place& in, std::string_view what) {
  if (whole_.possible && add_whole(number, in, what)) return;
  if (single_.possible) add_to(single_, number, in, what);
  if (double_.possible) add_to(double_, number, in, what);
}

// False where int64 is no candidate any more: what came before has become float and double then.
bool number_list::add_whole(std::string_view number, const text_place& in, std::string_view what) {
  std::int64_t n = 0;
  const std::errc error = parse_number(number, n);
  if (error == std::errc{}) {
    whole_.numbers.push_back(n);
    return true;
  }
  double x = 0;
  if (error == std::errc::invalid_argument) {
    if (parse_real(number, x) == error) in.fail(what, "expected a number, got ", in_quotes(number));
    if (wanted_ == number_type::int64) in.fail(what, "expected a whole number, got ", in_quotes(number));
  } else if (wanted_ == number_type::int64) {
    fail_to_hold<std::int64_t>(number, false, in, what);
  }
  const auto bad = std::ranges::find_if_not(whole_.numbers, holds<double>);
  if (bad != whole_.numbers.end())
    in.fail(what, in_quotes(number), " does not fit int64, and ", *bad, " before it would be rounded as double");
  double_.numbers.assign(whole_.numbers.begin(), whole_.numbers.end());
  single_.possible = std::ranges::all_of(whole_.numbers, has_few_digits);
  if (single_.possible) single_.numbers.assign(double_.numbers.begin(), double_.numbers.end());
  whole_ = {false};
  return false;
}

template <class Float>
void number_list::add_to(candidate<Float>& as, std::string_view number, const text_place& in, std::string_view what) {
  Float x = 0;
  const std::errc error = parse_real(number, x);
  if (error == std::errc::invalid_argument) in.fail(what, "expected a number, got ", in_quotes(number));
  const bool in_range = error == std::errc{};
  const number_form form = form_of(number);
  bool fits = in_range && (!form.whole || form.zero || is_exact(number, x));
  if (std::same_as<Float, float> && wanted_ == number_type::as_written) {
    fits = fits && (form.digits <= most_float_digits || (form.whole && form.zero)) && (x != 0 || form.zero);
    if (!fits) as = {false};  // double is left
  } else if (!fits) {
    fail_to_hold<Float>(number, in_range, in, what);
  }
  if (fits) as.numbers.push_back(x);
}

void number_list::repeat(bool negative, const text_place& in) {
  const auto again = [&](auto& numbers) {
    if (numbers.empty()) return;
    const auto last = numbers.back();
    if constexpr (std::same_as<decltype(last), const std::int64_t>)
      if (negative && last == INT64_MIN) in.fail("the negative of ", last, " does not fit int64");
    numbers.push_back(negative ? -last : last);
  };
  again(whole_.numbers);
  again(single_.numbers);
  again(double_.numbers);
}

any_tensor number_list::to_tensor(const shape_type& shape) const {
  const bool none_yet = wanted_ == number_type::as_written && whole_.numbers.empty();
  if (whole_.possible && !none_yet) return basic_tensor<std::int64_t>(shape, std::span(whole_.numbers));
  if (single_.possible) return tensor(shape, std::span(single_.numbers));
  return basic_tensor<double>(shape, std::span(double_.numbers));
}

template <element T>
void append_number(std::string& text, T number, digits how) {
  std::array<char, 32> room;
  const auto formatted = [&](auto... format) {
    return std::string_view(room.data(), std::to_chars(room.data(), room.data() + room.size(), number, format...).ptr);
  };
  if constexpr (std::same_as<T, bool>) {
    text += number ? '1' : '0';
  } else if constexpr (std::integral<T>) {
    text += formatted();
  } else {
    const std::string_view shortest = formatted();
    const number_form form = form_of(shortest);
    const bool few = form.digits + form.whole <= most_float_digits;
    if (how == digits::fewest || form.digits == 0 || few == std::same_as<T, float>)
      text.append(shortest).append(form.whole ? ".0" : "");
    else if (few) text += formatted(std::chars_format::scientific, most_float_digits);
    else text += formatted(std::chars_format::scientific);
  }
}

template void append_number(std::string&, bool, digits);
template void append_number(std::string&, std::int32_t, digits);
template void append_number(std::string&, std::int64_t, digits);
template void append_number(std::string&, float, digits);
template void append_number(std::string&, double, digits);

}  // namespace edgefold::detail
