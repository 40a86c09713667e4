#!/usr/bin/env bash
# make.sh DOXYGEN OUTPUT VERSION: the reference, in OUTPUT/html. What Doxygen complains of is an error, and so is a link that
# leads nowhere.
set -euo pipefail
root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
doxygen=$1 output=$2 version=$3
if ! command -v "$doxygen" >/dev/null; then
  echo "The reference is made by Doxygen, which is not found here (Debian: doxygen)" >&2
  exit 2
fi
mkdir -p "$output"
output=$(CDPATH='' cd "$output" && pwd)
mark=$output/made_by_edgefold
if [[ ! -e $mark && -n $(ls -A "$output") ]]; then
  echo "reference: there is something else in $output" >&2
  exit 2
fi
touch "$mark"
find "$output" -mindepth 1 -maxdepth 1 ! -path "$mark" -exec rm -rf {} +
cd "$root"
include=$output/include  # headers by the names that users include them by
mkdir -p "$include/edgefold"
ln -s "$root"/{core,ops,models} "$include/edgefold/"
complaints=$output/complaints
{
  cat docs/reference/Doxyfile
  printf 'PROJECT_NUMBER = %s\nOUTPUT_DIRECTORY = "%s"\nWARN_LOGFILE = "%s"\n' "$version" "$output" "$complaints.all"
  printf 'INPUT += "%s"\nSTRIP_FROM_PATH = "%s" "%s"\nSTRIP_FROM_INC_PATH = "%s"\n' "$include" "$include" "$root" "$include"
} | "$doxygen" -
# What the members of a protocol mean is said once, in the page of the protocol: reducers.md, message_passing.md (functors),
# layers.md (`options`), training.md (`visit`).
reducer='init|step|merge|finish|adjoint|message_grad|scale_gradient|state|scaled|accumulator|result|pivot|empty|selects'
reducer+='|passes_gradient|out_type|out_width|apply|vjp|check_options|reducer|reducers'
known="Member ($reducer)[ (].* of struct edgefold::reduce::|edgefold::reduce::\w+::(state|scaled) is not documented"
known+="|[(]macro definition[)] of file|Member operator\(\).* of struct edgefold::functor::|Member visit\(auto &v\) |Member options \(variable\) of struct"
grep -vE "$known" "$complaints.all" >"$complaints" || true

cd "$output/html"
grep -oE '(href|src)="[^"#:?]+["#]' -- *.html | sed -E 's/^([^:]+):(href|src)="(.*).$/\1 \3/' | sort -u | while read -r page target; do
  [[ -e $target ]] || echo "$page: a link to $target, which is not there"
done >>"$complaints"
if [[ -s $complaints ]]; then
  sed "s|^$include/edgefold/||; s|^$root/||" "$complaints" >&2
  echo "reference: $(wc -l <"$complaints") complaints" >&2
  exit 1
fi
