#!/bin/sh
# run - judges what this bundle brought, on this machine
#
# usage: ./run [-v] quick|stride|full|try|test|results
#
# quick, stride, full   proves and times the incumbent and each candidate on
#                       the smallest, every so many or all workloads
# try                   judges each candidate as `make try` does
# test                  does this machine judge as it should?
# results               writes the file `results` again
#
# Needs Linux on x86-64, a driver for CUDA, and nothing else. What was judged is
# not judged again. Each run ends with the file `results`, which holds all there
# is: bring it back, and type: make collect FROM=results
# SANDBOX=none or container: what confines candidates where there is no
# bubblewrap; see `man ratchet-judge`. GPU_WAIT_S: seconds to wait for a GPU.
set -u
LC_ALL=C
export LC_ALL

cd "${0%/*}" || exit 2
verbose=
[ "${1-}" != -v ] || {
	verbose=-v
	shift
}

say() {
	echo "run: $*" >&2
}

# The parcels of all that was judged: complete or absent.
results() {
	for done in jobs/*/*/done; do
		[ ! -e "$done" ] ||
			cat "$done" "${done%done}$(sed -n 's/^result = //p' "$done")" || return
	done >results.new && mv results.new results && say "wrote $PWD/results"
}

# judged WHO PHASE: 0 or 1, the judge's answer, now or earlier; 3: none.
judged() {
	job=jobs/$1/$2
	status=0
	if [ -e "$job/done" ]; then
		status=$(sed -n 's/^answer = //p' "$job/done")
	else
		say "$1: $2"
		node/judge $verbose "$job" || status=$?
	fi
	[ "$status" -lt 2 ] && return "$status"
	say "$1: $2: not judged ($status)"
	failed=yes
	return 3
}

# What compare makes of a job's samples, in words; its decision last.
speed() {
	node/compare -d "$(cat device)" -s "jobs/$1/settings" "jobs/$1/$2/bench.tsv" |
		while IFS='	' read -r scope mode workload _ _ _ _ candidate incumbent speedup low high _ _ decision; do
			case $scope,$low in
			workload,[0-9]*) echo "  $workload $mode: $candidate us, incumbent $incumbent us: $speedup" ;;
			all,*) echo "$1: $speedup [$low, $high] times as fast as the incumbent: $decision" ;;
			esac
		done
}

# Verifies and times, as far as there is reason to.
look() {
	for dir in jobs/*/; do
		who=$(basename "$dir")
		[ "$who" != nothing ] || continue
		judged "$who" "$1-verify"
		case $? in
		0) ;;
		1)
			echo "$who: not right: see jobs/$who/$1-verify/verify.jsonl"
			continue
			;;
		*) continue ;;
		esac
		echo "$who: right on $(grep -c '"status": "ok"' "jobs/$who/$1-verify/verify.jsonl") workloads"
		judged "$who" "$1-bench" && speed "$who" "$1-bench"
	done
}

# As make try: what looks better is measured again.
try() {
	for dir in jobs/exp_*/; do
		[ -d "$dir" ] || {
			say "no candidate in this bundle"
			continue
		}
		who=$(basename "$dir")
		judged "$who" verify && judged "$who" bench || continue
		speed "$who" bench | grep -q ': better$' || continue
		judged "$who" confirm
	done
}

# check WORDS COMMAND...
check() {
	words=$1
	shift
	if "$@"; then
		echo "ok     $words"
	else
		echo "FAILED $words"
		failed=yes
	fi
}

is_machine() {
	node/doctor -f
	[ "$(cat device)" = cpu ] || node/doctor -f | grep -q '^gpu = '
}

is_refused() {
	judged nothing quick-verify
	[ $? -eq 1 ]
}

self_test() {
	check "this machine is one to judge on" is_machine
	check "candidates are confined, or a person said that they need not be" node/doctor -s
	check "the incumbent is right here" judged incumbent quick-verify
	check "a candidate that does nothing is refused" is_refused
}

node/node.sh settle || exit 2
failed=
case ${1-} in
quick | stride | full) look "$1" ;;
try) try ;;
test) self_test ;;
results) ;;
*)
	sed -n '2,/^set/{s/^# \{0,1\}//p;}' "$0"
	exit 2
	;;
esac
results || exit 2
[ -z "$failed" ] || exit 75
