#!/bin/sed -f
# The comment at the top is the file's; what stays keeps its line.
1i /// @file
/^#pragma once$/d
# Names are shown as users write them, without the namespace of the instruction set.
s/^inline namespace EDGEFOLD_ISA {$//
s/^}  \/\/ namespace EDGEFOLD_ISA$//
# What they are here says nothing of what they are for a user.
s/^#define EDGEFOLD_\(ISA\|PACK_BYTES\|FUSED\)\>.*//
# Code on the pages means the operand of that name.
/^inline std::pair<edge_descriptor, bool> edge(/,/^}/ s/.*//
# A dot between blanks would end the short text, and so would the one of an abbreviation.
/\/\/\// {
  s/ \.\. / … /g
  s/ \. / · /g
  s/\<\(et al\|eq\)\.\( \|$\)/\1.\\ /g
}
