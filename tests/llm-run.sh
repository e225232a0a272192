#!/bin/sh
# llm-run - iterations over HTTP with a scripted policy for a model, and again
# from their transcript
#
# usage: tests/llm-run.sh run OUT KERNEL anthropic|openai N [VARIABLE=value ...]
#        tests/llm-run.sh replay OUT KERNEL N [VARIABLE=value ...]
#
# run: a copy of KERNEL with a history of its own, both in OUT, is optimized for
# N iterations on the CPU by requests to tests/programs/llm-server.c, which
# answers by tests/programs/policy.c: it knows what the prompt says and no more.
# Status 1 if the server's log and the charges do not agree.
# replay: the same iterations in OUT/again, answered by what run recorded.
# Status 1 if a candidate differs. VARIABLEs go to make.
set -eu

fail() {
	echo "llm-run: $*" >&2
	exit 2
}

usage() {
	sed -n 's/^# *\(usage: \)\{0,1\}\(tests.llm-run.sh .*\)/usage: \2/p' "$0" >&2
	exit 2
}

# What make works on, in DIR.
tree() {
	mkdir -p "$1/kernels" || exit 2
	[ -e "$1/kernels/$kernel" ] ||
		cp -r kernels/include "kernels/$kernel" "$1/kernels/"
}

optimize() { # DIR VARIABLE=value ...
	dir=$1
	shift
	make -s --no-print-directory optimize "KERNEL=$kernel" DEVICE=cpu \
		"ITERATIONS=$iterations" "KERNELS=$dir/kernels" \
		"EXPERIMENTS=$dir/experiments" "$@"
}

serve() {
	echo "policy ${BUILD:-build}/tests/policy" >"$out/script"
	export KEY="$key"
	start_server "$build/tests/llm-server" "$out/script" \
		"$out/requests.jsonl"
	trap 'kill $server; rm -f "$out/script"' EXIT
}

sum() { # FIELD, of standard input
	grep -o "\"$1\": [0-9]*" | awk '{ n += $2 } END { print n + 0 }'
}

# One charge a request, and the same tokens.
reconcile() {
	charges=$out/experiments/$kernel/spend.jsonl
	requests=$(wc -l <"$out/requests.jsonl")
	reserved=$(grep '"reserve"' "$charges" | grep -c '"llm"')
	served=$(sum tokens <"$out/requests.jsonl")
	settled=$(grep '"settle"' "$charges" | grep '/code/\|/plan/' | sum tokens)
	echo "$requests requests, $reserved charges;" \
		"$served tokens served, $settled settled"
	[ "$requests" -eq "$reserved" ] && [ "$served" -eq "$settled" ]
}

candidates() { # DIR
	(cd "$1/experiments/$kernel" && sha256sum exp_*/solution.c)
}

[ $# -ge 4 ] || usage
command=$1
cd "$(dirname "$0")/.."
. tests/llm-server.sh
mkdir -p "$2"
out=$(realpath "$2")
kernel=$3
build=$(realpath "${BUILD:-build}")
case $command in
run)
	[ $# -ge 5 ] || usage
	api=$4
	iterations=$5
	shift 5
	key=key-$(od -An -tx1 -N8 /dev/urandom | tr -d ' \n')
	tree "$out"
	serve
	export MODEL=policy RECORD=1
	case $api in
	anthropic) export ANTHROPIC_API_KEY="$key" ;;
	openai) export OPENAI_API_KEY="$key" ;;
	*) usage ;;
	esac
	optimize "$out" "PROPOSER=$api" "$@"
	! grep -rl "$key" "$out" || fail "$out: the key is in a file"
	reconcile
	;;
replay)
	iterations=$4
	shift 4
	[ ! -e "$out/again" ] || fail "$out/again: there is one already"
	mkdir -p "$out/again/kernels"
	cp -r kernels/include "kernels/$kernel" "$out/again/kernels/"
	TRANSCRIPT=$out/experiments/$kernel/transcript.jsonl \
		optimize "$out/again" PROPOSER=replay "$@"
	candidates "$out" >"$out/candidates"
	candidates "$out/again" | diff "$out/candidates" -
	rm "$out/candidates"
	echo "the same $iterations candidates"
	;;
*) usage ;;
esac
