#include <edgefold/core/io/csv.hpp>

#include <edgefold/core/io/private/csv_reader.hpp>
#include <edgefold/core/io/private/edges.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/private/row_text.hpp>
#include <edgefold/core/private/name_list.hpp>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace edgefold {
namespace {

using detail::csv_reader;
using detail::in_quotes;
using detail::without_blanks_around;

void check_options(const csv_options& o, std::string_view operation) {
  detail::greatest_vertex(o.num_vertices, operation);
  check(o.source != o.target, operation, "source and target are one column, ", in_quotes(o.source));
  check(std::string_view(",;\t|").find(o.separator) != std::string_view::npos, operation, "the separator is ",
        in_quotes({&o.separator, 1}), ", expected one of , ; | and the tab");
}

bool is_ignored(const csv_options& o, std::string_view column) {
  return std::ranges::find(o.ignored, column) != o.ignored.end();
}

// A column of numbers while it is read.
class number_column {
 public:
  number_column(std::string_view name, std::size_t field, const csv_options& o)
      : name_(name), field_(field), numbers_(o.types.contains(name_) ? o.types.at(name_) : o.numbers) {}

  const std::string& name() const { return name_; }

  void add_row(const csv_reader& in) {
    std::int64_t count = 1;
    std::string_view rest = in.fields()[field_];
    for (std::size_t comma; (comma = rest.find(',')) != std::string_view::npos; ++count) {
      numbers_.add(without_blanks_around(rest.substr(0, comma)), in, place_);
      rest.remove_prefix(comma + 1);
    }
    numbers_.add(without_blanks_around(rest), in, place_);
    if (num_rows_++ == 0) width_ = count;
    if (count != width_) in.fail(place_, count, " numbers, before there were ", width_);
  }

  any_tensor to_tensor() const { return numbers_.to_tensor({num_rows_, width_}); }

 private:
  std::string name_, place_ = "column " + in_quotes(name_) + ": ";
  std::size_t field_;
  std::int64_t num_rows_ = 0, width_ = 1;
  detail::number_list numbers_;
};

// Walks over the rows of a table, collects its numbers and tells its ids.
class table_reader {
 public:
  table_reader(csv_reader in, std::vector<std::string> id_columns, const csv_options& options)
      : in_(std::move(in)), id_columns_(std::move(id_columns)), id_fields_(id_columns_.size()) {
    if (!in_.next()) in_.fail("the file is empty, expected a header");
    num_fields_ = in_.fields().size();
    std::vector<std::string> header;
    bool is_index = true;
    for (const std::string_view name : in_.fields()) {
      const bool stands_twice = std::ranges::find(header, name) != header.end();
      header.emplace_back(name);
      is_index = is_index && name.empty();
      if (is_index || (name.empty() && is_ignored(options, name))) continue;
      if (name.empty()) in_.fail("column ", header.size(), " has no name");
      if (stands_twice) in_.fail("column ", in_quotes(name), " is given twice");
      const bool is_id = std::ranges::find(id_columns_, name) != id_columns_.end();
      if (!is_id && !is_ignored(options, name)) numbers_.emplace_back(name, header.size() - 1, options);
    }
    for (std::size_t i = 0; i < id_columns_.size(); ++i) {
      const auto at = std::ranges::find(header, id_columns_[i]);
      if (at == header.end())
        in_.fail("no column ", in_quotes(id_columns_[i]), detail::name_list(header, "; there are no columns"));
      id_fields_[i] = static_cast<std::size_t>(at - header.begin());
    }
  }

  bool next() {
    if (!in_.next()) return false;
    const std::size_t n = in_.fields().size();
    if (n != num_fields_) in_.fail(n, " columns, the header has ", num_fields_);
    for (number_column& c : numbers_) c.add_row(in_);
    return true;
  }
  std::string_view id(std::size_t i) const { return in_.fields()[id_fields_[i]]; }
  const std::string& id_column(std::size_t i) const { return id_columns_[i]; }
  const csv_reader& place() const { return in_; }
  bool has_numbers(std::string_view column) const {
    return std::ranges::find(numbers_, column, &number_column::name) != numbers_.end();
  }

  void move_columns(frame& to) const {
    for (const number_column& c : numbers_) to.set(c.name(), c.to_tensor());
  }

