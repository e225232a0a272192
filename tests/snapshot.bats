load setup
load loop

setup() {
	tiny_tree
	exp=$(basename "$(propose_one)")
	dir=$x/$exp
}

# The state of all that a snapshot may write.
state() {
	cat $k/solution.c $x/ledger.jsonl "$dir/result.md" "$dir/trace.jsonl"
}

@test "an accept makes the candidate the incumbent and says so in the ledger" {
	judged "$exp" accept - 1.5
	cp $k/solution.c old.c
	run -0 publish "$exp"
	[ -z "$output" ]
	cmp "$dir/solution.c" $k/solution.c
	cmp old.c $x/shipped.c
	[ "$(wc -l <$x/ledger.jsonl)" -eq 1 ]
	grep -q '"outcome": "accept"' $x/ledger.jsonl
	grep -q "\"source_sha256\": \"$(hash_of $k/solution.c)\"" $x/ledger.jsonl
	[ "$(incumbent -d cpu -k $k -e $x)" = "exp_0001 kernels/scale/solution.c" ]
}

@test "any other outcome leaves the incumbent alone" {
	cp $k/solution.c old.c
	judged "$exp" reject slower 0.8
	publish "$exp"
	cmp old.c $k/solution.c
	[ -s "$dir/solution.c" ]
	grep -q '"outcome": "reject", "reason": "slower"' $x/ledger.jsonl
}

@test "where time alone was wanting to show something, result.md says so" {
	judged "$exp" noisy - 1.5
	sed -i 's/"pairs": 8/"processes": 4, "pairs": 8/' "$dir/verdict.json"
	publish "$exp"
	grep -q '^There was time for 4 processes a side; fewer than 5 prove' "$dir/result.md"
	grep -q "make rejudge EXP=$exp BENCH_S=seconds" "$dir/result.md"
	dir=$x/$(basename "$(propose_one)")
	judged "$(basename "$dir")" noisy - 1.5
	sed -i 's/"pairs": 8/"processes": 5, "pairs": 8/' "$dir/verdict.json"
	publish "$(basename "$dir")"
	! grep -q 'There was time' "$dir/result.md"
}

@test "result.md has the verdict, the change, the workloads and where to look" {
	judged "$exp" accept - 1.5
	publish "$exp"
	head -n 1 "$dir/result.md" | grep -qx "# exp_0001: accept"
	grep -q '^`verdict: accept - speedup 1.500 \[' "$dir/result.md"
	grep -q '^| PASSES | 8 | ' "$dir/result.md"
	grep -q '^| 11111111 | n=3000 | ok | 2.00 | 3.00 | 1.500 |' "$dir/result.md"
	grep -q 'shapes that are not listed (none), and planted values (none)' "$dir/result.md"
	grep -q 'verdict.json' "$dir/result.md"
}

@test "result.md says what a change gains cold, warm and as a graph" {
	judged "$exp" accept - 1.5
	row() { # MODE WORKLOAD WEIGHT CANDIDATE INCUMBENT SPEEDUP
		printf 'workload\t%s\t%s\t%s\t1\t1\t0\t%s\t%s\t%s\t1\t1\t0\t-\t-\n' "$@"
	}
	{
		echo '# guard 0.01'
		printf 'scope\tmode\tworkload\tweight\tprocesses\tpairs\tdropped\tcandidate_us\tincumbent_us\tspeedup\tci_low\tci_high\tspread\tp_regressed\tdecision\n'
		row cold a 0.25 2 4 2
		row cold b 0.75 2 2 1
		row warm a - 1 4 4
		row warm b - 3 3 1
		row warm c - 9 9 1
	} >"$dir/compare.tsv"
	publish "$exp"
	grep -qx '| cold | 2.00 | 2.50 | 1.189 |' "$dir/result.md"
	grep -qx '| warm | 2.50 | 3.25 | 1.414 |' "$dir/result.md"
	[ "$(grep -c '^| graph ' "$dir/result.md")" -eq 0 ]
	sed -i /warm/d "$dir/compare.tsv"
	rm "$dir/result.md"
	publish "$exp"
	[ "$(grep -c 'In every mode' "$dir/result.md")" -eq 0 ]
}

