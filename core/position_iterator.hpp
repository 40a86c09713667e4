/// Iterators over the vertices and edges of a graph, and over the edges of one vertex. Boost.Graph needs them; they do
/// not need Boost. All point into the topology, which must outlive them.
#pragma once
#include <compare>
#include <iterator>
#include <utility>

#include <edgefold/core/graph.hpp>

namespace edgefold::detail {

// What stands at a position: vertices, edges, or the edges of one vertex.
struct read_vertex {
  using value = vertex_id;
  vertex_id operator()(std::int64_t p) const { return static_cast<vertex_id>(p); }
};
struct read_edge {
  using value = edge_descriptor;
  const vertex_id* sources = nullptr;
  const vertex_id* targets = nullptr;
  edge_descriptor operator()(std::int64_t p) const { return {sources[p], targets[p], p}; }
};
struct read_out_edge {
  using value = edge_descriptor;
  const edge_groups* out = nullptr;
  vertex_id v = -1;
  edge_descriptor operator()(std::int64_t p) const { return {v, out->neighbors[p], out->id_at(p)}; }
};
struct read_in_edge {
  using value = edge_descriptor;
  const edge_groups* in = nullptr;
  vertex_id v = -1;
  edge_descriptor operator()(std::int64_t p) const { return {in->neighbors[p], v, in->id_at(p)}; }
};
struct read_neighbor {
  using value = vertex_id;
  const edge_groups* out = nullptr;
  vertex_id operator()(std::int64_t p) const { return out->neighbors[p]; }
};

// The edges at v, whichever way they point: first those that leave, then those that arrive.
struct read_incident_out {
  using value = edge_descriptor;
  const edge_groups* out = nullptr;
  const edge_groups* in = nullptr;
  vertex_id v = -1;
  std::int64_t degree() const { return out->degree(v) + in->degree(v); }
  edge_descriptor operator()(std::int64_t p) const {
    const std::int64_t leaving = out->degree(v);
    const edge_groups* g = p < leaving ? out : in;
    const std::int64_t at = g->offsets[v] + (p < leaving ? p : p - leaving);
    return {v, g->neighbors[at], g->id_at(at)};
  }
};
struct read_incident_in : read_incident_out {
  edge_descriptor operator()(std::int64_t p) const {
    const edge_descriptor e = read_incident_out::operator()(p);
    return {e.target, e.source, e.id};
  }
};
struct read_incident_neighbor : read_incident_out {
  using value = vertex_id;
  vertex_id operator()(std::int64_t p) const { return read_incident_out::operator()(p).target; }
};

/// Walks the positions of one reader. Values are made on the way, so that a reference is a value.
template <class Read>
class position_iterator {
 public:
  using value_type = typename Read::value;
  using reference = value_type;
  using pointer = void;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::random_access_iterator_tag;

  position_iterator() = default;
  position_iterator(Read read, std::int64_t position) : read_(read), position_(position) {}

  reference operator*() const { return read_(position_); }
  reference operator[](difference_type n) const { return read_(position_ + n); }
  position_iterator& operator+=(difference_type n) {
    position_ += n;
    return *this;
  }
  position_iterator& operator-=(difference_type n) { return *this += -n; }
  position_iterator& operator++() { return *this += 1; }
  position_iterator& operator--() { return *this -= 1; }
  position_iterator operator++(int) { return {read_, position_++}; }
  position_iterator operator--(int) { return {read_, position_--}; }
  friend position_iterator operator+(position_iterator i, difference_type n) { return i += n; }
  friend position_iterator operator+(difference_type n, position_iterator i) { return i += n; }
  friend position_iterator operator-(position_iterator i, difference_type n) { return i -= n; }
  friend difference_type operator-(const position_iterator& a, const position_iterator& b) {
    return a.position_ - b.position_;
  }
  friend bool operator==(const position_iterator& a, const position_iterator& b) { return a.position_ == b.position_; }
  friend std::strong_ordering operator<=>(const position_iterator& a, const position_iterator& b) {
    return a.position_ <=> b.position_;
  }

 private:
  Read read_;
  std::int64_t position_ = 0;
};

template <class Read>
using position_range = std::pair<position_iterator<Read>, position_iterator<Read>>;

template <class Read>
position_range<Read> positions(Read read, std::int64_t begin, std::int64_t end) {
  return {{read, begin}, {read, end}};
}

}  // namespace edgefold::detail