 private:
  csv_reader in_;
  std::vector<std::string> id_columns_;
  std::vector<std::size_t> id_fields_;
  std::size_t num_fields_ = 0;
  std::vector<number_column> numbers_;
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

// Which vertex an id means.
class vertex_ids {
 public:
  vertex_ids(const csv_options& options, std::int64_t most) : named_(options.named), most_(most) {}

  // A row of the table of nodes: a new name, or the number that comes next.
  void add(const table_reader& row) {
    if (named_ && numbers_.contains(row.id(0)))
      row.place().fail("column ", in_quotes(row.id_column(0)), ": ", in_quotes(row.id(0)), " is given twice");
    if (named_) {
      name(row, 0);
    } else {
      row.place().integer(without_blanks_around(row.id(0)), in_quotes(row.id_column(0)), count_, count_);
      ++count_;
    }
  }
  // From here on there are no other vertices than those of the table of nodes.
  void close() {
    most_ = count_ - 1;
    closed_ = true;
  }
  // Of an end of an edge.
  std::int64_t of(const table_reader& row, std::size_t i) {
    if (!named_) return row.place().integer(without_blanks_around(row.id(i)), in_quotes(row.id_column(i)), 0, most_);
    const auto known = numbers_.find(row.id(i));
    return known != numbers_.end() ? known->second : name(row, i);
  }
  // Rows of the table of nodes, or names.
  std::int64_t count() const { return count_; }
  std::vector<std::string> take_names() { return std::move(names_); }

 private:
  std::int64_t name(const table_reader& row, std::size_t i) {
    const std::string_view id = row.id(i);
    if (closed_)
      row.place().fail("column ", in_quotes(row.id_column(i)), ": ", in_quotes(id), " is not in the table of nodes");
    if (count_ > most_)
      row.place().fail("column ", in_quotes(row.id_column(i)), ": ", in_quotes(id), " is one vertex more than the ",
                       count_, " expected");
    numbers_.emplace(id, count_);
    names_.emplace_back(id);
    return count_++;
  }

