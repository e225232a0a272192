load setup
load experiment

setup() {
	cd "$BATS_TEST_TMPDIR"
	kernel
	base exp_0001
	build ok
	verify ok
}

# decides OUTCOME REASON: what decide says of the experiment
decides() {
	local status=1
	[ "$1" != accept ] || status=0
	run -$status decide -k kernels/k -o "$X/verdict.json" "$X"
	[ -z "$output" ]
	[ "$(value outcome) $(value reason)" = "$1 $2" ] || {
		cat "$X/verdict.json"
		return 1
	}
}

# value KEY: of verdict.json, which prints one field a line
value() {
	sed -n "s/^  \"$1\": \"\{0,1\}\(.*[^,\"]\)\"\{0,1\},\{0,1\}\$/\1/p" \
		"$X/verdict.json"
}

# fails MESSAGE: a pattern of what follows "decide: "
fails() {
	run -2 decide -k kernels/k -o "$X/verdict.json" "$X"
	# shellcheck disable=SC2053
	[[ "$output" == "decide: "$1 ]] || {
		echo "$output"
		return 1
	}
	[ ! -e "$X/verdict.json" ]
}

@test "a source that does not compile is rejected, whatever else is there" {
	build failed
	rm "$X/verify.jsonl"
	decides reject build
	[ "$(value speedup)" = null ]
	[ "$(value device_name)" = null ]
	[ "$(value judged_at)" = 2026-01-01T00:00:00Z ]
}

@test "each reason of verify rejects, with its workload in the detail" {
	for reason in unsupported device-state scratch-dirty unwritten wrong \
		precision nonfinite input-mutated red-zone flaky launch-error \
		died timeout clock-mismatch floor; do
		verify $reason
		decides reject $reason
		[ "$(value detail)" = "workload u2: element 7" ]
	done
}

@test "the verdict says which outputs were compared through a view" {
	verify wrong
	decides reject wrong
	! grep -q '"views"' "$X/verdict.json"
	sed -i '1s/"hidden": "none"/&, "views": "y as float32"/' "$X/verify.jsonl"
	decides reject wrong
	[ "$(value views)" = "y as float32" ]
}

# hidden STATUS: of a hidden shape beside the two workloads
hidden() {
	sed -i '1s/"hidden": "none"/"hidden": "n=1..9: 1 shape"/; 1s/"workloads": 2/"workloads": 3/' "$X/verify.jsonl"
	echo '{"uuid": "hidden-1", "axes": {"n": 3}, "status": "'"$1"'", "detail": "{\"n\": 3}: element 1", "launches": 4}' >>"$X/verify.jsonl"
}

@test "a hidden shape is verified, not measured, and not among the workloads" {
	hidden ok
	bench 1.05
	confirm 1.04
	decides accept -
	[ "$(value hidden)" = "n=1..9: 1 shape" ]
	[ "$(grep -c '"uuid"' "$X/verdict.json")" = 2 ]
}

@test "a hidden shape that is wrong rejects, and the verdict tells which" {
	hidden wrong
	decides reject wrong
	[ "$(value detail)" = 'workload hidden-1: {\"n\": 3}: element 1' ]
	grep -q '"uuid": "hidden-1"' "$X/verdict.json"
}

@test "an unknown status is trouble, with its line" {
	verify perfect
	fails "$X/verify.jsonl:3: unknown status 'perfect'"
}

@test "code that equals the incumbent's is equivalent without timing" {
	build ok incumbent
	bench ''
	sed -i '1i # equal candidate and incumbent are the same code' "$X/bench.tsv"
	decides equivalent -
	[ "$(value speedup)" = null ]
	[ "$(value pairs)" = 0 ]
}

@test "equal, says bench.tsv, but the hashes differ" {
	bench ''
	sed -i '1i # equal candidate and incumbent are the same code' "$X/bench.tsv"
	fails "$X/bench.tsv: equal, it says, *"
}

@test "equal code that was measured anyway is decided by its times" {
	build ok incumbent
	bench 1
	confirm
	decides equivalent -
	[ "$(value pairs)" = 48 ]
}

@test "code that was judged before is a duplicate, and the verdict says of what" {
	bench ''
	sed -i '1i # duplicate exp_0042' "$X/bench.tsv"
	decides reject duplicate
	[ "$(value detail)" = "its compiled code is that of exp_0042" ]
}

@test "no rows without a reason are trouble" {
	bench ''
	fails "$X/bench.tsv: no rows, and no note that says why"
}

@test "each reason of a timed call rejects" {
	for reason in wrong flaky died timeout launch-error clock-mismatch floor; do
		bench 1.05
		sed -i "\$s/ok\$/$reason/; \$s/incumbent2/candidate/" "$X/bench.tsv"
		decides reject $reason
		[ "$(value speedup)" = null ]
	done
}

