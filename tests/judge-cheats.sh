#!/bin/sh
# judge-cheats - judge kernels whose verdicts are known: cheats, their twins
# and controls
#
# usage: tests/judge-cheats.sh cpu|cuda [NAME ...]
#
# The environment gives BUILD, BENCH_S, SANDBOX, JOBS (1), QUICK=1, with which a
# twin or a control passes if it is not refused, TWINS=no, which leaves twins
# out, PROCESSES, how many of them each side has, and KEEP, a folder for what
# they leave.
#
# tests/cheats/NAME.c (or .cu) and tests/controls/NAME.c begin with a comment
# that has lines `word: value`:
#
#   kernel: K              the folder of tests/cheats/kernels it is for
#   expect: A|B            what it must get: an outcome, or a reason of reject;
#                          or one of the words below. expect.DEVICE: wins.
#   hostile: yes           it attacks what is outside: only ever jailed
#   setting: KEY = VALUE   one more line of the kernel's settings
#   make: NAME=VALUE       one more word for make
#   slow: yes              make test leaves it out
#
# Words: `honest` is any honest time; `unrewarded` the same but for accept;
# `refused` any reason but slow or known. A cheat is judged as it is, and then
# with TWIN defined, which switches the cheat off: that must be honest.
#
# Each is judged by `make try` in a tree of its own, under a random name; then
# no tool, no record and no kernel may have changed, nothing may run or lie
# around. Rows: name twin device verdict due seconds note; status 1 if one is
# not due, or the judge is not right at the end.
set -u

HONEST='accept|equivalent|noisy|slower|regressed-workload|duplicate'
UNREWARDED='equivalent|noisy|slower|regressed-workload|duplicate'

fail() {
	echo "judge-cheats: $*" >&2
	exit 2
}

# The value of `word:` in a fixture's head comment; that of word.DEVICE first.
head_of() { # FILE WORD
	sed -n '1,/\*\//p' "$1" | awk -v word="$2" -v device="$device" '
		{ sub(/^ \* */, ""); at = index($0, ": ") }
		!at { next }
		{ key = substr($0, 1, at - 1); value = substr($0, at + 2) }
		key == word && !(word in found) { found[word] = value }
		key == word "." device { found[word] = value }
		END { print found[word] }'
}

fixtures() {
	for file in tests/cheats/*."$suffix" tests/controls/*."$suffix"; do
		name=${file##*/}
		name=${name%.*}
		[ -e "$file" ] || continue
		[ $# -eq 0 ] || case " $* " in
		*" $name "*) ;;
		*) continue ;;
		esac
		[ "$(head_of "$file" expect)" != "" ] || continue
		echo "$file 0"
		[ "${file%/*}" = tests/controls ] || [ "${TWINS-}" = no ] ||
			echo "$file 1"
	done
}

# Programs, sources, records: what no kernel may touch, nor add to.
fingerprint() {
	{
		find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0
		find "$BUILD" -maxdepth 1 -type f -perm -u+x -print0
	} | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

# Processes of ours: what runs a program of this build.
running() {
	# By inode: in the jail they have another path.
	ours=$(cd "$BUILD" && stat -c ' %d:%i ' worker capture launcher enter)
	for exe in /proc/[0-9]*/exe; do
		inode=$(stat -Lc %d:%i "$exe" 2>/dev/null) || continue
		case "$ours" in
		*" $inode "*) echo "$exe" ;;
		esac
	done
}

# Those that run for a minute: other judgements by the same programs, if there
# are any, are over by then.
left_running() {
	running >"$work/left"
	for _ in $(seq 60); do
		[ -s "$work/left" ] || return 0
		sleep 1
		running >"$work/now"
		grep -Fx -f "$work/now" "$work/left" >"$work/still"
		mv "$work/still" "$work/left"
	done
	tr '\n' ' ' <"$work/left"
}

# What fixtures leave, if they can, has this in its name.
litter() {
	find /tmp /var/tmp /dev/shm "${HOME:-/nonexistent}" -maxdepth 1 \
		-name '*ratchet_cheat*' 2>/dev/null
}

matches() { # VERDICT PATTERN
	pattern=$(echo "$2" |
		sed "s/unrewarded/$UNREWARDED/; s/honest/$HONEST/")
	case "|$pattern|" in
	*"|refused|"*) ! matches "$1" 'honest|none' ;;
	*"|$1|"*) true ;;
	*) false ;;
	esac
}

# The tree that a fixture is judged in: FILE TWIN DIR.
plant() {
	mkdir "$3" "$3/kernels" "$3/tmp" || exit 2
	cp -r kernels/include "tests/cheats/kernels/$kernel" "$3/kernels/"
	cp -r tests/cheats/workloads "$3/workloads"
	setting=$(head_of "$1" setting)
	[ -z "$setting" ] || echo "$setting" >>"$3/kernels/$kernel/settings"
	[ -z "${PROCESSES-}" ] ||
		printf 'processes = %s\nmax_processes = %s\n' "$PROCESSES" \
			"$PROCESSES" >>"$3/kernels/$kernel/settings"
	candidate=$3/$(od -An -N8 -tx8 /dev/urandom | tr -d ' ').$suffix
	{
		[ "$2" = 0 ] || echo '#define TWIN 1'
		cat "$1"
	} >"$candidate"
	(cd "$3" && find kernels workloads -type f -exec sha256sum {} +) \
		>"$3/before"
}