@test "result.md without a table of modes, or with garbage there, has none" {
	judged "$exp" accept - 1.5
	for text in '' $'scope\tmode\nworkload' $'scope\tmode\tweight\nworkload\tcold\tx' '\0\1\2' \
		"$(printf 'scope\t%.0s' $(seq 100))"; do
		rm -f "$dir/result.md"
		printf '%b' "$text" >"$dir/compare.tsv"
		publish "$exp"
		[ "$(grep -c 'In every mode' "$dir/result.md")" -eq 0 ]
	done
}

@test "result.md says which outputs were compared through a view" {
	judged "$exp" accept - 1.5
	publish "$exp"
	run ! grep -q evaluate "$dir/result.md"
	rm "$dir/result.md"
	sed -i '1s/"workloads": 2/"views": "y as float32", &/' "$dir/verify.jsonl"
	publish "$exp"
	grep -q "evaluate makes of them: y as float32" "$dir/result.md"
}

@test "result.md says which rare failures would have been seen" {
	judged "$exp" accept - 1.5
	sed -i 's/"timing": "cpu",/"timing": "cpu", "launches_checked": 250, "trials": 300, "failure_rate_detected": 0.01191,/' "$dir/verdict.json"
	publish "$exp"
	grep -q '^250 calls of it were checked' "$dir/result.md"
	grep -q 'is wrong in 1 of 84 calls' "$dir/result.md"
	grep -q 'The time ended before the 300 calls' "$dir/result.md"
}

@test "result.md names a hidden shape that is wrong, with its axes" {
	judged "$exp" reject wrong null
	echo '{"uuid": "hidden-2", "axes": {"n": 17}, "status": "wrong", "detail": "{\"n\": 17}: 1 of 17 elements wrong", "launches": 1}' >>"$dir/verify.jsonl"
	publish "$exp"
	grep -q '^hidden-2: wrong' "$dir/result.md"
	grep -q '^    {"n": 17}: 1 of 17 elements wrong' "$dir/result.md"
}

@test "what is more than knobs shows as a difference of the sources" {
	sed 's/out\[i\] = 2/out[i] = 2.0f/' $k/solution.c >mine.c
	exp=$(basename "$(propose_one person mine.c)")
	judged "$exp" accept - 1.5
	publish "$exp"
	grep -qF '    -			out[i] = 2 * in[i];' $x/$exp/result.md
	grep -qF '    +			out[i] = 2.0f * in[i];' $x/$exp/result.md
}

@test "nothing in result.md hides or reorders text: it shows as its bytes" {
	sed "s/out\[i\] = 2/out[i] = 2.0f/; 1s|\$| /* $(printf '\302\233[31m \342\200\256 \377 \303\251') */|" \
		$k/solution.c >mine.c
	exp=$(basename "$(propose_one person mine.c)")
	judged "$exp" reject wrong null
	printf '{"uuid": "hidden-\302\233", "status": "wrong", "detail": "\342\200\256", "launches": 1}\n' \
		>>"$x/$exp/verify.jsonl"
	publish "$exp"
	grep -qF '\xc2\x9b[31m \xe2\x80\xae \xff é */' $x/$exp/result.md
	grep -qxF '    \xe2\x80\xae' $x/$exp/result.md
	run -1 env LC_ALL=C grep -P '\xc2\x9b|\xe2\x80\xae|\xff' $x/$exp/result.md
	LC_ALL=C grep -qP '\xc2\x9b' $x/$exp/change.diff
}

@test "equal sources are said to be equal, and leave no trace lines" {
	cp $k/solution.c mine.c
	exp=$(basename "$(propose_one person mine.c)")
	judged "$exp" equivalent - null
	publish "$exp"
	grep -q 'Nothing: the sources are equal' $x/$exp/result.md
	[ ! -s $x/$exp/trace.jsonl ] && [ -e $x/$exp/trace.jsonl ]
}