@test "an incumbent that fails says nothing about the candidate" {
	bench 1.05
	sed -i '$s/ok$/died/' "$X/bench.tsv"
	fails "$X/bench.tsv: the incumbent failed (died): *"
}

# batches NS: two batches in each of three processes, events say NS a call
batches() {
	for p in 1 2 3; do
		for calls in 100 200; do
			printf 'wall\t%d\t1\tcandidate\tcold\tu1\t0\t%d\t%d\t%d\t0\t0\tok\n' \
				$p $calls $((calls * $1)) $((calls * 20000 + 50000))
		done
	done
}

@test "events and wall clock that agree are no mismatch" {
	bench 1.05
	batches 19000 >>"$X/bench.tsv"
	confirm 1.04
	decides accept -
}

@test "events that the wall clock contradicts are a mismatch" {
	bench 1.05
	batches 5000 >>"$X/bench.tsv"
	decides reject clock-mismatch
}

@test "events that take longer than the wall clock are a mismatch" {
	bench 1.05
	batches 23000 >>"$X/bench.tsv"
	decides reject clock-mismatch
}

@test "one process that a busy host held up is no mismatch" {
	bench 1.05
	batches 19000 | sed 's/^\(wall\t2\t.*\t200\t[0-9]*\t\)[0-9]*/\199000000/' \
		>>"$X/bench.tsv"
	confirm 1.04
	decides accept -
}

@test "where device code can reach the host, the wall clock must confirm a gain" {
	bench 1.05
	confirm 1.04
	sed -i '1i# timing events+wall' "$X/bench.tsv" "$X/confirm.tsv"
	decides accept -
	# Each slot of the candidate took 4 ms more by the judge's clock.
	awk -F '\t' -v OFS='\t' '$4 == "candidate" { $10 += 4e6 } 1' \
		"$X/confirm.tsv" >changed
	mv changed "$X/confirm.tsv"
	decides reject clock-mismatch
	sed -i '1s/.*/# timing events/' "$X/bench.tsv" "$X/confirm.tsv"
	decides accept -
}

@test "one slot that was throttled does not decide what the judge's clock says" {
	bench 1.05
	confirm 1.05
	sed -i '1i# timing events+wall' "$X/bench.tsv" "$X/confirm.tsv"
	awk -F '\t' -v OFS='\t' '!done && $4 == "incumbent" { $12 = done = 1 } 1' \
		"$X/confirm.tsv" >changed
	mv changed "$X/confirm.tsv"
	decides accept -
	# Nor that it is faster by events alone.
	awk -F '\t' -v OFS='\t' '
		$4 == "incumbent" && $12 == 1 { $12 = 0 }
		$4 == "candidate" { $10 = int($10 * 1.08); if (!done) $12 = done = 1 } 1' \
		"$X/confirm.tsv" >changed
	mv changed "$X/confirm.tsv"
	decides reject clock-mismatch
}

@test "a gain that is confirmed is accepted, with the confirmation's estimate" {
	bench 1.05
	confirm 1.04
	decides accept -
	[ "$(value speedup)" = 1.04 ]
	[ "$(value device_name)" = test ]
	[ "$(value judged_at)" = 2026-01-02T03:05:06Z ]
	grep -q '"0x00000000000000aa"' "$X/verdict.json"
	grep -q '"0x2"' "$X/verdict.json"
}

@test "a gain without its confirmation is no verdict" {
	bench 1.05
	fails "$X/confirm.tsv: No such file or directory"
	confirm
	fails "$X/confirm.tsv: no rows, but $X/bench.tsv is better"
}

# trials STATUS: of a row of phase trial, 300 calls
trials() {
	printf 'trial\t9\t1\tcandidate\tcold\tu1\t0\t300\t1000\t1000\t0\t0\t%s\n' "$1" >>"$X/confirm.tsv"
}

@test "the verdict counts checked calls, and says which failures they detect" {
	bench 1.05
	confirm 1.04
	decides accept -
	[ "$(value launches_checked)" = 392 ]
	trials ok
	decides accept -
	# 4 + 4 of verify, 8 x 3 x 2 x 4 each of bench and confirm, 300
	[ "$(value launches_checked)" = 692 ]
	[ "$(value failure_rate_detected)" = 0.00432 ]
	[ "$(value trials)" = 300 ]
}

@test "a trial that fails rejects a win" {
	bench 1.05
	confirm 1.04
	trials flaky
	decides reject flaky
	[ "$(value speedup)" = null ]
}

@test "the same seed is no confirmation" {
	bench 1.05
	samples_file "$X/confirm.tsv" 0x1 1.05
	fails "$X/confirm.tsv: the seed of $X/bench.tsv: no confirmation"
}

