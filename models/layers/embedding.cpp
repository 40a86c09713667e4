#include <edgefold/models/layers/embedding.hpp>

#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold {

embedding::embedding(std::int64_t count, std::int64_t features, std::uint64_t seed, std::uint64_t stream)
    : weight(detail::trained(normal({count, features}, 0, 1, seed, stream))) {}

tensor embedding::operator()(const id_list& ids) const { return gather_rows(weight, ids); }

}  // namespace edgefold