@test "what the compiler said is in result.md, bounded and quoted" {
	judged "$exp" reject build null
	{
		printf 'solution.c:3: error: `# heading`\a\n'
		seq 1000
	} >"$dir/build.log"
	publish "$exp"
	grep -qF '    solution.c:3: error: `# heading`\x07' "$dir/result.md"
	[ "$(wc -l <"$dir/result.md")" -lt 100 ]
	grep -q '^    \.\.\.$' "$dir/result.md"
}

@test "trace.jsonl has a line a workload in FlashInfer-Bench's words" {
	judged "$exp" accept - 1.5
	publish "$exp"
	[ "$(grep -c '"status": "PASSED"' "$dir/trace.jsonl")" -eq 2 ]
	grep -q '"solution": "scale_cpu_exp_0001"' "$dir/trace.jsonl"
	grep -q '"speedup_factor": 1.5' "$dir/trace.jsonl"
	"$BUILD/tests/data-check" trace "$dir/trace.jsonl" >/dev/null
}

@test "a wrong result is INCORRECT_NUMERICAL, a failed build COMPILE_ERROR" {
	judged "$exp" reject wrong null
	publish "$exp"
	[ "$(grep -c '"status": "INCORRECT_NUMERICAL"' "$dir/trace.jsonl")" -eq 2 ]
	run -1 grep performance.*latency "$dir/trace.jsonl"
	exp=$(basename "$(propose_one)")
	judged "$exp" reject build null
	publish "$exp"
	[ "$(grep -c '"status": "COMPILE_ERROR"' $x/$exp/trace.jsonl)" -eq 2 ]
	"$BUILD/tests/data-check" trace "$dir/trace.jsonl" $x/$exp/trace.jsonl \
		>/dev/null
}

@test "a published experiment is never touched again" {
	judged "$exp" accept - 1.5
	publish "$exp"
	state >before
	rm "$dir/verdict.json"
	run -0 publish "$exp"
	state | cmp before -
}

@test "a ledger that has a line of other code for it is refused, and nothing is said to be accepted" {
	judged "$exp" accept - 1.5
	publish "$exp"
	rm -r "$dir"
	echo 'int mine;' >mine.c
	[ "$(propose_one person mine.c)" = $x/exp_0002 ]
	mv $x/exp_0002 "$dir"
	sed -i 's/exp_0002/exp_0001/' "$dir/base.json"
	judged "$exp" accept - 1.5
	cp $k/solution.c old.c
	run -2 publish "$exp"
	[[ $output == "snapshot: $x/ledger.jsonl: has a line of other code for exp_0001: remove $dir, "* ]]
	cmp old.c $k/solution.c
	[ ! -e "$dir/result.md" ]
}

@test "where the incumbent's own experiment was removed, it is what stands" {
	judged "$exp" accept - 1.5
	publish "$exp"
	rm -r "$dir"
	echo 'int mine;' >mine.c
	[ "$(propose_one person mine.c)" = $x/exp_0002 ]
	judged exp_0002 accept - 1.2
	cp $k/solution.c old.c
	publish exp_0002
	cmp mine.c $k/solution.c
	cp old.c patched.c
	patch -s patched.c $x/exp_0002/change.diff
	cmp mine.c patched.c
}

@test "run again after any of its steps, it comes to the same end" {
	judged "$exp" accept - 1.5
	cp $k/solution.c shipped.c
	publish "$exp"
	state >whole
	# Killed before result.md.
	rm "$dir/result.md"
	publish "$exp"
	state | cmp whole -
	# Killed before the ledger's line.
	rm "$dir/result.md" "$dir/trace.jsonl" $x/ledger.jsonl
	publish "$exp"
	state | cmp whole -
	# Killed in the ledger's line.
	rm "$dir/result.md" "$dir/trace.jsonl"
	truncate -s 100 $x/ledger.jsonl
	publish "$exp"
	state | cmp whole -
	# Killed before the swap.
	rm "$dir/result.md" "$dir/trace.jsonl" $x/ledger.jsonl
	cp shipped.c $k/solution.c
	publish "$exp"
	state | cmp whole -
}

