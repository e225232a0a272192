# docs - a tree in which the docs' commands are typed, as they stand there

# A clone as it is once built, but for the other kernels and their records; what
# a command finds where it names no kernel is a tiny one.
docs_tree() {
	said=$BATS_TEST_TMPDIR/said
	mkdir "$BATS_TEST_TMPDIR/clone"
	cd "$BATS_TEST_TMPDIR/clone" || return
	ln -s "$ROOT"/{.claude,CLAUDE.md,Makefile,README.md,man,mk,step,tools} .
	cp -Rp "$ROOT/kernels" "$ROOT/tests" "$ROOT/workloads" .
	cp -R tests/tiny/. .
	mkdir -p experiments home tmp
	own_build
	cp -Rp "$BUILD/tests" build
	for records in "$ROOT"/experiments/{gemm_n128_k2048,rmsnorm_h4096}; do
		[ ! -e "$records" ] || cp -R "$records" experiments
	done
	[ "${BUILD##*/}" != sanitize ] || { export SANITIZE=1 && ln -s . build/sanitize; }
	PATH=${PATH#"$BUILD:"}
	export HOME=$PWD/home PREFIX=$PWD/home/usr KERNEL=scale DEVICE=cpu BENCH_S=1
	unset MAKEFLAGS MODEL PROPOSER
}

# What a reader puts in place of the docs' names; what takes long; what needs a
# GPU. deps is typed by .ci/run.
in_place() {
	sed -E 's/^make deps /make /
		s/ WORD$/ help/; s/\$ARGUMENTS/stride 2/
		s/exp_NNNN/exp_0001/g
		/\/K\b/s/exp_0007/exp_0001/g; s,/K\b,/scale,g
		s,/tmp/,tmp/,g; s,^OPENAI_BASE_URL=[^ ]* ,,
		s/(ITERATIONS|CANDIDATES)=[0-9]+/\1=2/
		s/\.cu\b/.c/g
		s/DEVICE=cuda ARCH=sm_90a/DEVICE=cpu/
		s/gemm_n128_k2048\.cuda/scale.cpu/; s/gemm\*/scale*/g; s/\*\.cuda/*.cpu/
		s/(results DEVICE)=cuda/\1=cpu/
		s/ GPUS=[0-9,]+//'
}

# Types each line of standard input: it must end with STATUS, a pattern, or 0, and
# say WORDS. The file $said has what the last one said.
typed() { # [STATUS [WORDS]]
	while IFS= read -r line <&9; do
		status=0
		bash -c "$(in_place <<<"$line")" >"$said" 2>&1 9<&- </dev/null || status=$?
		[[ $status == ${1-0} && $(<"$said") == *"${2-}"* ]] || {
			echo "$line: status $status"
			cat "$said"
			return 1
		}
	done 9<&0
}

# Types the one line, which goes on until Ctrl-C: that comes, to make and its
# children, once it said WORDS and COMMAND was run.
interrupted() { # WORDS [COMMAND]
	: >"$said"
	setsid env --default-signal=INT bash -c "exec $(in_place)" >>"$said" 2>&1 3>&- </dev/null &
	group=$!
	for _ in {1..400}; do
		! grep -q "$1" "$said" || break
		sleep 0.05
	done
	status=0
	grep -q "$1" "$said" && eval "${2-}" || status=$?
	kill -INT -- "-$group"
	wait "$group" || true
	cat "$said"
	return "$status"
}