@test "a confirmation that finds it slower rejects" {
	bench 1.05
	confirm 0.97
	decides reject slower
	[ "$(value speedup)" = 0.97 ]
}

@test "a confirmation that finds no difference is equivalent" {
	bench 1.05
	confirm 1
	decides equivalent -
}

@test "a confirmation that proves nothing is noisy" {
	bench 1.05
	confirm 1.02 noise=0.05
	decides noisy -
}

@test "a confirmation that proves a regression rejects" {
	bench 1.05
	confirm 1.05 worse=u2 by=1.08
	decides reject regressed-workload
}

@test "a confirmation with a wrong result rejects" {
	bench 1.05
	confirm 1.05
	sed -i '$s/ok$/wrong/; $s/incumbent2/candidate/' "$X/confirm.tsv"
	decides reject wrong
}

@test "slower is rejected" {
	bench 0.97
	confirm
	decides reject slower
	[ "$(value speedup)" = 0.97 ]
}

@test "slower at the early look is rejected" {
	bench 0.9 processes=3
	confirm
	decides reject slower
	[ "$(value processes)" = 3 ]
}

@test "no difference is equivalent" {
	bench 1
	confirm
	decides equivalent -
}

@test "nothing proved is noisy" {
	bench 1.02 noise=0.05
	confirm
	decides noisy -
}

@test "a workload that got slower rejects, and the detail names it" {
	bench 1.05 worse=u2 by=1.08
	confirm
	decides reject regressed-workload
	[[ "$(value detail)" == "workload u2: 0.972 ["* ]]
}

@test "settings reach the decision, the device's first" {
	printf 'min_effect = 0.005\nmin_effect.cpu = 0.1\n' >kernels/k/settings
	base exp_0001
	build ok
	bench 1.05
	confirm
	decides equivalent -
}

@test "the verdict has every field that is promised" {
	bench 1.05
	samples 1.05 mode=warm processes=1 >>"$X/bench.tsv"
	compare -o "$X/compare.tsv" "$X/bench.tsv"
	confirm 1.05
	decides accept -
	for key in experiment kernel device device_name outcome reason speedup \
		ci_low ci_high min_effect pairs timing workloads sandbox hidden \
		hashes toolchain seeds judge_version judged_at; do
		grep -q "^  \"$key\": " "$X/verdict.json"
	done
	for key in uuid status candidate_us incumbent_us speedup; do
		[ "$(grep -c "^      \"$key\": " "$X/verdict.json")" = 2 ]
	done
}

@test "the same files give the same bytes, at any time and anywhere" {
	bench 1.0323 noise=0.0031
	confirm 1.0317 noise=0.0029
	run -0 decide -k kernels/k "$X"
	first=$output
	mkdir elsewhere
	cp -r kernels experiments elsewhere
	cd elsewhere
	run -0 decide -k "$PWD/kernels/k" "$PWD/$X/"
	[ "$output" = "$first" ]
}

@test "files that disagree are trouble" {
	bench 1.05
	confirm 1.05
	cp -r "$X" good
	check() {
		fails "$1"
		rm -r "$X"
		cp -r good "$X"
	}
	sed -i 's/exp_0001/exp_0009/' "$X/base.json"
	check "$X/base.json: of experiment exp_0009"
	sed -i 's/"kernel": "k"/"kernel": "l"/' "$X/base.json"
	check "$X/base.json: of kernel l"
	echo >>"$X/solution.c"
	check "$X/solution.c: not the source that base.json names*"
	sed -i 's/"kernel": "k"/"kernel": "l"/' "$X/build.json"
	check "$X/build.json: of kernel l"
	sed -i 's/"device": "cpu"/"device": "cuda"/' "$X/build.json"
	check "$X/build.json: for device cuda"
	sed -i "s/\(source_sha256\": \"\)[0-9a-f]*/\1$(hash x)/" "$X/build.json"
	check "$X/build.json: of another source *"
	sed -i 's/"kernel": "k"/"kernel": "l"/' "$X/verify.jsonl"
	check "$X/verify.jsonl:1: want kernel to be k, got 'l'"
	sed -i 's/"device": "cpu"/"device": "cuda"/' "$X/verify.jsonl"
	check "$X/verify.jsonl:1: want device to be cpu, got 'cuda'"
	sed -i 's/"judge_version": "3"/"judge_version": "0"/' "$X/verify.jsonl"
	check "$X/verify.jsonl:1: want judge_version to be 3, got '0'"
	sed -i 's/judge_version 3/judge_version 0/' "$X/bench.tsv"
	check "$X/bench.tsv: want note judge_version to be '3', got '0'"
	sed -i 's/device_name test/device_name other/' "$X/confirm.tsv"
	check "$X/confirm.tsv: want note device_name to be 'test', got 'other'"
	sed -i 's/\tu2\t/\tu3\t/' "$X/bench.tsv"
	check "$X/bench.tsv: workload u3 is not in $X/verify.jsonl"
	sed -i '/\tu2\t/d' "$X/bench.tsv"
	check "$X/bench.tsv: want 2 workloads in mode cold, got 1"
	sed -i 's/better/noisy/' "$X/compare.tsv"
	check "$X/compare.tsv: not what compare makes of $X/bench.tsv"
	sed -i '/seed/d' "$X/bench.tsv"
	check "$X/bench.tsv: want notes seed and started_at"
}

