#include <common/capsule_figures.hpp>

#include <iomanip>
#include <sstream>

#include <common/html_page.hpp>

namespace edgefold::examples {
namespace {

std::string six_places(double x) {
  std::ostringstream s;
  s << std::fixed << std::setprecision(6) << x;
  return s.str();
}

}  // namespace

std::string routing_page(const routing_history& h) {
  html_page page("Capsule routing");
  page.parameters(h.parameters);
  page.figure("entropy.svg",
              "Entropy of the couplings of an in-capsule: mean and standard deviation over all of them.");
  page.figure("histogram.gif", "How many couplings have which size, call by call.");
  page.figure("routing.gif", "In-capsules (red), out-capsules (blue); an edge is 1.5 points x its coupling wide.");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t k = 0; k < h.entropy.mean.size(); ++k)
    rows.push_back({std::to_string(k), six_places(h.entropy.mean[k]), six_places(h.entropy.deviation[k])});
  page.table({"call", "mean entropy", "standard deviation"}, rows);
  page.text(
      "The numbers are in entropy.csv, coupling.npy (calls, in, out), v.npy (calls, out, features) and b.npy (in, "
      "out).");
  return page.finish();
}

}  // namespace edgefold::examples
