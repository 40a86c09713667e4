#!/bin/sed -f
# The comment at the top is the file's; what stays keeps its line.
1i /// @file
/^#pragma once$/d
# Names are shown as users write them, without the namespace of the instruction set.
s/^inline namespace EDGEFOLD_ISA {$//
s/^}  \/\/ namespace EDGEFOLD_ISA$//
# A dot between blanks would end the short text, and so would the one of "et al."
/\/\/\// {
  s/ \.\. / … /g
  s/ \. / · /g
  s/\<et al\. /et al.\\ /g
}
