// The least that a sum over in-edges can take: reads the row of each edge's source and adds it up in registers, nothing
// else. Plain loops, two threads of the standard library, rows asked for ahead. Arguments: FOLDER/rmat or /uniform,
// width, threads. Prints milliseconds, the median of nine.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include <edgefold/core/io/npy.hpp>

using namespace edgefold;

namespace {

// Adds rows [begin, end) of `table` as `src` names them; what it gives only keeps the compiler from leaving it out.
template <int Width>
float add_rows(const float* table, const std::int32_t* src, std::int64_t begin, std::int64_t end) {
  constexpr int lanes = 8, registers = Width / lanes;
  using pack = float __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));
  pack sum[registers] = {};
  for (std::int64_t e = begin; e < end; ++e) {
    const char* ahead = reinterpret_cast<const char*>(table + std::int64_t{src[std::min(e + 12, end - 1)]} * Width);
    for (int line = 0; line < Width * 4; line += 64) asm volatile("prefetcht0 %0" ::"m"(ahead[line]));
    const auto* row = reinterpret_cast<const pack*>(table + std::int64_t{src[e]} * Width);
    for (int r = 0; r < registers; ++r) sum[r] += row[r];
  }
  float all = 0;
  for (const pack& s : sum)
    for (int i = 0; i < lanes; ++i) all += s[i];
  return all;
}

double milliseconds(const tensor& table, const basic_tensor<std::int32_t>& src, int threads) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<float> sums(static_cast<std::size_t>(threads) * 16);
  std::vector<std::jthread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      const std::int64_t begin = src.size() * t / threads, end = src.size() * (t + 1) / threads;
      float& sum = sums[static_cast<std::size_t>(t) * 16];
      switch (table.width()) {
        case 16:
          sum = add_rows<16>(table.data(), src.data(), begin, end);
          break;
        case 64:
          sum = add_rows<64>(table.data(), src.data(), begin, end);
          break;
        case 256:
          sum = add_rows<256>(table.data(), src.data(), begin, end);
          break;
        default:
          std::abort();
      }
    });
  workers.clear();
  const volatile float kept = sums[0];
  (void)kept;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("usage: bench_gather_limit FOLDER 16|64|256 THREADS\n", stderr), 2;
  const std::filesystem::path folder = argv[1];
  const tensor table = read_npy_as<float>(folder / (std::string("x") + argv[2] + ".npy")).clone();
  const auto src = read_npy_as<std::int32_t>(folder / "src.npy");
  std::vector<double> times;
  for (int i = 0; i < 10; ++i) times.push_back(milliseconds(table, src, std::atoi(argv[3])));
  std::sort(times.begin() + 1, times.end());  // the first warms up
  std::printf("%.4f\n", times[5]);
}
