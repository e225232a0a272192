#!/bin/sh
# ratchet - runs one of the installed tools: ratchet TOOL [ARGUMENT...]
#
# The tools have plain names (compare, verify), so they live in a folder of
# their own instead of on everybody's PATH.
tools=$(dirname "$(readlink -f "$0")")/../libexec/ratchet

if [ $# -eq 0 ]; then
	echo "usage: ratchet TOOL [ARGUMENT...]; man ratchet-TOOL says more"
	cd "$tools" || exit 2
	for tool in *; do
		[ ! -x "$tool" ] || echo "$tool"
	done
	exit 0
fi
tool=$1
shift
case $tool in
*/* | .*) ;;
*) [ ! -x "$tools/$tool" ] || exec "$tools/$tool" "$@" ;;
esac
echo "ratchet: $tool: no such tool (ratchet alone lists them)" >&2
exit 2
