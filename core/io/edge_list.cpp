#include <edgefold/core/io/edge_list.hpp>

#include <edgefold/core/io/private/edges.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <array>

namespace edgefold {
namespace {

constexpr std::string_view no_edges = " vertices, 0 edges";  // ends the first line of a graph that has none

graph parse(std::string_view text, std::int64_t num_vertices, number_type weights, std::string_view operation,
            std::string_view name) {
  const std::int64_t most = detail::greatest_vertex(num_vertices, operation);
  detail::line_reader lines(text, operation, name), first_line = lines;
  const bool has_head = first_line.next("");
  if (has_head && first_line.line().starts_with("%%MatrixMarket"))
    first_line.fail("a Matrix Market file, expected a list of edges");
  detail::edge_lists edges;
  std::array<std::string_view, 3> columns;
  std::size_t num_columns = 0;
  while (lines.next("#%")) {
    const std::size_t n = lines.split(lines.line(), columns, true);
    if (n < 2) lines.fail("expected 2 or 3 columns, got ", detail::in_quotes(lines.line()));
    if (num_columns != 0 && n != num_columns) lines.fail(n, " columns, before there were ", num_columns);
    if (num_columns == 0 && n == 3) edges.weights.emplace(weights);
    num_columns = n;
    const std::int64_t source = lines.integer(columns[0], "source", 0, most);
    edges.add(source, lines.integer(columns[1], "target", 0, most));
    if (n == 3) edges.weights->add(columns[2], lines);
  }
  const bool means_none = num_vertices >= 0 || (has_head && first_line.line().ends_with(no_edges));
  check_runtime(num_columns != 0 || means_none, operation, name,
                ": there is no edge: no line has a source and a target; num_vertices says that this is meant");
  return edges.weighted(graph::from_coo(edges.sources, edges.targets, num_vertices));
}

}  // namespace

graph read_edge_list(const std::filesystem::path& path, std::int64_t num_vertices, number_type weights) {
  return parse(detail::read_text(path, "read_edge_list"), num_vertices, weights, "read_edge_list", path.string());
}

graph parse_edge_list(std::string_view text, std::int64_t num_vertices, std::string_view name, number_type weights) {
  return parse(text, num_vertices, weights, "parse_edge_list", name);
}

void write_edge_list(const std::filesystem::path& path, const graph& g) {
  check(!g.is_bipartite(), "write_edge_list", path.string(),
        ": the graph has two vertex sets; write_matrix_market takes it");
  const detail::weight_column weights(g, "write_edge_list");
  const std::string extension = path.extension().string();
  const std::string_view separator = extension == ".csv" ? "," : extension == ".tsv" ? "\t" : " ";
  detail::atomic_file file(path, "write_edge_list");
  detail::text_writer out(file);
  out << "# " << g.num_vertices() << " vertices, " << g.num_edges() << " edges\n";
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    out << g.topology().sources()[e] << separator << g.topology().targets()[e];
    weights.write(e, separator, out);
    out << "\n";
  }
  out.flush();
  file.commit();
}

}  // namespace edgefold
