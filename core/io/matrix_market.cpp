#include <edgefold/core/io/matrix_market.hpp>

#include <edgefold/core/io/private/edges.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <algorithm>
#include <array>

namespace edgefold {
namespace {

using detail::in_quotes;
using detail::line_reader;

enum class field { pattern, real, integer };
enum class symmetry { general, symmetric, skew };

struct matrix_type {
  field values = field::pattern;
  symmetry mirrored = symmetry::general;
  std::size_t num_columns() const { return values == field::pattern ? 2 : 3; }
};

// %%MatrixMarket matrix coordinate FIELD SYMMETRY, in any case.
matrix_type parse_banner(line_reader& lines) {
  if (!lines.next("")) lines.fail("the file is empty");
  std::string line(lines.line());
  std::transform(line.begin(), line.end(), line.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 32) : c; });
  if (!line.starts_with("%%matrixmarket")) lines.fail("expected %%MatrixMarket, got ", in_quotes(line));
  std::array<std::string_view, 5> word;
  const std::size_t n = lines.split(line, word, false);
  if (n != word.size() || word[1] != "matrix")
    lines.fail("expected %%MatrixMarket matrix coordinate FIELD SYMMETRY, got ", in_quotes(line));
  if (word[2] != "coordinate") lines.fail("format ", in_quotes(word[2]), " is not supported, expected coordinate");
  matrix_type type;
  if (word[3] == "real") type.values = field::real;
  else if (word[3] == "integer") type.values = field::integer;
  else if (word[3] != "pattern") lines.fail("field ", in_quotes(word[3]), ", expected pattern, real or integer");
  if (word[4] == "symmetric") type.mirrored = symmetry::symmetric;
  else if (word[4] == "skew-symmetric" && type.values != field::pattern) type.mirrored = symmetry::skew;
  else if (word[4] != "general") lines.fail("symmetry ", in_quotes(word[4]), " is not supported for ", word[3]);
  return type;
}

struct matrix_size {
  std::int64_t rows = 0, columns = 0, entries = 0;
};

matrix_size parse_size(line_reader& lines, const matrix_type& type) {
  if (!lines.next("%")) lines.fail("the file ends before the line of sizes");
  std::array<std::string_view, 3> word;
  if (lines.split(lines.line(), word, false) != 3)
    lines.fail("expected rows, columns and entries, got ", in_quotes(lines.line()));
  constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
  matrix_size size{lines.integer(word[0], "the number of rows", 0, detail::most_vertices),
                   lines.integer(word[1], "the number of columns", 0, detail::most_vertices),
                   lines.integer(word[2], "the number of entries", 0, any)};
  if (type.mirrored != symmetry::general && size.rows != size.columns)
    lines.fail("a symmetric matrix of ", size.rows, " rows and ", size.columns, " columns");
  // A number of one digit and a separator a column: memory is asked for only as far as the file can fill it.
  const auto most = static_cast<std::int64_t>((lines.bytes_left() + 1) / (2 * type.num_columns()));
  if (size.entries > most) lines.fail(size.entries, " entries announced, at most ", most, " fit the rest of the file");
  return size;
}

detail::edge_lists parse_entries(line_reader& lines, const matrix_type& type, const matrix_size& size,
                                 number_type weights) {
  detail::edge_lists edges;
  if (weights == number_type::as_written && type.values == field::integer) weights = number_type::int64;
  if (type.values != field::pattern) edges.weights.emplace(weights, false);
  const auto expected = static_cast<std::size_t>(size.entries);
  edges.sources.reserve(expected);
  edges.targets.reserve(expected);
  std::array<std::string_view, 3> word;
  std::int64_t count = 0;
  for (; lines.next("%"); ++count) {
    if (count == size.entries) lines.fail("more entries than the ", size.entries, " announced");
    const std::size_t n = lines.split(lines.line(), word, false);
    if (n != type.num_columns()) lines.fail(n, " columns, expected ", type.num_columns());
    const std::int64_t i = lines.integer(word[0], "row", 1, size.rows) - 1;
    const std::int64_t j = lines.integer(word[1], "column", 1, size.columns) - 1;
    if (type.values == field::integer) lines.integer(word[2], "value", INT64_MIN, INT64_MAX);
    const bool mirror = type.mirrored != symmetry::general && i != j, skew = type.mirrored == symmetry::skew;
    edges.add(i, j);
    if (mirror) edges.add(j, i);
    if (type.values == field::pattern) continue;
    edges.weights->add(word[2], lines);
    if (mirror) edges.weights->repeat(skew, lines);
    if (skew && !mirror && !detail::is_zero(word[2]))
      lines.fail(in_quotes(word[2]), " on the diagonal of a skew-symmetric matrix, expected 0");
  }
  if (count < size.entries) lines.fail("the file ends after ", count, " of ", size.entries, " entries");
  return edges;
}

graph parse(std::string_view text, number_type weights, std::string_view operation, std::string_view name) {
  line_reader lines(text, operation, name);
  const matrix_type type = parse_banner(lines);
  const matrix_size size = parse_size(lines, type);
  const detail::edge_lists edges = parse_entries(lines, type, size, weights);
  return edges.weighted(size.rows == size.columns
                            ? graph::from_coo(edges.sources, edges.targets, size.rows)
                            : graph::bipartite(edges.sources, edges.targets, size.rows, size.columns));
}

}  // namespace

graph read_matrix_market(const std::filesystem::path& path, number_type weights) {
  return parse(detail::read_text(path, "read_matrix_market"), weights, "read_matrix_market", path.string());
}

graph parse_matrix_market(std::string_view text, std::string_view name, number_type weights) {
  return parse(text, weights, "parse_matrix_market", name);
}

void write_matrix_market(const std::filesystem::path& path, const graph& g) {
  const detail::weight_column weights(g, "write_matrix_market");
  detail::atomic_file file(path, "write_matrix_market");
  detail::text_writer out(file);
  out << "%%MatrixMarket matrix coordinate "
      << (weights.whole() ? "integer"
          : weights.any() ? "real"
                          : "pattern")
      << " general\n";
  out << g.num_src() << " " << g.num_dst() << " " << g.num_edges() << "\n";
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    out << std::int64_t{g.topology().sources()[e]} + 1 << " " << std::int64_t{g.topology().targets()[e]} + 1;
    weights.write(e, " ", out);
    out << "\n";
  }
  out.flush();
  file.commit();
}

}  // namespace edgefold