@test "a confirmation of what was not better is trouble" {
	bench 1
	confirm 1.05
	fails "$X/confirm.tsv: rows, but $X/bench.tsv is not better"
}

@test "settings or a definition that changed meanwhile are trouble, with the remedy" {
	bench 1.05
	confirm 1.05
	echo 'min_effect = 0.01' >kernels/k/settings
	fails "kernels/k/settings: changed since exp_0001 was proposed: make rejudge EXP=exp_0001"
	: >kernels/k/settings
	echo >>kernels/k/definition.json
	fails "kernels/k/definition.json: changed since *"
}

@test "what another device or driver measured than base.json names is trouble" {
	sed -i 's/"device": "cpu"/&, "device_name": "NVIDIA H100", "driver": "580.1"/' "$X/base.json"
	fails "$X/verify.jsonl: measured on test (-), but exp_0001 is judged on NVIDIA H100 (580.1): not comparable"
	sed -i 's/"device_name": "test", "driver": "-"/"device_name": "NVIDIA H100 MIG", "driver": "580.1"/' "$X/verify.jsonl"
	fails "$X/verify.jsonl: measured on NVIDIA H100 MIG*not comparable"
	sed -i 's/"NVIDIA H100 MIG", "driver": "580.1"/"NVIDIA H100", "driver": "580.2"/' "$X/verify.jsonl"
	fails "$X/verify.jsonl: measured on NVIDIA H100 (580.2)*not comparable"
}

@test "one driver measured all of it" {
	bench 1.05
	confirm 1.04
	sed -i '1i # driver 580.2' "$X/confirm.tsv"
	fails "$X/confirm.tsv: want note driver to be '-', got '580.2'"
}

@test "the verdict names the machines that measured, each once" {
	bench 1.05
	confirm 1.04
	sed -i '1s/"driver"/"node": "n1", &/' "$X/verify.jsonl"
	sed -i '1i # node n2' "$X/bench.tsv"
	sed -i '1i # node n1' "$X/confirm.tsv"
	decides accept -
	[ "$(value node)" = "n1, n2" ]
}

@test "a verification that is not whole is trouble" {
	bench 1
	cp "$X/verify.jsonl" whole
	head -2 whole >"$X/verify.jsonl"
	fails "$X/verify.jsonl:1: want 2 workloads, got 1"
	head -c -2 whole >"$X/verify.jsonl"
	fails "$X/verify.jsonl:3: want a line with its newline"
	sed 's/"finished": true/"finished": "budget"/' whole >"$X/verify.jsonl"
	fails "$X/verify.jsonl:1: the verification did not finish"
	{ cat whole; sed -n 2p whole; } >"$X/verify.jsonl"
	fails "$X/verify.jsonl:4: workload u1 again"
	: >"$X/verify.jsonl"
	fails "$X/verify.jsonl:1: *"
}

@test "missing files are named" {
	bench 1.05
	confirm 1.05
	for name in base.json build.json verify.jsonl bench.tsv compare.tsv \
		confirm.tsv; do
		mv "$X/$name" away
		fails "$X/$name: No such file or directory"
		mv away "$X/$name"
	done
	rm "$X/solution.c"
	fails "$X: no solution for cpu"
}

@test "truncated files and garbage are trouble, with file and line" {
	bench 1.05
	confirm 1.05
	for name in base.json build.json verify.jsonl bench.tsv confirm.tsv; do
		mv "$X/$name" away
		head -c -20 away >"$X/$name"
		fails "$X/$name:[0-9]*: *"
		head -c 3000 /dev/urandom >"$X/$name"
		fails "$X/$name:*"
		mv away "$X/$name"
	done
	echo x >>"$X/compare.tsv"
	fails "$X/compare.tsv: *"
}

@test "usage errors exit 2" {
	run -2 decide
	[[ "$output" == "usage: decide "* ]]
	run -2 decide "$X"
	run -2 decide -k kernels/k
	run -2 decide -k kernels/k a b
	run -2 decide -q
}

@test "a full disk and an unwritable folder are trouble" {
	bench 1
	confirm
	run -2 bash -c "decide -k kernels/k $X >/dev/full"
	run -2 decide -k kernels/k -o nowhere/verdict.json "$X"
	[[ "$output" == "decide: nowhere/verdict.json: "* ]]
}
