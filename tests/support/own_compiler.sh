# shellcheck shell=bash disable=SC2034
# To be sourced with COMPILER INCLUDE_FOLDERS (separated by ;) [LIBRARY] by a script that compiles: sets `compiler`, `includes`,
# `library` and `scratch`, a folder that goes when the script ends.
compiler=$1 library=${3:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# include_flags FOLDERS: sets `includes` to what makes a compiler look there.
include_flags() {
  local folders folder
  IFS=';' read -ra folders <<<"$1"
  includes=()
  for folder in "${folders[@]}"; do  # (the compiler's own folder must stay the last one)
    [[ -z $folder || $folder == /usr/include ]] || includes+=(-isystem "$folder")
  done
}
include_flags "$2"

# link PROGRAM FILE...: from what is compiled, or to be compiled, with the library.
link() {
  local libraries
  read -ra libraries < <(pkg-config --libs tbb libzip zlib)
  "$compiler" "${@:2}" "$library" "${libraries[@]}" -pthread "-Wl,-rpath,${library%/*}" -o "$1"
}

# instruction_sets COMPILER sets `sets` to what -march may say where the compiler's target is tried.
instruction_sets() {
  case $("$1" -dumpmachine) in
    x86_64*) sets=(x86-64 x86-64-v2 x86-64-v3 x86-64-v4) ;;
    aarch64*) sets=(armv8-a) ;;
    *) sets=(native) ;;
  esac
}

# runs_here SET: whether this machine can run code for it.
runs_here() {
  local flag
  case $1 in
    x86-64-v2) flag=sse4_2 ;;
    ivybridge) flag=avx ;;
    x86-64-v3) flag=avx2 ;;
    *avx512f) flag=avx512f ;;
    x86-64-v4) flag=avx512vl ;;
    *) return 0 ;;
  esac
  grep -qm1 "^flags.*\b$flag\b" /proc/cpuinfo
}