@test "killed at any moment and run again, it comes to the same end" {
	judged "$exp" accept - 1.5
	cp -R . ../twin
	publish "$exp"
	state >whole
	for delay in 0.001 0.002 0.003 0.005 0.007 0.010; do
		rm -rf ../try && cp -R ../twin ../try && cd ../try
		timeout -s KILL $delay snapshot -k $k -e $x -w $w "$dir" || true
		publish "$exp"
		state | cmp "$OLDPWD/whole" -
		cd "$OLDPWD"
	done
	rm -rf ../twin ../try
}

@test "an incumbent that moved elsewhere means judging again: exit 75" {
	judged "$exp" accept - 1.5
	echo '/* edited */' >>$k/solution.c
	cp $k/solution.c edited.c
	run -75 publish "$exp"
	[[ $output == "snapshot: kernels/scale/solution.c: changed while exp_0001"* ]]
	cmp edited.c $k/solution.c
	[ ! -e "$dir/verdict.json" ] && [ ! -e "$dir/bench.tsv" ]
	[ -e "$dir/solution.c" ] && [ ! -e "$dir/result.md" ]
	[ ! -e $x/ledger.jsonl ]
}

@test "an accept in between moves the base of the experiment that waited" {
	echo 'int mine;' >mine.c
	second=$(basename "$(propose_one person mine.c)")
	judged "$exp" accept - 1.5
	publish "$exp"
	judged "$second" accept - 1.2
	run -75 publish "$second"
	run -0 --separate-stderr propose_one person mine.c
	[ "$output" = $x/$second ]
	grep -q '"incumbent": "exp_0001"' $x/$second/base.json
	judged "$second" accept - 1.2
	publish "$second"
	cmp mine.c $k/solution.c
}

@test "a rejected experiment is recorded although the incumbent moved" {
	echo 'int mine;' >mine.c
	second=$(basename "$(propose_one person mine.c)")
	judged "$exp" accept - 1.5
	publish "$exp"
	judged "$second" reject wrong null
	publish "$second"
	grep -q '"experiment": "exp_0002".*"incumbent": "shipped"' $x/ledger.jsonl
}

@test "a missing or malformed file is named, and nothing is written" {
	judged "$exp" accept - 1.5
	cp -R "$dir" good
	for file in base.json build.json verify.jsonl verdict.json solution.c; do
		rm "$dir/$file"
		run -2 publish "$exp"
		[[ $output == "snapshot: "*"exp_0001"* ]]
		cp good/$file "$dir/$file"
	done
	for file in base.json build.json verify.jsonl verdict.json; do
		echo '{]' >"$dir/$file"
		run -2 publish "$exp"
		[[ $output == "snapshot: $dir/$file:1: "* ]]
		cp good/$file "$dir/$file"
	done
	[ ! -e $x/ledger.jsonl ] && [ ! -e "$dir/result.md" ]
	publish "$exp"
}

@test "a full disk leaves the incumbent whole, and the next run finishes" {
	judged "$exp" accept - 1.5
	mkdir small
	mount -t tmpfs -o size=64k none small 2>/dev/null || skip "cannot mount"
	cp -R $x kernels workloads small/
	(cd small && mkdir experiments && mv scale experiments/)
	cp $k/solution.c old.c
	dd if=/dev/zero of=small/fill bs=1k count=64 2>/dev/null || true
	cd small
	run -2 publish "$exp"
	[[ $output == *"No space left on device"* ]]
	cmp ../old.c $k/solution.c
	[ ! -e "$dir/result.md" ]
	rm fill
	run -0 publish "$exp"
	cmp "$dir/solution.c" $k/solution.c
	[ "$(wc -l <$x/ledger.jsonl)" -eq 1 ]
	[ -z "$(find . -name '*.??????' -newer workloads)" ]
	cd ..
}

teardown() {
	umount "$BATS_TEST_TMPDIR/small" 2>/dev/null || true
	umount "$BATS_TEST_TMPDIR/$k" 2>/dev/null || chmod u+w "$BATS_TEST_TMPDIR/$k"
}

