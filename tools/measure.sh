#!/bin/sh
# measure - proves a solution right, and times it against another; no history
#
# usage: measure.sh DEVICE verify|precision|bench SELECT A [B [MODE]]
# A and B: exp_NNNN, shipped, current, or a file. SELECT: quick, full or
# "stride N". MODE: cold, warm or graph, instead of the settings' mode.
# make gives BUILD KERNEL KERNELS WORKLOADS EXPERIMENTS BENCH_S, and QUICK_S,
# which is BENCH_S of a quick look.
set -u

device=$1
what=$2
select=$3
a=$4
b=${5-}
mode=${6-}
dir=$KERNELS/$KERNEL
out=$BUILD/measured/$KERNEL.$device
ground=$BUILD/run/$KERNEL.$device
generate=
[ ! -e "$dir/generate.c" ] || generate=$ground/generate/build.json

fail() {
	echo "measure: $*" >&2
	exit 2
}

. tools/jail.sh
# A project has one.
unit=$("$BUILD/setting" -d "$device" "$dir/settings" unit) || exit 2
if [ -n "$unit" ]; then
	reference=$ground/incumbent/build.json
else
	reference=$(tools/reference.sh "$device") || exit 2
fi

# The source that a name stands for.
source_of() {
	ext=c
	[ "$device" = cpu ] || ext=cu
	case $1 in
	current) set -- "$dir/solution" ;;
	shipped) set -- "$EXPERIMENTS/$KERNEL/shipped" "$dir/solution" ;;
	exp_*) set -- "$EXPERIMENTS/$KERNEL/$1/solution" ;;
	*)
		echo "$1"
		return
		;;
	esac
	for stem; do
		for path in "$stem.$ext" "$stem.json" "$stem.txtar"; do
			[ ! -e "$path" ] || {
				echo "$path"
				return
			}
		done
	done
	echo "$1.$ext"
}

build() {
	if [ -n "$unit" ]; then
		"$BUILD/build-project" -H "$EXPERIMENTS/$KERNEL/project.harness" "$@"
	else
		"$BUILD/build-kernel" "$@"
	fi
}

compile() {
	mkdir -p "$out/$1" || exit 2
	source=$(source_of "$2")
	[ ! -d "$source" ] || {
		tools/pack-project.sh "$dir" "$source" "$out/$1/solution.txtar" || exit 2
		source=$out/$1/solution.txtar
	}
	build -c "$BUILD/cache" -d "$device" -o "$out/$1/build.json" "$dir" \
		"$source" || exit 2
}

# The kernel as it is, but for the mode that decides.
use_mode() {
	mkdir -p "$out/kernels" && cp -R "$dir" "$out/kernels/" &&
		ln -s "$(cd "$KERNELS" && pwd)/include" "$out/kernels/include" ||
		exit 2
	sed '/^mode[. =]/d' "$dir/settings" >"$out/kernels/$KERNEL/settings" &&
		echo "mode = $mode" >>"$out/kernels/$KERNEL/settings" || exit 2
	dir=$out/kernels/$KERNEL
}

# What the verification says of all workloads.
head_of() {
	sed -n "1s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$out/verify.jsonl"
}

front() {
	program=$1
	shift
	tools/again.sh "$BUILD/$program" -m "$select" ${BENCH_S:+-t "$BENCH_S"} \
		-k "$dir" -w "$WORKLOADS/$KERNEL.jsonl" \
		-c "$BUILD/cache" "$@" || exit 2
}

case $select in
quick | full | stride\ [1-9]*) ;;
*) fail "MODE=$select: want quick, stride (with STRIDE=n) or full" ;;
esac
case $mode,$device in
graph,cpu) fail "MODE=graph: a CPU runs no graphs: want cold or warm" ;;
,* | cold,* | warm,* | graph,*) ;;
*) fail "MODE=$mode: want cold, warm or graph" ;;
esac
case ${QUICK_S-} in
*[!0-9.]*) fail "QUICK_S=$QUICK_S: want seconds" ;;
esac
quick_s=$("$BUILD/setting" -d "$device" "$dir/settings" quick_s) || exit 2
[ "$select" != quick ] || : "${BENCH_S:=${QUICK_S:-$quick_s}}"
for name in "$a" ${b:+"$b"}; do
	[ -e "$(source_of "$name")" ] ||
		fail "$name: no $(source_of "$name"): is it of another device?"
done
case $a,$b in
current, | shipped, | current,current | current,shipped | \
	shipped,current | shipped,shipped) jail_own ;;
*) jail_foreign ;;
esac
rm -rf "$out"
[ -z "$mode" ] || [ -z "$unit" ] ||
	fail "MODE=$mode: a project's numbers have no modes"
[ -z "$mode" ] || use_mode
compile a "$a"
front verify ${generate:+-g "$generate"} -o "$out/verify.jsonl" \
	"$reference" "$out/a/build.json"
# precision: how exact it is is asked, not whether it is exact enough.
pattern='"status": "[^o]'
[ "$what" != precision ] || pattern='"status": "[^op]'
if grep -q "$pattern" "$out/verify.jsonl"; then
	grep "$pattern" "$out/verify.jsonl"
	fail "$a: not right: see $out/verify.jsonl"
fi
if [ "$what" = precision ]; then
	# Four times the solution's, but no less than rounding alone makes.
	sed 's/.*"\(half_ulp\|rms_ratio\)": \([^,}]*\).*/\1 \2/' "$out/verify.jsonl" |
		awk -v device="$device" '
			$1 == "half_ulp" { most = $2 }
			$1 == "rms_ratio" && 4 * $2 > most { most = 4 * $2 }
			END { printf "precision.%s = %.2g\n", device, most }'
	exit 0
fi
if [ -n "$unit" ]; then
	echo "$a: right; trust: user-harness"
else
	echo "$a: right on $(grep -c '"status": "ok"' "$out/verify.jsonl") workloads," \
		"hidden: $(head_of hidden)$(head_of reference | sed 's/^native$//; s/^./, reference: &/')"
fi
[ "$what" = bench ] || exit 0
compile b "$b"
front bench -f -o "$out/bench.tsv" "$reference" "$out/a/build.json" \
	"$out/b/build.json"
failed=$(awk -F '\t' '$1 == "bench" && $NF != "ok" { print $NF; exit }' \
	"$out/bench.tsv")
[ -z "$failed" ] || fail "$a: $failed while it was timed: see $out/bench.tsv"
"$BUILD/compare" -d "$device" -s "$dir/settings" -o "$out/compare.tsv" \
	"$out/bench.tsv" || fail "see $out/bench.tsv"
awk -F '\t' -v a="$a" -v b="$b" -v mode="${mode:+, $mode}" -v unit="$unit" '
	/^#/ { next }
	!seen {
		for (i = 1; i <= NF; i++) at[$i] = i
		seen = 1
		if (!unit)
			printf "%-36s %-5s %15s %15s %9s\n", "workload",
				"mode", a, b, "speedup"
		next
	}
	$at["scope"] == "workload" {
		if (unit) {
			printf "%s: %.6g %s, %s: %.6g %s\n", a,
				$at["candidate_us"], unit, b, $at["incumbent_us"], unit
			next
		}
		printf "%-36s %-5s %12s us %12s us %9s\n", $at["workload"],
			$at["mode"], $at["candidate_us"], $at["incumbent_us"],
			$at["speedup"]
	}
	$at["scope"] == "all" {
		all = sprintf("%s is %s [%s, %s] times as fast as %s", a,
			$at["speedup"], $at["ci_low"], $at["ci_high"], b)
	}
	END { print all mode }' "$out/compare.tsv"