# Says what is not as it was: DIR VERDICT.
damage() {
	(
		cd "$1" || exit
		[ "$2" != accept ] || sed -i '/solution\./d' before
		sha256sum --quiet -c before 2>&1 | head -n 1
		ls -A tmp
	)
	[ "$(fingerprint)" = "$untouched" ] || echo "a program or record changed"
	[ -z "$(litter)" ] || litter
}

# Judges one: FILE TWIN.
judge() {
	name=${1##*/}
	name=${name%.*}
	kernel=$(head_of "$1" kernel)
	expect=$(head_of "$1" expect)
	[ "$2" = 0 ] || expect=honest
	case "$1$QUICK" in
	tests/controls/*1) expect=honest ;;
	esac
	tree=$work/$name.$2
	plant "$1" "$2" "$tree"
	sandbox=$SANDBOX
	if [ "$jail" = no ]; then
		sandbox=${SANDBOX:-none}
		[ "$2.$(head_of "$1" hostile)" != 0.yes ] || {
			row "$name" "$2" - skipped 0 "no jail here"
			return
		}
	fi
	start=$(date +%s)
	# shellcheck disable=SC2046 # a word for make, or none
	line=$(TMPDIR=$tree/tmp timeout -k 5 "${TRY_TIMEOUT:-900}" make -s \
		--no-print-directory try "KERNEL=$kernel" "DEVICE=$device" \
		"KERNELS=$tree/kernels" "WORKLOADS=$tree/workloads" \
		"EXPERIMENTS=$tree/experiments" "SOLUTION=$candidate" \
		${BENCH_S:+"BENCH_S=$BENCH_S"} ${sandbox:+"SANDBOX=$sandbox"} \
		$(head_of "$1" make) 2>"$tree/log" </dev/null | tail -n 1)
	seconds=$(($(date +%s) - start))
	verdict=$(echo "$line" | awk '/^verdict: reject / { print $3; exit }
		/^verdict: / { print $2; exit } { print "none" }')
	due=yes
	matches "$verdict" "$expect" || due="no, want $expect"
	note=$(damage "$tree" "$verdict" | head -n 1)
	[ -z "$note" ] || due="no, it did damage"
	row "$name" "$2" "$verdict" "$due" "$seconds" \
		"${note:-${line##*speedup }}"
}

row() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$device" "$3" "$4" \
		"$5" "$6" >"$work/$1.$2.row"
	cat "$work/$1.$2.row"
}

# After all of them a judgement is what it was before.
judge_is_right() {
	file=$work/honest.$suffix
	{
		printf '/* honest\n * kernel: scale_n\n * expect: equivalent\n */\n'
		cat "tests/cheats/kernels/scale_n/solution.$suffix"
	} >"$file"
	judge "$file" 0
	file=$work/dishonest.$suffix
	{
		printf '/* dishonest\n * kernel: scale_n\n * expect: wrong\n */\n'
		sed 's/(float)a/(float)(a + 0.5)/' \
			"tests/cheats/kernels/scale_n/solution.$suffix"
	} >"$file"
	judge "$file" 0
}


# Where, and when.
about() {
	file=$(echo "$work"/honest.0/experiments/*/*/verdict.json)
	for key in device_name sandbox; do
		sed -n "s/.*\"$key\": *\"\([^\"]*\)\".*/\1/p" "$file"
	done 2>/dev/null | paste -sd'/' | sed "s,/,\, sandbox ,; s,^,# $(date -u +%Y-%m-%d)\, ,"
}

summarize() {
	cat "$work"/*.row >"$work/rows" || fail "no fixture of that name"
	awk -F '\t' '
		$5 == "skipped" { skipped++; next }
		{ judged++; bad += $5 != "yes" }
		END {
			printf "%d judged, %d not due, %d skipped\n", judged, bad,
				skipped
			exit bad > 0
		}' "$work/rows"
}

cd "$(dirname "$0")/.." || exit 2
if [ "${1-}" = --one ]; then
	case $device in
	cpu) suffix=c ;;
	*) suffix=cu ;;
	esac
	judge "$2" "$3"
	exit 0
fi
device=${1-}
case $device in
cpu) suffix=c ;;
cuda) suffix=cu ;;
*) fail "want cpu or cuda, got '$device'" ;;
esac
shift
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 2
QUICK=${QUICK-}
SANDBOX=${SANDBOX-}
JOBS=${JOBS:-1}
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# Where there is no jail, what is hostile is not run.
jail=yes
[ "$("$BUILD/doctor" -s 2>/dev/null)" = bwrap ] || jail=no
work=$(mktemp -d) || exit 2
[ -n "${KEEP-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
untouched=$(fingerprint)
export BUILD QUICK SANDBOX device jail work untouched

started=$(date +%s)
fixtures "$@" | xargs -r -P "$JOBS" -L 1 tests/judge-cheats.sh --one
judge_is_right
left=$(left_running)
[ -z "$left" ] || fail "left running: $left"
about
summarize
status=$?
echo "$(($(date +%s) - started)) s"
[ -z "${KEEP-}" ] || mv "$work" "$KEEP"
exit $status
