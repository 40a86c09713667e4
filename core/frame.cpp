#include <edgefold/core/frame.hpp>

#include <edgefold/core/private/name_list.hpp>
#include <edgefold/core/row_writes.hpp>

namespace edgefold {

struct frame::body {
  std::string name, row_name, refusal;
  std::int64_t rows = 0;
  std::map<std::string, any_tensor, std::less<>> columns;
};

frame::frame(std::string name, std::string row_name, std::int64_t rows)
    : body_(std::make_shared<body>(body{std::move(name), std::move(row_name), "", rows, {}})) {}

frame frame::refusing(std::string name, std::string reason) {
  frame f(std::move(name), "", 0);
  f.body_->refusal = std::move(reason);
  return f;
}

frame frame::copy() const {
  frame f = *this;
  f.body_ = std::make_shared<body>(*body_);
  return f;
}

void frame::swap_columns(frame& other) noexcept { body_->columns.swap(other.body_->columns); }

column frame::operator[](std::string_view column_name) { return {*this, column_name}; }
const_column frame::operator[](std::string_view column_name) const { return {*this, column_name}; }

std::int64_t frame::num_rows() const { return body_->rows; }

const any_tensor* frame::find(std::string_view column_name) const {
  auto at = body_->columns.find(column_name);
  return at == body_->columns.end() ? nullptr : &at->second;
}

bool frame::contains(std::string_view column_name) const { return find(column_name) != nullptr; }

std::vector<std::string> frame::names() const {
  std::vector<std::string> all;
  for (const auto& [name, t] : body_->columns) all.push_back(name);
  return all;
}

void frame::erase(std::string_view column_name) {
  get(column_name);
  body_->columns.erase(body_->columns.find(column_name));
}

void frame::set(std::string_view column_name, any_tensor t) {
  check(body_->refusal.empty(), body_->name, body_->refusal);
  const shape_type& shape = shape_of(t);
  check(!shape.empty(), body_->name, "column \"", column_name, "\" is given a tensor without storage");
  check(shape[0] == body_->rows, body_->name, "column \"", column_name, "\" has ", shape[0], " rows, the graph has ",
        body_->rows, " ", body_->row_name);
  body_->columns.insert_or_assign(std::string(column_name), std::move(t));
}

void frame::write_rows(std::string_view column_name, const id_list& ids, const any_tensor& rows) {
  constexpr std::string_view operation = "write_rows";
  const any_tensor& column = get(column_name);
  check(column.index() == rows.index(), operation, "column \"", column_name, "\" is ", scalar_name(column),
        ", the rows are ", scalar_name(rows));
  shape_type expected = shape_of(column);
  expected[0] = ids.size();
  check(shape_of(rows) == expected, operation, "the rows have shape ", shape_of(rows), ", expected ", expected, " for ",
        ids.size(), " ids and column \"", column_name, "\"");
  ids.check_range(num_rows(), operation, "id");
  ids.check_distinct(num_rows(), operation, "id");
  std::visit(
      [&]<element T>(const basic_tensor<T>& t) {
        set(column_name, detail::with_rows(t, id_list(ids).take(), std::get<basic_tensor<T>>(rows)));
      },
      column);
}

const any_tensor& frame::get(std::string_view column_name) const {
  check(body_->refusal.empty(), body_->name, body_->refusal);
  if (const any_tensor* t = find(column_name)) return *t;
  check(false, body_->name, "no column \"", column_name, "\"", detail::name_list(names(), "; there are no columns"));
  __builtin_unreachable();
}

void frame::throw_other_type(std::string_view column_name, std::string_view expected) const {
  check(false, body_->name, "column \"", column_name, "\" is ", scalar_name(get(column_name)), ", expected ", expected);
  __builtin_unreachable();
}

std::string_view scalar_name(const any_tensor& t) {
  return std::visit([]<element T>(const basic_tensor<T>&) { return scalar_name<T>(); }, t);
}
const shape_type& shape_of(const any_tensor& t) {
  return std::visit([](const auto& x) -> const shape_type& { return x.shape(); }, t);
}

}  // namespace edgefold
