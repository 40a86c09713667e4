# To be sourced: instruction_sets COMPILER sets `sets` to what -march may say where the compiler's target is tried.
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
