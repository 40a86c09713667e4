# To be sourced: instruction_sets COMPILER sets `sets` to what -march may say where the compiler's target is tried.
instruction_sets() {
  case $("$1" -dumpmachine) in
    x86_64*) sets=(x86-64 x86-64-v2 x86-64-v3 x86-64-v4) ;;
    aarch64*) sets=(armv8-a) ;;
    *) sets=(native) ;;
  esac
}
