load setup
load experiment

setup() {
	cd "$BATS_TEST_TMPDIR"
	kernel
	E=experiments/k
}

# publish: decides the experiment and does what snapshot does
publish() {
	local line
	decide -k kernels/k -o "$X/verdict.json" "$X" || [ $? = 1 ]
	[ -e $E/shipped.c ] || cp kernels/k/solution.c $E/shipped.c
	line=$(awk -F'"' '
		FILENAME ~ /verdict/ && /^  "(experiment|device|outcome|reason)"/ {
			printf "\"%s\": \"%s\", ", $2, $4
		}
		FILENAME ~ /verdict/ && /^  "speedup"/ {
			printf "\"speedup\"%s ", $3
		}
		FILENAME ~ /verdict/ && /^    "source"/ {
			printf "\"source_sha256\": \"%s\", ", $4
		}
		FILENAME ~ /verdict/ && /^    "incumbent_source"/ {
			printf "\"incumbent_source_sha256\": \"%s\", ", $4
		}' "$X/verdict.json")
	echo "{$line\"knobs\": {}}" >>$E/ledger.jsonl
	if grep -q '"outcome": "accept"' "$X/verdict.json"; then
		cp "$X/solution.c" kernels/k/solution.c
	fi
	: >"$X/result.md"
}

rejected() {
	base "$1"
	build ok "$1"
	verify wrong
}

# Two accepted, one rejected between them.
history() {
	accepted exp_0001
	publish
	rejected exp_0002
	publish
	accepted exp_0003
	publish
}

audits() {
	run -0 audit -k kernels/k -e $E "$@"
}

# finds PATTERN: audit's answer is no, with a line like it
finds() {
	run -1 audit -k kernels/k -e $E
	grep -qE "^$1" <<<"$output" || {
		echo "$output"
		return 1
	}
}

@test "an honest history has no problems, and its chain is printed" {
	history
	audits
	[ "${lines[0]}" = "cpu: shipped -> exp_0001 (1.040) -> exp_0003 (1.040)" ]
	[ "${lines[1]}" = "3 verdicts decided again, 0 passed over, 0 problems" ]
}

@test "no history at all has no problems" {
	audits
	[ "${lines[0]}" = "$E: no experiments yet" ]
	mkdir -p $E
	audits
	[ "$output" = "0 verdicts decided again, 0 passed over, 0 problems" ]
}

@test "an experiment that is not finished is no problem" {
	history
	accepted exp_0004
	audits
	decide -k kernels/k -o "$X/verdict.json" "$X"
	audits
}

@test "another device's history is left alone" {
	history
	audits -d cuda
	[ "$output" = "0 verdicts decided again, 0 passed over, 0 problems" ]
}

@test "one changed byte of a verdict is found" {
	history
	sed -i 's/"speedup": 1.04,/"speedup": 1.05,/' $E/exp_0001/verdict.json
	finds "exp_0001: verdict.json is not what its files say"
	[[ "$output" == *"2 problems"* ]] # the ledger differs, too
}

@test "one changed measurement is found" {
	history
	sed -i '20s/\t4\t[0-9]*/\t4\t99/' $E/exp_0001/bench.tsv
	finds "exp_0001: verdict.json is not what its files say"
	sed -i 's/\tcandidate\(.*\)\t4\t[0-9]*/\tcandidate\1\t4\t99/' $E/exp_0001/bench.tsv
	finds "exp_0001: cannot be decided: $E/exp_0001/compare.tsv: "
}

@test "a changed confirmation is found" {
	history
	sed -i '20s/\t4\t[0-9]*/\t4\t99/' $E/exp_0001/confirm.tsv
	finds "exp_0001: verdict.json is not what its files say"
}

@test "a changed source is found" {
	history
	echo >>$E/exp_0002/solution.c
	finds "exp_0002: cannot be decided: $E/exp_0002/solution.c: "
}

@test "a lost measurement is found" {
	history
	rm $E/exp_0003/confirm.tsv
	finds "exp_0003: cannot be decided: .*: No such file or directory"
}

@test "a ledger that says something else is found" {
	history
	sed -i '2s/wrong/died/' $E/ledger.jsonl
	finds "exp_0002: the ledger says reject died"
}

@test "a published experiment that is not in the ledger is found" {
	history
	sed -i 2d $E/ledger.jsonl
	finds "exp_0002: published, but not in the ledger"
}

@test "a ledger line without an experiment is found" {
	history
	rm -r $E/exp_0002
	finds "exp_0002: in the ledger, without a verdict"
}

@test "an incumbent that was edited by hand is found" {
	history
	echo >>kernels/k/solution.c
	finds "kernels/k/solution.c: not the last accepted source: "
}

@test "a gap in the chain is found" {
	history
	sed -i 1d $E/ledger.jsonl
	rm -r $E/exp_0001
	finds "$E/shipped.c: not what the first experiment was measured against"
}

@test "an accept in place of what did not stand then is found" {
	accepted exp_0001
	publish
	cp $E/shipped.c kernels/k/solution.c
	accepted exp_0002
	publish
	finds "exp_0002: took the place of a source that did not stand then"
}

@test "a measurement against what never stood is found" {
	accepted exp_0001
	publish
	echo 'int other;' >kernels/k/solution.c
	rejected exp_0002
	publish
	finds "exp_0002: measured against a source that never stood"
}

@test "adopting and going back are links of the chain" {
	history
	was=$(sha256sum <kernels/k/solution.c | cut -c1-64)
	echo 'int by_hand;' >kernels/k/solution.c
	now=$(sha256sum <kernels/k/solution.c | cut -c1-64)
	echo "{\"experiment\": \"exp_0004\", \"device\": \"cpu\", \"outcome\": \"adopt\", \"reason\": \"-\", \"speedup\": null, \"source_sha256\": \"$now\", \"incumbent_source_sha256\": \"$was\", \"knobs\": {}}" >>$E/ledger.jsonl
	audits
	shipped=$(sha256sum <$E/shipped.c | cut -c1-64)
	cp $E/shipped.c kernels/k/solution.c
	finds "kernels/k/solution.c: not the last accepted source"
	echo "{\"experiment\": \"shipped\", \"device\": \"cpu\", \"outcome\": \"revert\", \"reason\": \"-\", \"speedup\": null, \"source_sha256\": \"$shipped\", \"incumbent_source_sha256\": \"$now\", \"knobs\": {}}" >>$E/ledger.jsonl
	audits
	[[ "${lines[0]}" == *" -> exp_0004 (adopt) -> shipped (revert)" ]]
}

@test "settings that changed since are passed over, and said" {
	history
	echo 'min_effect = 0.1' >kernels/k/settings
	audits
	[ "${lines[0]}" = "exp_0001: not replayed: settings or definition changed since" ]
	[[ "${lines[4]}" == "0 verdicts decided again, 3 passed over, 0 problems" ]]
}

@test "what another version of the judge decided is passed over, and said" {
	history
	sed -i 's/"judge_version": "[^"]*"/"judge_version": "0"/' \
		$E/exp_0001/verdict.json
	audits
	[ "${lines[0]}" = "exp_0001: not replayed: judged by other rules (judge_version)" ]
	[[ "${lines[2]}" == "2 verdicts decided again, 1 passed over, 0 problems" ]]
	# but for what it says beside
	sed -i '1s/accept/reject/' $E/ledger.jsonl
	finds "exp_0001: the ledger says reject"
}

@test "no version at all is no other version" {
	history
	sed -i '/"judge_version"/d' $E/exp_0002/verdict.json
	finds "exp_0002: verdict.json is not what its files say"
}

@test "a broken ledger, verdict or base is trouble or found" {
	history
	echo '{' >>$E/ledger.jsonl
	run -2 audit -k kernels/k -e $E
	[[ "$output" == "audit: $E/ledger.jsonl:4: "* ]]
	sed -i '$d' $E/ledger.jsonl
	echo >$E/exp_0002/verdict.json
	finds "exp_0002: $E/exp_0002/verdict.json:"
	echo '{}' >$E/exp_0002/base.json
	finds "exp_0002: $E/exp_0002/base.json:"
}

@test "usage errors exit 2" {
	run -2 audit
	[[ "$output" == "usage: audit "* ]]
	run -2 audit -k kernels/k
	run -2 audit -e $E -k kernels/k -d tpu
	run -2 audit -e $E -k kernels/k more
}

@test "a full disk is trouble" {
	history
	run -2 bash -c "audit -k kernels/k -e $E >/dev/full"
}