  bool named_, closed_ = false;
  std::int64_t most_, count_ = 0;
  std::unordered_map<std::string, std::int64_t, text_hash, std::equal_to<>> numbers_;
  std::vector<std::string> names_;
};

csv_graph parse(csv_reader edge_text, std::optional<csv_reader> node_text, const csv_options& options,
                std::string_view operation) {
  vertex_ids ids(options, detail::greatest_vertex(options.num_vertices, operation));
  std::optional<table_reader> nodes;
  if (node_text) {
    nodes.emplace(std::move(*node_text), std::vector{options.node}, options);
    while (nodes->next()) ids.add(*nodes);
    ids.close();
    check(options.num_vertices < 0 || options.num_vertices == ids.count(), operation, "num_vertices is ",
          options.num_vertices, ", the table of nodes has ", ids.count(), " rows");
  }
  table_reader edges(std::move(edge_text), {options.source, options.target}, options);
  for (const auto& [column, type] : options.types)
    check(edges.has_numbers(column) || (nodes && nodes->has_numbers(column)), operation, "a type for column ",
          in_quotes(column), ", which is not read");
  detail::edge_lists ends;
  while (edges.next()) {
    const std::int64_t source = ids.of(edges, 0);
    ends.add(source, ids.of(edges, 1));
  }
  const std::int64_t num_vertices = nodes || options.named ? ids.count() : options.num_vertices;
  csv_graph out{graph::from_coo(ends.sources, ends.targets, num_vertices), ids.take_names()};
  edges.move_columns(out.g.edata);
  if (nodes) nodes->move_columns(out.g.ndata);
  return out;
}

// Text is quoted where it must be: blanks around it would not be read.
void write_field(std::string_view text, char separator, detail::text_writer& out) {
  const bool plain = text.find_first_of(std::string("\"\r\n") + separator) == std::string_view::npos;
  if (plain && !text.empty() && without_blanks_around(text) == text) {
    out << text;
    return;
  }
  out << "\"";
  for (std::size_t quote; (quote = text.find('"')) != std::string_view::npos; text.remove_prefix(quote + 1))
    out << text.substr(0, quote) << "\"\"";
  out << text << "\"";
}

// A header of `id_columns` and the names of `columns`, and a row of both for each row of `columns`.
template <class IdsOfRow>
void write_table(detail::atomic_file& file, const std::vector<std::string>& id_columns, const frame& columns,
                 const csv_options& options, const IdsOfRow& ids_of_row) {
  const std::string_view separator(&options.separator, 1);
  std::vector<std::string> header = id_columns;
  std::vector<any_tensor> values;
  for (const std::string& name : columns.names()) {
    if (is_ignored(options, name)) continue;
    const bool is_id = std::ranges::find(id_columns, name) != id_columns.end();
    check(!is_id && !name.empty(), "write_csv", "a column of features is called ", in_quotes(name),
          is_id ? ", as the one of ids is" : "");
    values.push_back(columns.get(name));
    check(num_elements(shape_of(values.back())) > 0 || columns.num_rows() == 0, "write_csv", "column ", in_quotes(name),
          " has shape ", shape_of(values.back()), ", which leaves nothing to write");
    header.push_back(name);
  }
  detail::text_writer out(file);
  for (std::size_t i = 0; i < header.size(); ++i) {
    out << (i > 0 ? separator : "");
    write_field(header[i], options.separator, out);
  }
  out << "\n";
  for (std::int64_t row = 0; row < columns.num_rows(); ++row) {
    ids_of_row(row, out, separator);
    for (const any_tensor& t : values) {
      out << separator;
      write_field(detail::row_text(t, row, detail::digits::typed), ',', out);
    }
    out << "\n";
  }
  out.flush();
}

}  // namespace

csv_graph read_csv(const std::filesystem::path& edges, const std::filesystem::path& nodes, const csv_options& options) {
  constexpr std::string_view operation = "read_csv";
  check_options(options, operation);
  const std::string edge_text = detail::read_text(edges, operation);
  const std::string node_text = nodes.empty() ? "" : detail::read_text(nodes, operation);
  std::optional<csv_reader> node_reader;
  if (!nodes.empty()) node_reader.emplace(node_text, options.separator, operation, nodes.string());
  return parse({edge_text, options.separator, operation, edges.string()}, std::move(node_reader), options, operation);
}

csv_graph parse_csv(std::string_view edges, std::string_view nodes, const csv_options& options) {
  constexpr std::string_view operation = "parse_csv";
  check_options(options, operation);
  std::optional<csv_reader> node_reader;
  if (!nodes.empty()) node_reader.emplace(nodes, options.separator, operation, "nodes");
  return parse({edges, options.separator, operation, "edges"}, std::move(node_reader), options, operation);
}

void write_csv(const std::filesystem::path& edges, const std::filesystem::path& nodes, const graph& g,
               const std::vector<std::string>& names, const csv_options& options) {
  constexpr std::string_view operation = "write_csv";
  check_options(options, operation);
  check(nodes.empty() || !detail::is_same_file(edges, nodes), operation, edges.string(),
        ": expected two files, one for edges and one for nodes");
  check(!g.is_bipartite(), operation, edges.string(), ": the graph has two vertex sets, a table of nodes has one");
  check(names.empty() || std::ssize(names) == g.num_vertices(), operation, names.size(), " names, the graph has ",
        g.num_vertices(), " vertices");
  const std::size_t num_distinct = std::unordered_set<std::string_view>(names.begin(), names.end()).size();
  check(num_distinct == names.size(), operation, names.size(), " names, of which ", num_distinct, " are distinct");
  const auto write_vertex = [&](std::int64_t v, detail::text_writer& out) {
    if (names.empty()) out << v;
    else write_field(names[static_cast<std::size_t>(v)], options.separator, out);
  };

  detail::atomic_file edge_file(edges, operation);
  write_table(edge_file, {options.source, options.target}, g.edata, options,
              [&](edge_id e, detail::text_writer& out, std::string_view separator) {
                write_vertex(g.topology().sources()[e], out);
                out << separator;
                write_vertex(g.topology().targets()[e], out);
              });
  if (!nodes.empty()) {
    detail::atomic_file node_file(nodes, operation);
    write_table(node_file, {options.node}, g.ndata, options,
                [&](std::int64_t v, detail::text_writer& out, std::string_view) { write_vertex(v, out); });
    node_file.commit();
  }
  edge_file.commit();
}

}  // namespace edgefold
