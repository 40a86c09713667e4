#!/usr/bin/awk -f
# Pages as Doxygen wants them: a section gets the name that links to it use, PAGE.md#SECTION, and a link to a file that is
# no part of the reference becomes its name.
function section_id(page, section) {
  return page "-" section
}
FNR == 1 { page = FILENAME; gsub(/.*\/|\.md$/, "", page) }
/^```/ { code = !code }
!code && /^##+ / {
  section = tolower($0)
  sub(/^#+ /, "", section)
  gsub(/[^a-z0-9 _-]/, "", section)
  gsub(/ /, "-", section)
  gsub(/`/, "")
  $0 = $0 " {#" section_id(page, section) "}"
}
!code {
  line = $0
  $0 = ""
  while (match(line, /\]\([^) ]*\)/)) {
    before = substr(line, 1, RSTART)
    target = substr(line, RSTART + 2, RLENGTH - 3)
    line = substr(line, RSTART + RLENGTH)
    if (match(target, /^[a-z_\/]*(\.md)?#/)) {
      to = target
      sub(/#.*/, "", to)
      gsub(/.*\/|\.md$/, "", to)
      sub(/.*#/, "", target)
      target = "@ref " section_id(to == "" ? page : to, target)
    } else if (target !~ /^https?:|\.md$|\.(svg|gif|png)$/) {
      match(before, /\[[^\[]*$/)
      text = substr(before, RSTART + 1, length(before) - RSTART - 1)
      $0 = $0 substr(before, 1, RSTART - 1) text
      continue
    }
    $0 = $0 before "(" target ")"
  }
  $0 = $0 line
}
{ print }
