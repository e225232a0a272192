load setup
load parcel

# A bundle, made here, run where there is nothing, and what it brings back.

# A tree $T with a candidate, and its bundle.
setup_file() {
	T=$BATS_FILE_TMPDIR
	cp -R "$BATS_TEST_DIRNAME/tiny/." "$T"
	ln -s "$ROOT/kernels/include" "$T/kernels/include"
	(cd "$T" && own_build)
	# It needs a library that the machine there has not.
	echo 'cflags.cpu = -O2 -fopenmp' >>"$T/kernels/scale/settings"
	sed 's/PASSES 8/PASSES 1/' "$T/kernels/scale/solution.c" >"$T/mine.c"
	mk "$T" bundle SOLUTION="$T/mine.c"
	mv "$T/bundle.tar.gz" "$T/carried.tar.gz"
	mkdir "$T/there"
	tar -xzf "$T/carried.tar.gz" -C "$T/there"
}

# make in the repository, on the tree $1.
mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$1/build" KERNEL=scale DEVICE=cpu \
		KERNELS="$1/kernels" WORKLOADS="$1/workloads" \
		EXPERIMENTS="$1/experiments" OUT="$1/bundle" BENCH_S=2 "${@:2}"
}

setup() {
	T=$BATS_TEST_TMPDIR
	# A copy is as good a home as the original.
	cp -a "$BATS_FILE_TMPDIR/." "$T"
	cd "$T/there/bundle"
	E=$T/experiments/scale/exp_0001
}

# In a jail with a shell, a handful of programs and what these are linked to,
# and the bundle; that is all.
bare() {
	local file lib links=() binds=()

	for program in sh cat sed grep basename mv cp; do
		file=$(readlink -f "$(command -v $program)")
		links+=(--symlink "$file" /bin/$program)
		for lib in "$file" $(ldd "$file" | grep -o '/[^ ]*'); do
			binds+=(--ro-bind "$lib" "$lib")
		done
	done
	lib=$(ldd "$(readlink -f node/judge)" | grep -o '/[^ ]*/libm\.so[^ ]*')
	bwrap --unshare-all --proc /proc --dev /dev --tmpfs /tmp "${binds[@]}" \
		--ro-bind "$lib" "$lib" "${links[@]}" --bind "$PWD" /bundle --chdir /bundle --clearenv \
		--setenv PATH /bin --setenv SANDBOX "${SANDBOX-}" --setenv PYTHONPATH x "$@"
}

needs_bare() {
	needs_jail
	case $BUILD in
	*/sanitize) skip "a sanitizer needs more than a bundle has" ;;
	esac
}

@test "where there is only a C library, a bundle judges, and its verdict comes back" {
	needs_bare
	SANDBOX=none run -0 bare ./run try
	[[ $output == *"run: exp_0001: verify"*"run: exp_0001: bench"*"run: wrote /bundle/results"* ]]
	run -0 mk "$T" collect FROM="$PWD/results"
	[[ ${lines[-1]} == "verdict: "*" speedup "* ]]
	for file in verify.jsonl bench.tsv compare.tsv confirm.tsv verdict.json result.md; do
		[ -s "$E/$file" ]
	done
	grep -q '"node": "' "$E/verdict.json"
	[ "$(wc -l <"$T/experiments/scale/ledger.jsonl")" = 1 ]
	[ -e node/libgomp.so.1 ]
	# Once more changes nothing.
	before=$(sha256sum "$E"/* "$T/experiments/scale/ledger.jsonl")
	run -0 mk "$T" collect FROM="$PWD/results"
	[ "$(sha256sum "$E"/* "$T/experiments/scale/ledger.jsonl")" = "$before" ]
}

@test "where nothing confines candidates a person must say so" {
	needs_bare
	run -75 bare ./run try
	[[ $output == *"no jail for foreign code"*"SANDBOX=none"* ]]
	[ ! -s results ]
}

@test "./run test proves that the machine refuses a candidate that does nothing" {
	run -0 ./run test
	[ "$(grep -c '^ok ' <<<"$output")" = 4 ]
	# A judge that says yes to all is found out.
	printf '#!/bin/sh\nexit 0\n' >node/judge
	rm -f jobs/*/*/done
	run -75 ./run test
	[[ $output == *"FAILED a candidate that does nothing is refused"* ]]
}

@test "quick, stride and full say how fast, and are no history" {
	run -0 ./run quick
	[[ $output == *"exp_0001: right on "*" workloads"*"exp_0001: "*" times as fast as the incumbent: "* ]]
	run -0 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"exp_0001, quick: "* ]]
	[[ $output == *"exp_0001: not judged to its end: ./run try, there"* ]]
	[ ! -e "$E/verify.jsonl" ]
	[ ! -e "$E/result.md" ]
}

@test "what was judged is not judged again" {
	run -0 ./run quick
	[[ $output == *"run: exp_0001: quick-bench"* ]]
	cp results first
	run -0 ./run quick
	[[ $output != *"run: exp_0001: quick-bench"* ]]
	cmp results first
}

@test "./run says what it can do" {
	run -2 ./run
	[[ ${lines[0]} == "run - "* ]]
	run -2 ./run what
}

# Nothing came into the records.
untouched() {
	[ "$(ls "$E")" = "$(ls "$BATS_FILE_TMPDIR/experiments/scale/exp_0001")" ]
	[ ! -e "$T/experiments/scale/ledger.jsonl" ]
}

