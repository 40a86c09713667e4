# Which Debian packages the scripts need, and how to get them. Sourced by tests/run.sh and examples/run.sh, which set
# `root`, the folder of the checkout.
# shellcheck shell=bash disable=SC2034
build_packages=(cmake ninja-build g++ ccache pkg-config)
library_packages=(libeigen3-dev libxsimd-dev libtbb-dev librandom123-dev libnanoflann-dev zlib1g-dev libzip-dev
  nlohmann-json3-dev libboost-graph-dev)
example_packages=(libcli11-dev gnuplot-nox)
test_packages=(doctest-dev librapidcheck-dev libbenchmark-dev)
check_packages=(clang-tidy clang-format doxygen)
package_packages=(dpkg-dev file lintian)
preset_packages=(clang-14 libclang-rt-14-dev)

# Which variables g++ 12 takes for uninitialised, often falsely, depends on the instruction set: that stays a warning.
warnings_as_errors=(-DCMAKE_COMPILE_WARNING_AS_ERROR=ON
  "-DCMAKE_CXX_FLAGS=-Wno-error=uninitialized -Wno-error=maybe-uninitialized")

# The user of a container may have no home to keep a compiler cache in.
[[ -w ${HOME:-} ]] || export CCACHE_DIR="${root:?}/build/ccache"

is_installed() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# need PACKAGE...: installs those that are missing, or says how and exits 2. Without a missing one, no network is used. Where
# there are no Debian packages, CMake says what is missing.
need() {
  local package missing=() as_root=()
  if [[ ! -s /var/lib/dpkg/status ]]; then
    echo "No dpkg here: nothing is installed. CMake will name what is missing." >&2
    for package in cmake ninja; do
      command -v $package >/dev/null || missing+=($package)
    done
    if ((${#missing[@]} == 0)); then return; fi
    echo "But it is missing itself, or what it calls: ${missing[*]}" >&2
    exit 2
  fi
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)) && command -v sudo >/dev/null; then as_root=(sudo); fi
  if ((EUID == 0 || ${#as_root[@]} > 0)) && command -v apt-get >/dev/null; then
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get)
    # A failed update may be about a repository that nothing here comes from; the installation will tell.
    "${as_root[@]}" update || true
    if "${as_root[@]}" install --no-install-recommends -y "${missing[@]}"; then return; fi
  fi
  echo "Missing packages; as root: apt-get update && apt-get install --no-install-recommends -y ${missing[*]}" >&2
  exit 2
}

# How many compilers at once: as many as there are processors, and as 3 GiB each fit into the memory that is free.
job_count() {
  local by_memory
  local n=${CMAKE_BUILD_PARALLEL_LEVEL:-}
  [[ $n =~ ^[0-9]{1,9}$ ]] || n=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
  by_memory=$(awk '/^MemAvailable/ {print int($2 / (3 * 1024 * 1024))}' /proc/meminfo 2>/dev/null) || by_memory=$n  # Linux alone says
  n=$((n < by_memory ? n : by_memory))
  echo $((n > 1 ? n : 1))
}
