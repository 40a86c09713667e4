# To be sourced: include_flags FOLDERS (separated by ;) sets `includes` to what makes a compiler look there.
include_flags() {
  local folders folder
  IFS=';' read -ra folders <<<"$1"
  includes=()
  for folder in "${folders[@]}"; do  # (the compiler's own folder must stay the last one)
    [[ -z $folder || $folder == /usr/include ]] || includes+=(-isystem "$folder")
  done
}
