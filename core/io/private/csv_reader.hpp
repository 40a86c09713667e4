/// Records of CSV text. Private to the readers.
#pragma once
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/io/private/text.hpp>

namespace edgefold::detail {

/// Walks over the records of RFC 4180: fields between separators, in double quotes where they hold a separator, a line
/// end or a quote, which is doubled there. Blanks around a field or its quotes are no part of it. Errors name the line
/// on which the record begins.
class csv_reader : public text_place {
 public:
  csv_reader(std::string_view text, char separator, std::string_view operation, std::string_view name)
      : text_place(operation, name), rest_(without_byte_order_mark(text)), separator_(separator) {}

  /// Moves to the next record, past lines that hold nothing or blanks; false at the end. Throws for quotes that do not
  /// pair.
  bool next();
  /// Those of the record, until the next one is asked for.
  std::span<const std::string_view> fields() const { return fields_; }

 private:
  bool take_line_end();
  void skip_blanks();
  std::string_view plain_field();
  std::string_view quoted_field();

  std::string_view rest_;
  char separator_;
  std::int64_t line_ = 1;  // at which rest_ begins
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  // what fields with doubled quotes mean
};

}  // namespace edgefold::detail