@test "results that are malformed, cut off, of another bundle or changed import nothing" {
	./run try
	mv results good
	head -c -40 good >results
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"cut off"* ]]
	[[ $output == *"were not taken"* ]]
	rm -rf "$T/bundle" "$E"
	cp -R "$BATS_FILE_TMPDIR/bundle" "$T"
	cp -R "$BATS_FILE_TMPDIR/experiments/scale/exp_0001" "$E"
	rm -f "$T/experiments/scale/ledger.jsonl"
	echo nonsense >results
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"no result that can be taken of a job of "* ]]
	untouched
	# As of a bundle that was made at another time.
	nonce=$(printf 'f%.0s' $(seq 32))
	sed "s/^nonce = .*/nonce = $nonce/; s/\"nonce\": \"[^\"]*/\"nonce\": \"$nonce/" good >results
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"no result that can be taken of a job of "* ]]
	untouched
	sed 's/"status": "ok"/"status": "OK"/; s/\tok$/\tOK/' good >results
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"not what judge wrote"* ]]
	untouched
	run -2 mk "$T" collect FROM=/dev/zero
	[[ $output == *"/dev/zero: want the file that ./run wrote"* ]]
}

# change FILE ANSWER COMMAND...: what a filter makes of a result there,
# certified.
change() {
	local file=jobs/exp_0001/$1

	"${@:3}" <"$file" >changed
	mv changed "$file"
	certify "$file" "$2"
	./run results
}

# Makes the candidate the faster one, by far and in many processes.
faster() {
	awk -F '\t' -v OFS='\t' '
		$1 == "bench" && $4 ~ /^incumbent/ { $9 *= 4; $10 *= 4 }
		{ print }
		$1 == "bench" { $2 += 100; print; $2 += 100; print }'
}

fails_once() {
	sed '0,/\tcandidate\t.*\tok$/{/\tcandidate\t/s/\tok$/\twrong/}'
}

@test "results that lie about their answer or lack rows come into no record" {
	./run try
	cp -R jobs/exp_0001 honest
	change verify/verify.jsonl 1 cat
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"its rows say an answer of 0, but done says 1"* ]]
	untouched
	change verify/verify.jsonl 0 head -n 2
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"want "*" workloads, got 1"* ]]
	untouched
	# And block nothing.
	rm -r jobs/exp_0001
	mv honest jobs/exp_0001
	./run results
	run -0 mk "$T" collect FROM="$PWD/results"
	[[ ${lines[-1]} == "verdict: "* ]]
}

# A judge that says so, where one is started.
alarm() {
	printf '#!/bin/sh\ntouch "%s"\nexit 2\n' "$T/started" >"$T/new"
	chmod +x "$T/new"
	mv "$T/new" "$T/build/judge"
}

@test "collect runs no candidate, not even one that failed when it looked faster" {
	./run try
	change bench/bench.tsv 0 faster
	change bench/bench.tsv 1 fails_once
	node/compare -d cpu -s jobs/exp_0001/settings jobs/exp_0001/bench/bench.tsv | grep -q 'better$'
	alarm
	run -0 mk "$T" collect FROM="$PWD/results"
	[ ! -e "$T/started" ]
	[[ ${lines[-1]} == "verdict: reject wrong "* ]]
	grep -q '^# unmeasured nothing to confirm' "$E/confirm.tsv"
}

@test "what sanitizers must see is not decided without them" {
	./run try
	[ -e jobs/exp_0001/confirm/done ] || node/judge jobs/exp_0001/confirm
	change bench/bench.tsv 0 faster
	change confirm/bench.tsv 0 faster
	for file in "$T/kernels/scale/settings" "$T/bundle/jobs/exp_0001/settings"; do
		echo 'sanitize = address' >>"$file"
	done
	run -0 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"exp_0001: better, but settings ask for sanitizers"* ]]
	untouched
}

@test "what was judged here meanwhile is not mixed with what comes back" {
	./run try
	echo '{}' >"$E/verify.jsonl"
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"exp_0001: what it stands on has changed since"* ]]
	[ "$(cat "$E/verify.jsonl")" = '{}' ]
	[ ! -e "$E/bench.tsv" ]
}

@test "an experiment whose ground moved meanwhile is not decided by old results" {
	./run try
	sed -i 's/"incumbent": "shipped"/"incumbent": "exp_0000"/' "$E/base.json"
	cp "$E/base.json" "$T/moved.json"
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"exp_0001: what it stands on has changed since: bundle it again"* ]]
	cmp "$E/base.json" "$T/moved.json"
	untouched
}

@test "what another device measured is not taken" {
	./run try
	for file in "$E" "$T/bundle/jobs/exp_0001"; do
		sed -i 's/"device_name": "[^"]*"/"device_name": "NVIDIA H100 80GB HBM3"/' "$file/base.json"
	done
	run -2 mk "$T" collect FROM="$PWD/results"
	[[ $output == *"judged on NVIDIA H100 80GB HBM3"*"not comparable"* ]]
	untouched
}

@test "a bundle that is out is not made again over itself" {
	run -2 mk "$T" bundle
	[[ $output == *"bundle: "*"/bundle: is there: its jobs may be out to be judged"* ]]
}

@test "a bundle is complete or absent, and holds no file twice" {
	[ ! -e "$T/bundle.new" ]
	[ "$(stat -c %h jobs/exp_0001/bench/candidate.so)" -ge 3 ]
	diff <(tar -tzf "$T/carried.tar.gz" | sed 's,^bundle/,,; s,/$,,' | grep . | sort) \
		<(find . -mindepth 1 -printf '%P\n' | sort)
}
