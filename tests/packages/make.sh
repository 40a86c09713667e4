#!/usr/bin/env bash
# make.sh: makes the Debian packages in build/packages, for the release that it runs on, and has lintian look at them.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/.ci/packages.sh"
need "${build_packages[@]}" "${library_packages[@]}" "${example_packages[@]}" "${package_packages[@]}"
cd "$root"
rm -f build/packages/{libedgefold,edgefold}*.deb  # of other versions
CMAKE_BUILD_PARALLEL_LEVEL=$(job_count) cmake --workflow --preset package
lintian --fail-on error --allow-root --tag-display-limit 0 build/packages/*.deb
