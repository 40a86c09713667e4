#include <training/synthetic_digits.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <edgefold/core/parallel.hpp>
#include <edgefold/core/random.hpp>

namespace edgefold::examples {
namespace {

struct point {
  float x, y;
};

/// A stroke of the pen: part of an ellipse, its angles in degrees, clockwise from the right since y points down; or,
/// where both radii are 0, a line. The digits stand between -1 and 1 in both directions.
struct stroke {
  float x, y, x_radius, y_radius, from, to;  // of a line: from (x, y) to (from, to)
};
constexpr stroke line(float x0, float y0, float x1, float y1) { return {x0, y0, 0, 0, x1, y1}; }

const std::array<std::vector<stroke>, num_digits> shapes{{
    {{0, 0, .62F, 1, 0, 360}},
    {line(-.35F, -.6F, .1F, -1), line(.1F, -1, .1F, 1)},
    {{0, -.45F, .6F, .55F, -180, 30}, line(.52F, -.18F, -.6F, 1), line(-.6F, 1, .65F, 1)},
    {{-.05F, -.48F, .55F, .52F, -160, 90}, {-.05F, .48F, .62F, .52F, -90, 160}},
    {line(.3F, -1, -.65F, .3F), line(-.65F, .3F, .7F, .3F), line(.3F, -.3F, .3F, 1)},
    {line(.55F, -1, -.45F, -1), line(-.45F, -1, -.5F, -.1F), {-.05F, .37F, .6F, .63F, -135, 150}},
    {{.5F, .2F, 1, 1.2F, -180, -90}, {0, .42F, .55F, .58F, 0, 360}},
    {line(-.6F, -1, .6F, -1), line(.6F, -1, -.15F, 1)},
    {{0, -.5F, .48F, .5F, 0, 360}, {0, .5F, .58F, .5F, 0, 360}},
    {{0, -.42F, .55F, .58F, 0, 360}, line(.55F, -.42F, .35F, 1)},
}};

/// The numbers of one drawing, one after another.
class drawing_numbers {
 public:
  drawing_numbers(std::uint64_t part, std::int64_t drawing)
      : stream_(part << 48 | static_cast<std::uint64_t>(drawing)) {}
  float uniform(float low, float high) {
    if (used_ == 4) words_ = philox(0, counter_++, stream_), used_ = 0;
    return low + (high - low) * static_cast<float>(words_.word[used_++] >> 8) * 0x1p-24F;
  }

 private:
  std::uint64_t stream_, counter_ = 0;
  random_words words_{};
  int used_ = 4;
};

/// From a digit's coordinates to pixels: x' = a x + b y + c, y' = d x + e y + f.
struct placement {
  float a, b, c, d, e, f;
  point operator()(point p) const { return {a * p.x + b * p.y + c, d * p.x + e * p.y + f}; }
};

placement random_placement(drawing_numbers& numbers) {
  const float angle = numbers.uniform(-.2F, .2F), slant = numbers.uniform(-.25F, .25F);
  const float width = numbers.uniform(6.5F, 10), height = numbers.uniform(7.5F, 10);
  const float cosine = std::cos(angle), sine = std::sin(angle), middle = (digit_side - 1) / 2.0F;
  return {cosine * width, -slant * cosine * width - sine * height, middle + numbers.uniform(-2, 2),
          sine * width,   -slant * sine * width + cosine * height, middle + numbers.uniform(-2, 2)};
}

/// The strokes of a digit as straight pieces, in pixels: pairs of ends.
std::vector<point> pieces_of(std::int64_t digit, const placement& place) {
  constexpr int pieces = 16;  // of an ellipse
  std::vector<point> ends;
  for (const stroke& s : shapes[static_cast<std::size_t>(digit)]) {
    if (s.x_radius == 0 && s.y_radius == 0) {
      ends.insert(ends.end(), {place({s.x, s.y}), place({s.from, s.to})});
      continue;
    }
    auto on_arc = [&](int i) {
      const float angle = (s.from + (s.to - s.from) * static_cast<float>(i) / pieces) * std::numbers::pi_v<float> / 180;
      return place({s.x + s.x_radius * std::cos(angle), s.y + s.y_radius * std::sin(angle)});
    };
    for (int i = 0; i < pieces; ++i) ends.insert(ends.end(), {on_arc(i), on_arc(i + 1)});
  }
  return ends;
}

float squared_distance(point p, point a, point b) {
  const float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const float along = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
  const float t = std::clamp(along, 0.0F, 1.0F), x = a.x + t * dx - p.x, y = a.y + t * dy - p.y;
  return x * x + y * y;
}

void draw(std::int64_t digit, drawing_numbers numbers, float* pixels) {
  const std::vector<point> ends = pieces_of(digit, random_placement(numbers));
  const float radius = numbers.uniform(.7F, 1.6F);  // of the pen, whose edge is a pixel wide
  for (std::int64_t i = 0; i < digit_pixels; ++i) {
    const std::int64_t row = i / digit_side;
    const point p{static_cast<float>(i % digit_side), static_cast<float>(row)};
    float nearest = 1e9F;
    for (std::size_t k = 0; k < ends.size(); k += 2)
      nearest = std::min(nearest, squared_distance(p, ends[k], ends[k + 1]));
    const float ink = std::clamp(radius + .5F - std::sqrt(nearest), 0.0F, 1.0F);
    pixels[i] = std::clamp(ink + numbers.uniform(-.15F, .15F), 0.0F, 1.0F);
  }
}

}  // namespace

digit_set synthetic_digits(std::int64_t n, std::uint64_t part) {
  digit_set set{tensor::uninitialized({n, 1, digit_side, digit_side}), basic_tensor<std::int64_t>::uninitialized({n})};
  float* const pixels = set.images.mutable_data();
  std::int64_t* const labels = set.labels.mutable_data();
  parallel_for(n, 16, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      labels[i] = i % num_digits;
      draw(labels[i], {part, i}, pixels + i * digit_pixels);
    }
  });
  return set;
}

}  // namespace edgefold::examples
