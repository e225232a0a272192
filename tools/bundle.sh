#!/bin/sh
# bundle - a folder of jobs, and all that a machine needs to judge them
#
# usage: bundle.sh MAKE DEVICE OUT REFERENCE INCUMBENT [GENERATE]
# The builds of the latter three are there. Candidates are the experiments
# without a result. OUT stays here: collect.sh needs its jobs. make gives BUILD
# KERNEL KERNELS WORKLOADS EXPERIMENTS BENCH_S STRIDE FACTS, and SOLUTION (files
# to make experiments of first).
set -u

make=$1
device=$2
out=$3
reference=$4
incumbent=$5
generate=${6-}
k=$KERNELS/$KERNEL
x=$EXPERIMENTS/$KERNEL
unset MAKEFLAGS MFLAGS
export FACTS_ASKED=yes
. tools/jail.sh

fail() {
	echo "bundle: $*" >&2
	exit 2
}

[ ! -e "$out" ] || fail "$out: is there: its jobs may be out to be judged; remove it, or OUT="
new=$out.new
rm -rf "$new"
trap 'rm -rf "$new"' EXIT
trap 'exit 2' HUP INT TERM
mkdir -p "$new/jobs" && cp -R "$BUILD/node" "$new/node" &&
	cp "$BUILD/compare" "$new/node/" && cp tools/bundle/run.sh "$new/run" &&
	echo "$device" >"$new/device" && echo "$KERNEL" >"$new/kernel" || exit 2
[ -z "$FACTS" ] || cp "$FACTS" "$new/facts" || exit 2

# aside WHO NAME PROGRAM [ARGUMENT ...]: a job, put aside.
aside() {
	ASIDE=$new/jobs/$1/$2
	program=$3
	export ASIDE
	shift 3
	RUNNER=aside "$BUILD/$program" -k "$k" -w "$WORKLOADS/$KERNEL.jsonl" \
		-c "$BUILD/cache" ${BENCH_S:+-t "$BENCH_S"} -o "$new/none" "$@"
	[ -e "$ASIDE" ] || fail "$ASIDE: no job"
}

# What ./run quick, stride and full do with a build.
looks() {
	for mode in quick stride full; do
		select=$mode
		[ "$mode" != stride ] || select="stride $STRIDE"
		aside "$1" "$mode-verify" verify -m "$select" \
			${generate:+-g "$generate"} "$reference" "$2"
		aside "$1" "$mode-bench" bench -f -m "$select" \
			"$reference" "$2" "$incumbent"
	done
}

# What judges an experiment.
whole() {
	aside "$1" verify verify ${generate:+-g "$generate"} "$reference" "$2"
	aside "$1" bench bench -f "$reference" "$2" "$incumbent"
	aside "$1" confirm bench -Cf "$reference" "$2" "$incumbent"
}

# A folder of jobs.
who() {
	mkdir -p "$new/jobs/$1" && cp "$k/settings" "$new/jobs/$1/" || exit 2
}

# The text is ours, or a stranger's.
jail_for() {
	if grep -q '"proposer": "tune"' "$1/base.json"; then
		jail_own
	else
		jail_foreign
	fi
}

who incumbent
looks incumbent "$incumbent"
for file in $SOLUTION; do
	"$BUILD/propose" -p person -s "$file" -d "$device" -k "$k" -e "$x" \
		-w "$WORKLOADS/$KERNEL.jsonl" -b "$incumbent" >/dev/null || exit 2
done
for dir in "$x"/exp_*; do
	name=${dir##*/}
	[ -e "$dir/base.json" ] && [ ! -e "$dir/result.md" ] &&
		[ ! -e "$dir/verify.jsonl" ] || continue
	grep -q "\"device\": \"$device\"" "$dir/base.json" || continue
	jail_for "$dir"
	$make -s --no-print-directory BUILD="$BUILD" DEVICE="$device" \
		EXP="$name" candidate || exit 2
	grep -q '"status": "ok"' "$dir/build.json" || {
		echo "bundle: $name: does not compile: left out" >&2
		continue
	}
	echo "$name"
	who "$name"
	cp "$dir/base.json" "$new/jobs/$name/" || exit 2
	looks "$name" "$dir/build.json"
	whole "$name" "$dir/build.json"
done

# A candidate that does nothing must be refused, wherever it is.
jail_own
idle=$new/nothing.c
[ "$device" = cpu ] || idle=$new/nothing.cu
cat >"$idle" <<-'END'
	#ifdef __cplusplus
	__global__ void nothing(void) {}
	extern "C"
	#endif
	int __tvm_ffi_run(void *self, const void *args, int n, void *result)
	{
		return (void)self, (void)args, (void)n, (void)result, 0;
	}
END
"$BUILD/build-kernel" -c "$BUILD/cache" -d "$device" -o "$new/nothing.json" \
	"$k" "$idle" || exit 2
who nothing
aside nothing quick-verify verify -m quick ${generate:+-g "$generate"} \
	"$reference" "$new/nothing.json"
rm -f "$new"/nothing.*

# What many jobs have, lies there once.
find "$new/jobs" -type f -size +4k -exec sha256sum {} + | sort | {
	last=
	while read -r hash path; do
		[ "$hash" != "$last" ] || ln -f "$first" "$path" || exit 2
		[ "$hash" = "$last" ] || first=$path
		last=$hash
	done
} || exit 2
# Seeds are in there.
chmod 700 "$new"
umask 077
mkdir -p "$(dirname "$out")" && mv "$new" "$out" &&
	tar -czf "$out.tar.gz.new" -C "$(dirname "$out")" "$(basename "$out")" &&
	mv "$out.tar.gz.new" "$out.tar.gz" || exit 2
echo "$out.tar.gz: unpack it there, ./run try, bring its file results back:" \
	"make collect KERNEL=$KERNEL DEVICE=$device OUT=$out FROM=results"
