#!/bin/sh
# kernel-name - can KERNEL, of the environment, be a kernel's name?
set -u
export LC_ALL=C

case $KERNEL in
*[!a-z0-9_]* | '') reason="want [a-z0-9_]+" ;;
*)
	[ ${#KERNEL} -gt 128 ] || exit 0
	reason="want 128 letters at most"
	;;
esac
printf 'kernel-name: KERNEL=%.140s: %s\n' "$KERNEL" "$reason" >&2
exit 2
