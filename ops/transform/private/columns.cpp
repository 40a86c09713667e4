#include <edgefold/core/error.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/transform/private/columns.hpp>

#include <algorithm>

namespace edgefold::detail {

any_tensor joined_column(const std::vector<frame>& frames, const std::string& name, std::string_view operation,
                         const std::function<std::string(std::size_t)>& called) {
  check(!frames.empty(), operation, "there is nothing to take column \"", name, "\" from");
  return std::visit(
      [&]<class T>(const basic_tensor<T>& first) -> any_tensor {
        std::vector<basic_tensor<T>> parts;
        for (std::size_t i = 0; i < frames.size(); ++i) {
          const any_tensor& part = frames[i].get(name);
          const auto* same = std::get_if<basic_tensor<T>>(&part);
          const shape_type &a = first.shape(), &b = shape_of(part);
          check(same && std::equal(a.begin() + 1, a.end(), b.begin() + 1, b.end()), operation, "column \"", name,
                "\" is ", scalar_name(part), " of shape ", b, " in ", called(i), ", ", scalar_name<T>(), " of shape ",
                a, " in ", called(0));
          parts.push_back(*same);
        }
        return concat(parts, 0);
      },
      frames[0].get(name));
}

void cut_columns(const frame& from, std::int64_t begin, std::int64_t end, frame to) {
  for (const std::string& name : from.names())
    std::visit([&](const auto& t) { to.set(name, slice(t, 0, begin, end)); }, from.get(name));
}

void share_columns(const frame& from, frame to) {
  for (const std::string& name : from.names()) to.set(name, from.get(name));
}

void gather_columns(const frame& from, const id_list& ids, frame to) {
  for (const std::string& name : from.names())
    std::visit([&](const auto& t) { to.set(name, gather_rows(t, ids)); }, from.get(name));
}

void take_rows(const frame& from, const basic_tensor<std::int64_t>& ids, frame to) {
  gather_columns(from, ids, to);
  to.set(original_id, ids);
}

}  // namespace edgefold::detail
