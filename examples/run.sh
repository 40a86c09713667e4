#!/usr/bin/env bash
# Builds and runs the capsule routing example with the arguments given. Installs what is missing; does nothing twice.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/.ci/packages.sh"

need "${build_packages[@]}" "${library_packages[@]}" "${example_packages[@]}"
build=$root/build/capsule_routing  # its own, because the tests configure build/release with everything
cmake -S "$root" --preset release -B "$build" -DEDGEFOLD_BUILD_TESTS=OFF -DEDGEFOLD_BUILD_EXAMPLES=ON
cmake --build "$build" -j "$(job_count)" --target capsule_routing
"$build/examples/capsule_routing" "$@"
