load setup
load experiment

# DISK_MB: raw samples of published experiments are compressed, builds that
# nobody used lately go, nothing else does.

setup() {
	cd "$BATS_TEST_TMPDIR"
	kernel
	export BUILD_HERE=$PWD/build
	mkdir -p build/cache
}

disk() {
	DISK_MB=$1 BUILD=$BUILD_HERE KERNEL=k EXPERIMENTS=experiments \
		"$ROOT/tools/disk.sh"
}

# An experiment that was judged and, as far as disk.sh sees, published.
published() {
	accepted "$1"
	decide -o "$X/verdict.json" -k kernels/k "$X"
	: >"$X/result.md"
}

# Room that is taken: FILE MEGABYTES.
fill() {
	mkdir -p "$(dirname "$1")"
	head -c "$2"M /dev/zero >"$1"
}

# An entry of the cache, last used so many MINUTES ago: NAME MINUTES MEGABYTES
entry() {
	fill "build/cache/$1/kernel.so" "$3"
	touch -d "$2 minutes ago" "build/cache/$1"
}

@test "without DISK_MB, and within it, nothing is touched" {
	published exp_0001
	entry old 6000 1
	DISK_MB= disk ''
	disk 100
	[ -e experiments/k/exp_0001/bench.tsv ] && [ -e build/cache/old ]
}

@test "above it the raw samples of published experiments are compressed" {
	published exp_0001
	accepted exp_0002
	fill build/cache/new/kernel.so 2
	cp -R experiments before
	run -0 disk 1
	for name in bench confirm; do
		[ ! -e experiments/k/exp_0001/$name.tsv ]
		gzip -dc experiments/k/exp_0001/$name.tsv.gz |
			cmp - before/k/exp_0001/$name.tsv
		[ -e experiments/k/exp_0002/$name.tsv ]
	done
	rm experiments/k/exp_0001/*.gz before/k/exp_0001/{bench,confirm}.tsv
	diff -r before experiments
}

@test "what was decided from samples is decided again from compressed ones" {
	published exp_0001
	compare -s kernels/k/settings "$X/bench.tsv" >table
	gzip -n "$X/bench.tsv" "$X/confirm.tsv"
	decide -o again.json -k kernels/k "$X"
	cmp "$X/verdict.json" again.json
	compare -s kernels/k/settings "$X/bench.tsv" | cmp table -
	grep -q "\"bench.tsv\": \"$(gzip -dc "$X/bench.tsv.gz" | sha256sum | cut -c -64)\"" again.json
}

@test "compressed samples that were tampered with change the verdict, and audit says so" {
	published exp_0001
	sed -i '20s/\t4\t[0-9]*/\t4\t99/' "$X/confirm.tsv"
	gzip -n "$X/confirm.tsv"
	run -1 audit -k kernels/k -e experiments/k
	[[ $output == *"exp_0001: verdict.json is not what its files say"* ]]
}

@test "the plain file is read where both are there, as a kill may leave them" {
	published exp_0001
	cp "$X/bench.tsv" plain
	echo nonsense | gzip >"$X/bench.tsv.gz"
	compare "$X/bench.tsv" >/dev/null
	fill build/cache/new/kernel.so 2
	run -0 disk 1
	gzip -dc "$X/bench.tsv.gz" | cmp plain -
}

@test "a compressed file that is cut, or none, is trouble that names it" {
	published exp_0001
	gzip -n "$X/bench.tsv"
	cp "$X/bench.tsv.gz" whole
	for size in 0 5 100 $(($(wc -c <whole) - 1)); do
		head -c "$size" whole >"$X/bench.tsv.gz"
		run -2 compare "$X/bench.tsv"
		[ "$output" = "compare: $X/bench.tsv.gz: Bad message" ]
	done
	cat whole whole >"$X/bench.tsv.gz"
	run -2 compare "$X/bench.tsv"
	echo 'plain text' >"$X/bench.tsv.gz"
	run -2 compare "$X/bench.tsv"
	head -c 100M /dev/zero | gzip -n1 >"$X/bench.tsv.gz"
	run -2 compare "$X/bench.tsv"
	[ "$output" = "compare: $X/bench.tsv.gz: File too large" ]
	rm "$X/bench.tsv.gz"
	run -2 compare "$X/bench.tsv"
	[ "$output" = "compare: $X/bench.tsv: No such file or directory" ]
}

@test "builds go, the longest unused first, until there is room" {
	entry oldest 9000 2
	entry older 8000 2
	entry old 7000 2
	run -0 disk 5
	[ ! -e build/cache/oldest ]
	[ -e build/cache/older ] && [ -e build/cache/old ]
	[ -z "$output" ]
}

@test "a build of the last hour stays, which is said" {
	entry old 61 1
	entry now 1 3
	run -0 disk 2
	[ ! -e build/cache/old ] && [ -e build/cache/now ]
	[[ $output == "disk: more than DISK_MB=2: what "*" served in the last hour stays" ]]
}

@test "a build that is used is new again" {
	mkdir -p kernels/k
	cp -r "$ROOT/kernels/include" kernels/
	cp "$ROOT/tests/tiny/kernels/scale/solution.c" kernels/k/
	build_it() { build-kernel -c build/cache -d cpu -o "$1" kernels/k kernels/k/solution.c; }
	build_it a.json
	for to in a.json b.json; do
		touch -d '2 days ago' build/cache/*/
		build_it $to
		[ -n "$(find build/cache -mindepth 1 -maxdepth 1 -mmin -1)" ]
	done
}

@test "an agent's room goes when its experiment is published, not before" {
	published exp_0001
	accepted exp_0002
	fill build/agent/k/exp_0001/room/big 2
	fill build/agent/k/exp_0002/room/big 2
	mkdir build/agent/k/exp_0001/closed
	chmod 000 build/agent/k/exp_0001/closed
	disk 1
	[ ! -e build/agent/k/exp_0001 ] && [ -e build/agent/k/exp_0002/room/big ]
}

@test "records that are more than DISK_MB alone end the run, and all stay" {
	published exp_0001
	fill experiments/k/exp_0001/solution.c 2
	entry old 6000 1
	run -1 disk 1
	[ "$output" = "disk: experiments/k: takes more than DISK_MB=1 alone, and records stay" ]
	[ -e experiments/k/exp_0001/solution.c ] && [ ! -e build/cache/old ]
}

@test "a disk that is full while samples are compressed costs none" {
	published exp_0001
	cp "$X/bench.tsv" plain
	fill build/cache/new/kernel.so 2
	run bash -c 'ulimit -f 0; trap "" XFSZ; DISK_MB=1 BUILD=$PWD/build KERNEL=k EXPERIMENTS=experiments "$1"' _ "$ROOT/tools/disk.sh"
	[ "$status" -eq 2 ]
	cmp plain "$X/bench.tsv"
	[ -z "$(ls "$X" | grep -E 'gz|packed')" ]
	run -0 disk 1
	gzip -dc "$X/bench.tsv.gz" | cmp plain -
}

@test "DISK_MB that is no number is refused" {
	for bad in 0 1.5 1G -1 many 010; do
		run -2 disk "$bad"
		[ "$output" = "disk: DISK_MB=$bad: want megabytes, a number" ]
	done
}
