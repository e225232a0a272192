# loop - a tiny kernel, and experiments of it that were judged as a test wishes

# A tree of its own.
tiny_tree() {
	cp -R "$BATS_TEST_DIRNAME/tiny/." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return 1
	k=kernels/scale
	x=experiments/scale
	w=workloads/scale.jsonl
}

hash_of() {
	sha256sum "$1" | cut -c -64
}

# build.json of a source, as if it had been compiled: FILE SOURCE [STATUS].
built() {
	source=$(hash_of "$2")
	object=$(echo "object of $source" | sha256sum | cut -c -64)
	[ "${3-ok}" = ok ] && object="\"$object\"" || object=null
	cat >"$1" <<-END
	{"status": "${3-ok}", "kernel": "scale", "device": "cpu",
	 "source": "$(basename "$2")", "source_sha256": "$source",
	 "object_sha256": $object, "key": "$source",
	 "symbol": "__tvm_ffi_run", "command": ["cc"], "compiler": "cc 1.0",
	 "toolchain_sha256": "$source", "arch": null, "seconds": 0.5,
	 "flashinfer_bench": ""}
	END
}

propose_one() {
	built inc.json $k/solution.c
	propose -p "${1-tune}" ${2:+-s "$2"} -d cpu -k $k -e $x -w $w -b inc.json
}

# The files of a judgement: EXPERIMENT OUTCOME REASON SPEEDUP (or null).
judged() {
	dir=$x/$1
	status=ok
	[ "$3" != build ] || status=failed
	built "$dir/build.json" "$dir/solution.c" $status
	head='{"judge_version": "3", "kernel": "scale", "device": "cpu"'
	echo "$head, \"workloads\": 2, \"finished\": true}" >"$dir/verify.jsonl"
	rows=
	for uuid in 11111111-0000-4000-8000-000000000001 \
		22222222-0000-4000-8000-000000000002; do
		row="{\"uuid\": \"$uuid\", \"axes\": {\"n\": 3000}, "
		word=ok
		[ "$3" != wrong ] || word=wrong
		row="$row\"status\": \"$word\", \"detail\": \"element 7 of y\", "
		row="$row\"launches\": 4, \"max_absolute_error\": 0.5, "
		row="$row\"max_relative_error\": 0.25, \"matched_ratio\": 1, "
		[ "$3" = build ] ||
			echo "$row\"rms_ratio\": 0}" >>"$dir/verify.jsonl"
		rows="$rows${rows:+, }{\"uuid\": \"$uuid\", \"status\": \"ok\", "
		rows="$rows\"candidate_us\": 2.0, \"incumbent_us\": 3.0, "
		rows="$rows\"speedup\": 1.5}"
	done
	[ "$4" != null ] || rows=
	touch "$dir/bench.tsv" "$dir/compare.tsv" "$dir/confirm.tsv"
	low=null high=null
	[ "$4" = null ] || low=$(echo "$4" | awk '{ print $1 * 0.99 }')
	[ "$4" = null ] || high=$(echo "$4" | awk '{ print $1 * 1.01 }')
	cat >"$dir/verdict.json" <<-END
	{"experiment": "$1", "kernel": "scale", "device": "cpu",
	 "device_name": "a processor", "outcome": "$2", "reason": "$3",
	 "speedup": $4, "ci_low": $low, "ci_high": $high,
	 "min_effect": 0.005, "pairs": 8, "timing": "cpu",
	 "workloads": [$rows], "sandbox": "none", "hidden": "none",
	 "hashes": {}, "toolchain": {}, "seeds": [], "judge_version": "3",
	 "judged_at": "2026-01-02T03:04:05Z"}
	END
}

publish() {
	snapshot -k $k -e $x -w $w "$x/$1"
}

# Proposes, judges and publishes: OUTCOME REASON SPEEDUP.
round() {
	exp=$(basename "$(propose_one tune)")
	judged "$exp" "$@"
	publish "$exp"
}

# The value of a knob in a source.
knob() {
	sed -n "s/^#define $1 //p" "$2"
}

# A program of build/ that also notes when it begins and ends, and takes longer:
# NAME SECONDS.
timed() {
	[ -e real ] || cp -al build real
	rm build/$1
	cat >build/$1 <<-END
	#!/bin/sh
	echo "+ $1" >>$FAKES/times
	sleep $2
	status=0
	"$PWD/real/$1" "\$@" || status=\$?
	echo "- $1" >>$FAKES/times
	exit \$status
	END
	chmod +x build/$1
}

# How many of a program ran at once, at most.
at_once() {
	awk -v name=$1 '$2 != name { next }
		{ n += $1 == "+" ? 1 : -1 } n > most { most = n }
		END { print most + 0 }' $FAKES/times
}

# A build/ whose judging programs are fakes, which note in fakes/ what they do;
# in a jail, too, where no variable comes.
fake_judge() {
	mkdir fakes
	own_build cp -p
	for name in verify bench compare decide; do
		rm -f build/$name
		sed "2i FAKES=$PWD/fakes" "$BATS_TEST_DIRNAME/fakes/step" \
			>build/$name
		chmod +x build/$name
	done
	export FAKES=$PWD/fakes
}

# The test's mk in a process group of its own, where a Ctrl-C is not ignored; sets group.
start() {
	export -f mk
	export ROOT
	# shellcheck disable=SC2016
	setsid env --default-signal=INT bash -c 'mk "$@"' mk "$@" \
		>said 2>&1 3>&- </dev/null &
	group=$!
}

# Waits until a command holds, a few seconds at most.
soon() {
	for _ in {1..200}; do
		! "$@" 2>/dev/null || return 0
		sleep 0.05
	done
	echo "not soon: $*"
	return 1
}