# Root may write where the mode says no, but not on a read-only mount.
close_folder() {
	if [ "$(id -u)" -eq 0 ]; then
		mount --bind "$1" "$1" 2>/dev/null || skip "cannot mount"
		mount -o remount,bind,ro "$1"
	else
		chmod a-w "$1"
	fi
}

@test "a folder that cannot be written is named, the incumbent untouched" {
	judged "$exp" accept - 1.5
	cp $k/solution.c old.c
	close_folder $k
	run -2 publish "$exp"
	[[ $output == "snapshot: kernels/scale/solution.c: "* ]]
	cmp old.c $k/solution.c
	[ ! -e $x/ledger.jsonl ]
}

@test "usage errors exit 2" {
	run -2 snapshot
	[[ $output == "usage: snapshot"* ]]
	run -2 snapshot -k $k -e $x -w $w
}

@test "a hand edit is adopted as a baseline of its own" {
	judged "$exp" accept - 1.5
	publish "$exp"
	echo '/* better */' >>$k/solution.c
	run -0 incumbent -d cpu -k $k -e $x
	[ "$output" = "exp_0001 kernels/scale/solution.c edited" ]
	run -0 incumbent -a -d cpu -k $k -e $x
	cmp $k/solution.c $x/exp_0002/solution.c
	grep -q '"experiment": "exp_0002".*"outcome": "adopt"' $x/ledger.jsonl
	run -0 propose_one
	[ "$output" = $x/exp_0003 ]
	grep -q '"incumbent": "exp_0002"' $x/exp_0003/base.json
}

@test "with nothing edited there is nothing to adopt: exit 1" {
	run -1 incumbent -a -d cpu -k $k -e $x
	[ ! -e $x/ledger.jsonl ]
}

@test "one can go back to what was the incumbent, and forward again" {
	judged "$exp" accept - 1.5
	publish "$exp"
	run -0 incumbent -r shipped -d cpu -k $k -e $x
	cmp $x/shipped.c $k/solution.c
	propose_one
	grep -q '"incumbent": "shipped"' $x/exp_0002/base.json
	run -0 incumbent -r exp_0001 -d cpu -k $k -e $x
	cmp $x/exp_0001/solution.c $k/solution.c
	[ "$(grep -c '"outcome": "revert"' $x/ledger.jsonl)" -eq 2 ]
}

@test "going back to where one is undoes a hand edit" {
	judged "$exp" accept - 1.5
	publish "$exp"
	echo oops >>$k/solution.c
	run -0 incumbent -r exp_0001 -d cpu -k $k -e $x
	cmp $x/exp_0001/solution.c $k/solution.c
	[ "$(wc -l <$x/ledger.jsonl)" -eq 1 ]
}

@test "one cannot go back to what never was the incumbent" {
	judged "$exp" reject slower 0.5
	publish "$exp"
	cp $k/solution.c old.c
	for name in exp_0001 exp_0009 ../x solution; do
		run -2 incumbent -r $name -d cpu -k $k -e $x
		[[ $output == "incumbent: $name: never was the incumbent"* ]]
	done
	cmp old.c $k/solution.c
}

@test "usage errors of incumbent exit 2" {
	run -2 incumbent
	run -2 incumbent -a -r shipped -d cpu -k $k -e $x
	[[ $output == "usage: incumbent"* ]]
}

@test "change.diff makes the candidate of the incumbent, and is empty for equals" {
	command -v patch >/dev/null || skip "no patch"
	cp $k/solution.c old.c
	(cat old.c && printf '/* \tlast */') >mine.c
	exp=$(basename "$(propose_one person mine.c)")
	judged "$exp" accept - 1.5
	publish "$exp"
	grep -qx -e "--- shipped/solution.c" $x/$exp/change.diff
	grep -qx -e "+++ $exp/solution.c" $x/$exp/change.diff
	patch -s --binary old.c $x/$exp/change.diff
	cmp old.c mine.c
	exp=$(basename "$(propose_one person mine.c)")
	judged "$exp" equivalent - null
	publish "$exp"
	[ -e $x/$exp/change.diff ] && [ ! -s $x/$exp/change.diff ]
}
