load setup

# tests/malformed has strangers' documents that are wrong, each in one way, and
# in expected.tsv what is to be said of each after its name.
setup() {
	PATH=$BUILD/tests:$PATH
	corpus=$BATS_TEST_DIRNAME/malformed
	cd "$BATS_TEST_TMPDIR"
}

check() { # KIND FILE
	if [ "$1" = workload ]; then
		data-check workload "$corpus/matmul.json" "$2"
	else
		data-check "$1" "$2"
	fi
}

@test "every malformed file is refused with what is expected, and status 2" {
	cd "$corpus"
	wrong=0
	while IFS=$'\t' read -r file words; do
		run check "${file%%/*}" "$file"
		[ "$status" -eq 2 ] && [ "$output" = "data-check: $file$words" ] || {
			echo "$file: status $status, $output"
			wrong=1
		}
	done <expected.tsv
	[ $wrong -eq 0 ]
}

@test "the corpus is whole: every file has a row, 100 messages are of one's own" {
	cd "$corpus"
	find definition workload solution safetensors -type f | LC_ALL=C sort |
		diff - <(cut -f1 expected.tsv | LC_ALL=C sort)
	[ "$(wc -l <expected.tsv)" -ge 150 ]
	[ "$(cut -f2 expected.tsv | sed 's/^:[0-9]*//' | sort -u | wc -l)" -ge 100 ]
}

@test "what the corpus was made from is right" {
	data-check definition "$corpus/matmul.json"
}

@test "documents of more than 64 MB are refused without being read" {
	truncate -s 65M big
	for kind in definition workload solution; do
		run -2 check $kind big
		[ "$output" = "data-check: big: File too large" ]
	done
}

@test "a header that says it is a terabyte is no reason to read one" {
	printf '\0\0\0\0\0\1\0\0{}' >t
	truncate -s 2T t 2>/dev/null || skip "no sparse files here"
	run -2 check safetensors t
	[ "$output" = "data-check: t: no safetensors: want a header of 1099511627776 bytes" ]
}

@test "a folder, a pipe, a device and nothing at all are no documents" {
	mkdir folder
	mkfifo pipe
	for kind in definition workload solution safetensors; do
		for file in folder pipe /dev/zero nothing; do
			run -2 timeout 5 bash -c "$(declare -f check); corpus='$corpus' check $kind $file"
			[[ $output == "data-check: $file: "* ]]
		done
	done
}

@test "nesting is refused before it can end the stack" {
	{
		head -c 30000000 /dev/zero | tr '\0' '['
	} >deep
	for kind in definition workload solution; do
		run -2 check $kind deep
		[ "$output" = "data-check: deep:1: nested more than 64 deep" ]
	done
}
