#!/bin/sh
# deps - installs what the tools need and this machine lacks (Debian, Ubuntu)
#
# Says what before it does. Nothing else in this tree installs anything.
# DEV=1 adds what the checks of style use; tests that need it skip without.
set -u

say() {
	echo "deps: $*"
}

fail() {
	echo "deps: $*" >&2
	exit 2
}

# need PACKAGE CHECK...: adds a package unless its check holds.
missing=
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

has_header() {
	echo "#include <$1>" | "${CC:-cc}" -E - && return
	set -- "/usr/include/$1" /usr/include/*/"$1"
	[ -e "$1" ] || [ -e "$2" ]
}

need gcc command -v "${CC:-cc}"
need libc6-dev test -e /usr/include/stdio.h
need make command -v make
need libcjson-dev has_header cjson/cJSON.h
need libcurl4-openssl-dev has_header curl/curl.h
need zlib1g-dev has_header zlib.h
need bats command -v bats
need curl command -v curl
need jq command -v jq
need bubblewrap command -v bwrap
# nvcc compiles its host side with g++.
if command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ]; then
	need g++ command -v g++
fi
if [ -n "${DEV-}" ]; then
	need git command -v git
	need clang command -v clang
	need clang-format command -v clang-format
	need shellcheck command -v shellcheck
	need mandoc command -v mandoc
	need man-db command -v man
	need bsdextrautils command -v column
	need openssh-client command -v ssh
	need openssh-server test -x /usr/sbin/sshd
	need cron command -v crontab
	need slurmctld test -x /usr/sbin/slurmctld
	need slurmd test -x /usr/sbin/slurmd
	need slurm-client command -v srun
	need munge test -x /usr/sbin/munged
fi
[ -n "$missing" ] || {
	say "nothing is missing"
	exit 0
}

command -v apt-get >/dev/null || fail "this system has no apt-get: install" \
	"a C11 compiler, GNU make 4.3, cJSON 1.7, libcurl 7.85 and zlib with their headers," \
	"bubblewrap and bats 1.5, then run make again"
if [ "$(id -u)" -eq 0 ]; then
	as_root='env'
elif command -v sudo >/dev/null; then
	as_root='sudo env'
else
	fail "installing needs root: run as root: apt-get install$missing"
fi

# Word splitting is meant, here and below.
# shellcheck disable=SC2086
apt() {
	$as_root DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o Dpkg::Use-Pty=0 "$@"
}

# shellcheck disable=SC2086
install_missing() {
	apt install -y --no-install-recommends $missing
}

say "installing:$missing"
# A fresh machine has no package lists, an old one has stale lists.
[ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null)" ] &&
	install_missing ||
	{ apt update && install_missing; } ||
	fail "apt-get failed: see its message above, mend it, and run make" \
		"deps again (by hand: apt-get install$missing)"
say "done"
