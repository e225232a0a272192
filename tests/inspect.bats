load setup

# What workload-profile says of workloads, and of stored tensors in particular.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p k workloads blob
	cat >k/definition.json <<-'JSON'
	{
	  "name": "gather",
	  "op_type": "attention",
	  "axes": {"n": {"type": "var"}, "len": {"type": "var"}, "w": {"type": "const", "value": 4}},
	  "inputs": {
	    "x": {"shape": ["n", "w"], "dtype": "float32"},
	    "offsets": {"shape": ["len"], "dtype": "int32"},
	    "rows": {"shape": ["n", "w"], "dtype": "int64"}
	  },
	  "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
	  "reference": "def run(x, offsets, rows):\n    pass\n"
	}
	JSON
	printf 'int x;\n' >k/solution.c
	: >k/settings
}

# number N WIDTH: little-endian.
number() {
	local i
	for ((i = 0; i < $2; i++)); do
		# shellcheck disable=SC2059
		printf "\\x$(printf %02x $(($1 >> (8 * i) & 255)))"
	done
}

# tensor NAME DTYPE SHAPE WIDTH NUMBER...: a file blob/NAME
tensor() {
	local name=$1 dtype=$2 shape=$3 width=$4 header
	shift 4
	header="{\"t\":{\"dtype\":\"$dtype\",\"shape\":[$shape],\"data_offsets\":[0,$(($# * width))]}}"
	{
		number ${#header} 8
		printf %s "$header"
		for n; do number "$n" "$width"; done
	} >"blob/$name"
}

# workload UUID N LEN: stored tensors blob/UUID.offsets, blob/UUID.rows
workload() {
	echo "{\"definition\": \"gather\", \"workload\": {\"uuid\": \"$1\", \"axes\": {\"n\": $2, \"len\": $3}, \"inputs\": {\"x\": {\"type\": \"random\"}, \"offsets\": {\"type\": \"safetensors\", \"path\": \"blob/$1.offsets\", \"tensor_key\": \"t\"}, \"rows\": {\"type\": \"safetensors\", \"path\": \"blob/$1.rows\", \"tensor_key\": \"t\"}}}}"
}

profile() {
	run -0 workload-profile -k k "$@" workloads/gather.jsonl
}

has() {
	[[ $output == *"$1"* ]] || {
		echo "want: $1"
		echo "$output"
		return 1
	}
}

one() {
	workload a 3 4 >workloads/gather.jsonl
	tensor a.offsets I32 4 4 0 1 2 12
	tensor a.rows I64 3,4 8 5 6 7 8 1 2 -1 -1 1 -1 -1 -1
}

@test "offsets are taken for lengths, with their skew" {
	one
	profile
	has '3 lengths, min 1, median 1, mean 4.0, max 10; the longest is at most 2.5 times'
	has 'lever: ragged (2.5): divide the work by real lengths'
	has '4 elements from 0 to 12;'
}

@test "padding, steps, different numbers and valid lengths of rows are counted" {
	one
	profile
	# 12 elements, 5 of them -1; pairs 3 + 1, all +1; 1 2 5 6 7 8 of 7
	has '12 elements from 1 to 8; padding (below 0) 41.7 %; steps of +1 in a row 100.0 %; distinct 85.7 %'
	has 'valid in a row: 3 lengths, min 1, median 2, mean 2.3, max 4'
	has 'lever: 42 % is padding'
	has 'lever: 100 % of the steps are +1: load runs'
}

@test "rows that are read again and again are said to be" {
	one
	tensor a.rows I64 3,4 8 9 9 9 9 9 9 9 9 9 9 9 3
	profile
	has 'lever: each row is read 6.0 times'
	[[ $output != *"% is padding"* ]]
}

@test "of what is read by rows the rows count that a stored index names" {
	workload a 25 4 >workloads/gather.jsonl
	tensor a.offsets I32 4 4 0 1 2 100
	# shellcheck disable=SC2046
	tensor a.rows I64 25,4 8 $(seq 10) $(yes 3 | head -n 90)
	profile
	has '| 10^3 bytes | 1 |' # 1316
	echo 'gather.x = rows 16' >k/settings
	profile
	has '| 10^3 bytes | 1 |' # 1076
	echo 'gather.x = rows 8' >k/settings
	profile
	has '| 10^2 bytes | 1 |' # 996
	rm blob/a.rows # then every place may name another
	profile
	has '| 10^3 bytes | 1 |'
}

@test "axes have a histogram, and the fixed ones a line" {
	one
	workload b 1 4 >>workloads/gather.jsonl
	workload c 900 4 >>workloads/gather.jsonl
	profile
	has '| `n` | 1 | 3 | 301.3 | 900 | 3 | 1: 1, 3: 1, 900: 1 |'
	has '| `len` | 4 | 4 | 4.0 | 4 | 1 | 4: 3 |'
	has 'Fixed: `w` = 4;'
	has '10^1 bytes, `n` = 1'
}

@test "files that are not there are counted, and so are damaged ones" {
	one
	workload b 3 4 >>workloads/gather.jsonl
	workload c 3 4 >>workloads/gather.jsonl
	head -c 30 blob/a.offsets >blob/b.offsets
	ln -s a.offsets blob/c.offsets
	profile
	has '`offsets`: 3 workloads store it; 0 files are not here, 2 cannot be read: `'
	has '`rows`: 3 workloads store it; 2 files are not here'
}

@test "a tensor of another type or name than asked for is damaged" {
	one
	tensor a.offsets I64 4 8 0 1 2 3
	profile
	has '1 cannot be read: `no tensor of that name and type in it`'
	tensor a.offsets I32 4 4 0 1 2 3
	sed -i 's/"tensor_key": "t"/"tensor_key": "u"/' workloads/gather.jsonl
	profile
	has '`offsets`: 1 workloads store it; 0 files are not here, 1 cannot be read'
}

@test "numbers at the ends of their type, and empty tensors, do no harm" {
	one
	tensor a.rows I64 2,2 8 9223372036854775807 -9223372036854775808 0 9223372036854775807
	tensor a.offsets I32 0 4
	profile
	has '4 elements from 0 to 9223372036854775807; padding (below 0) 25.0 %'
	has '`offsets`: 1 workloads store it; 0 files are not here'
	tensor a.rows I64 0,4 8
	profile
}

@test "without a measurement shares are of bytes, and the page says so" {
	one
	profile
	has 'was never measured here: shares are of the bytes'
	has 'Bandwidth: 20 GB/s, nominal, not measured.'
	profile -d cuda
	has 'Bandwidth: 3000 GB/s, nominal, not measured.'
	profile -b 123.5
	has 'Bandwidth: 123.5 GB/s, as it was given.'
}

# record OUTCOME US: an experiment in which k/solution.c was the incumbent
record() {
	local hash
	hash=$(sha256sum <k/solution.c | cut -d ' ' -f 1)
	mkdir -p e/exp_0001
	cp "$ROOT/tests/fixtures/cpu/gemm_n128_k2048/exp_0002/verdict.json" e/exp_0001/
	sed -i 's/"uuid": "f6fadfa7[^"]*"/"uuid": "a"/' e/exp_0001/verdict.json
	sed -n 2p "$ROOT/tests/fixtures/cpu/gemm_n128_k2048/ledger.jsonl" |
		sed "s/exp_0002/exp_0001/; s/\"incumbent_source_sha256\": \"[0-9a-f]*\"/\"incumbent_source_sha256\": \"$hash\"/" >e/ledger.jsonl
}

@test "where the incumbent was measured, shares are of its time, and say whence" {
	one
	record
	workload b 30000 4 >>workloads/gather.jsonl
	profile -e e
	has 'Shares are of the incumbent'"'"'s time in exp_0001, on `'
	has '1 of 2 workloads were measured.'
	has '| 100.0 % |'
	has '| 1 | - | - |'
	# another source was never measured
	echo >>k/solution.c
	profile -e e
	has 'never measured here'
}

@test "a broken record is trouble, not a page without times" {
	one
	record
	echo '{' >e/exp_0001/verdict.json
	run -2 workload-profile -k k -e e -o page workloads/gather.jsonl
	[[ $output == *"e/exp_0001/verdict.json:"* ]]
	[ ! -e page ]
}

@test "the classes of a matrix product know its operations" {
	mkdir g
	cp "$ROOT/kernels/gemm_n128_k2048/definition.json" g/
	: >g/settings
	run -0 workload-profile -d cuda -b 100 -k g "$ROOT/workloads/gemm_n128_k2048.jsonl"
	has 'arithmetic: 119 operations a byte'
	has 'memory: 0.529 MB a call take 5.29 us at this bandwidth'
	run -0 workload-profile -d cuda -k g "$ROOT/workloads/gemm_n128_k2048.jsonl"
	has 'launch and latency:'
}

@test "long names of the definition are cut" {
	one
	long=$(printf 'x%.0s' {1..100000})
	sed -i "s/\"rows\"/\"rows$long\"/" k/definition.json workloads/gather.jsonl
	profile
	grep -qE '`rowsx{20,60}\.\.\.`' <<<"$output"
	[ "${#output}" -lt 8192 ]
}

@test "thousands of workloads give a page of bounded size, the same each time" {
	for ((i = 0; i < 3000; i++)); do
		workload "w$i" $((i * i + 1)) $((i % 7 + 1))
	done >workloads/gather.jsonl
	run -0 workload-profile -k k -o one workloads/gather.jsonl
	run -0 workload-profile -k k -o two workloads/gather.jsonl
	cmp one two
	[ "$(wc -c <one)" -le 8192 ]
	grep -q '3000 workloads store it; 3000 files are not here' one
}

@test "hundreds of axes and tensors are left out after the first, and counted" {
	{
		echo '{"name": "gather", "op_type": "x", "axes": {"n": {"type": "var"}'
		for ((i = 0; i < 300; i++)); do echo ", \"v$i\": {\"type\": \"var\"}"; done
		echo '}, "inputs": {"x": {"shape": ["n"], "dtype": "float32"}'
		for ((i = 0; i < 300; i++)); do echo ", \"x$i\": {\"shape\": [\"v$i\"], \"dtype\": \"int32\"}"; done
		echo '}, "outputs": {"y": {"shape": ["n"], "dtype": "float32"}}, "reference": "def run(x):\n    pass\n"}'
	} >k/definition.json
	{
		printf '{"definition": "gather", "workload": {"uuid": "a", "axes": {"n": 2'
		for ((i = 0; i < 300; i++)); do printf ', "v%s": 1' $i; done
		printf '}, "inputs": {"x": {"type": "random"}'
		for ((i = 0; i < 300; i++)); do printf ', "x%s": {"type": "random"}' $i; done
		echo '}}}'
	} >workloads/gather.jsonl
	profile
	has '289 more are left out.'
	[ "${#output}" -le 8192 ]
}

@test "a missing or malformed document is trouble that names it" {
	one
	run -2 workload-profile -k none workloads/gather.jsonl
	[ "$output" = "workload-profile: none/definition.json: No such file or directory" ]
	run -2 workload-profile -k k none
	[ "$output" = "workload-profile: none: No such file or directory" ]
	echo '{"definition": "other"}' >workloads/gather.jsonl
	run -2 workload-profile -k k workloads/gather.jsonl
	[[ $output == "workload-profile: workloads/gather.jsonl:1: "* ]]
}

@test "options that make no sense are refused" {
	one
	run -2 workload-profile -k k -d gpu workloads/gather.jsonl
	[ "$output" = "workload-profile: gpu: unknown device; want cpu or cuda" ]
	for b in 0 -1 nan inf 1e9 x ''; do
		run -2 workload-profile -k k -b "$b" workloads/gather.jsonl
		[[ $output == "workload-profile: -b: want GB/s"* ]]
	done
}

@test "a page is written whole or not at all" {
	one
	run -2 bash -c 'workload-profile -k k workloads/gather.jsonl >/dev/full'
	run -2 workload-profile -k k -o none/page workloads/gather.jsonl
	echo before >page
	run -2 workload-profile -k k -o page none
	[ "$(cat page)" = before ]
	run -0 workload-profile -k k -o page workloads/gather.jsonl
	[ -z "$output" ]
	[ "$(tail -c 1 page)" = "" ]
}

@test "all public workloads have a page of bounded size" {
	shared=${RATCHET_SHARED:-$ROOT/../shared}/data/flashinfer_trace
	[ -d "$shared" ] || skip "no public data"
	count=0
	for list in "$shared"/workloads/*/*.jsonl; do
		name=$(basename "$list" .jsonl)
		rm -rf one
		mkdir one
		cp "$shared"/definitions/*/"$name".json one/definition.json
		: >one/settings
		workload-profile -d cuda -k one -o page.md "$list"
		[ "$(wc -c <page.md)" -le 8192 ]
		grep -q '^| 10^' page.md
		count=$((count + 1))
	done
	[ "$count" = 26 ]
}

@test "make inspect writes the page of a kernel beside its records" {
	run -0 make -s -C "$ROOT" inspect DEVICE=cpu EXPERIMENTS="$PWD/x" KERNEL=rmsnorm_h4096
	has 'rmsnorm_h4096: 14 workloads, on cpu'
	cmp <(echo "$output") x/rmsnorm_h4096/workload_profile.md
	run -2 make -s -C "$ROOT" inspect DEVICE=cpu KERNEL=none
}
