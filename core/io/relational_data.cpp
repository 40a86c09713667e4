#include <edgefold/core/io/relational_data.hpp>

#include <edgefold/core/io/private/data_folder.hpp>
#include <edgefold/core/io/private/edges.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using integers = basic_tensor<std::int64_t>;
constexpr std::int64_t most_relations = 1 << 30, most_classes = 100'000;

graph read_triples(const detail::data_folder& folder, std::int64_t entities) {
  const integers triples = folder.integers("triples.npy");
  const std::int64_t n = triples.rows();
  folder.expect(triples.num_dims() == 2 && triples.width() == 3 && n > 0, "triples.npy", "shape ",
                to_string(triples.shape()), ", expected (triples, 3)");
  auto subjects = integers::uninitialized({n}), types = integers::uninitialized({n}),
       objects = integers::uninitialized({n});
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t u = triples.at(i, 0), type = triples.at(i, 1), v = triples.at(i, 2);
    folder.expect(std::min(u, v) >= 0 && std::max(u, v) < entities, "triples.npy", "triple ", i, " joins ", u, " and ",
                  v, ", there are ", entities, " entities");
    folder.expect(type >= 0 && type < most_relations, "triples.npy", "triple ", i, " is of relation ", type,
                  ", expected 0 .. ", most_relations - 1);
    subjects.mutable_data()[i] = u, types.mutable_data()[i] = type, objects.mutable_data()[i] = v;
  }
  graph g = graph::from_coo(subjects, objects, entities);
  g.edata["type"] = types;
  return g;
}

// Entities of one part of the split, and their classes.
std::pair<integers, integers> read_part(const detail::data_folder& folder, const std::string& part,
                                        std::int64_t entities) {
  const std::string file = part + "_idx.npy";
  const integers ids = folder.numbers(file, entities), labels = folder.numbers(part + "_labels.npy", most_classes);
  folder.expect(ids.size() == labels.size() && ids.size() > 0, file, ids.size(), " entities and ", labels.size(),
                " classes to ", part);
  return {ids, labels};
}

}  // namespace

relational_data read_relational_data(const std::filesystem::path& path) {
  const detail::data_folder folder(path, "read_relational_data");
  const std::int64_t entities = folder.count("meta.json", "num_entities");
  folder.expect(entities <= detail::most_vertices, "meta.json", entities, " entities");
  relational_data d;
  d.g = read_triples(folder, entities);
  d.num_relations = detail::num_labels(d.g.edata["type"]);
  std::tie(d.train, d.train_labels) = read_part(folder, "train", entities);
  std::tie(d.test, d.test_labels) = read_part(folder, "test", entities);
  d.num_classes = std::max(detail::num_labels(d.train_labels), detail::num_labels(d.test_labels));
  return d;
}

}  // namespace edgefold
