#!/bin/sh
# gpu.sh - checks the CUDA side of the judge on a machine with a GPU
#
#	tests/gpu.sh build	compile the tools and the test kernels (needs
#				nvcc, no GPU)
#	tests/gpu.sh run [name...]	run them, or some (needs a GPU, no nvcc);
#				exit 1 if a check fails
#	tests/gpu.sh cupti	print the judge's times beside CUPTI's (needs
#				a GPU, and libcupti to build and to run)
#	tests/gpu.sh flush	print how a kernel that asks for its input to
#				stay in the L2 compares with one that does not
#
# Environment: BUILD (build), GPU_WORK ($BUILD/gpu), ARCH (sm_90), SANDBOX.
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
WORK=${GPU_WORK:-$BUILD/gpu} # beneath this folder
BIN=$WORK/bin
ARCH=${ARCH:-sm_90}
KERNELS=tests/kernels

# variant, flags of cuda-drive, the reason that every workload must get
checks='honest -w ok
honest - ok
two_launches - ok
copies - ok
cluster - ok
shared_memory - ok
tensor_map - ok
cooperative - ok
dependent - ok
forked - ok
counters - ok
constants - ok
many_globals - ok
honest -mwarm ok
honest -mgraph ok
two_launches -mgraph ok
forked -mgraph ok
dependent -mgraph ok
memo_global - ok
memo_scratch - ok
memo_shared - ok
memo_shared_all - ok
memo_reserved - ok
memo_cluster - ok
memo_local - ok
memo_local_end - ok
memo_local_deep - launch-error
memo_large - ok
memo_rest - ok
memo_global -mgraph wrong
memo_scratch -mwarm ok
evict_last - ok
launches - device-state
races - ok
reads_unwritten - ok
honest -zmemcheck,-s1 ok
honest -zracecheck,-s1 ok
honest -zinitcheck,-s1 ok
honest -zsynccheck,-s1 ok
counters -zinitcheck,-s0 ok
two_launches -zinitcheck,-s0 ok
shared_memory -zracecheck,-s0 ok
shared_outside -zmemcheck,-s0 red-zone
races -zracecheck,-s0 flaky
reads_unwritten -zinitcheck,-s0 flaky
gather - ok
gather_few - floor
gather_undeclared - floor
topk - ok
topk -w ok
topk -mwarm ok
topk -mgraph ok
topk_reversed - ok
topk_twice - wrong
topk_reach - wrong
topk_far - wrong
topk_one - wrong
topk_unpadded - wrong
topk_unwritten - wrong
topk_nan - nonfinite
topk_beside - red-zone
packed - ok
packed -w ok
packed -mgraph ok
packed_wants - ok
packed_unscaled - wrong
packed_many -n1 ok
wrong_element - wrong
unwritten - unwritten
nothing - unwritten
nan_element - nonfinite
outside - red-zone
mutate -w input-mutated
mutate - launch-error
stray - launch-error
trap - launch-error
hang - timeout
dirty - scratch-dirty
device_malloc - device-state
prints - ok
big_globals - device-state
too_much - unsupported
host_sync - unsupported
host_read - unsupported
host_callback - unsupported
host_malloc - unsupported
other_stream - unsupported
no_launch - unsupported
dies - died
sleeps - timeout
fails - unsupported'

# variant, and what is said of its reference, which is itself
refusals='topk_unviewed the reference of topk_rows exports evaluate, but no view.OUTPUT
topk_no_view has no RATCHET_EXPORT_AS(evaluate, ...)
topk_half scores: wrong element type
packed_mixed inputs does not do the same each time, row by row
packed_writes or its run writes to them
packed_fails inputs, workload p1: run returned -1: ValueError: cannot make them'

kernel_of() { # variant
	case $1 in
	topk*) echo topk_rows ;;
	packed*) echo packed_rows ;;
	gather*) echo gather_rows ;;
	*) echo affine_n ;;
	esac
}

compile() { # variant
	flags="-std=c++17 -O2 -arch=$ARCH -Ikernels/include -DVARIANT=$1"
	case $1 in
	big_globals) flags="$flags -DVARIANT_IS_BIG=1" ;;
	launches) flags="$flags -DVARIANT_LAUNCHES=1 -rdc=true" ;;
	gather_few) flags="$flags -DFEW=1" ;;
	topk_no_view) flags="$flags -DVARIANT_HAS_NO_VIEW=1" ;;
	esac
	source=$(ls "$KERNELS/$(kernel_of "$1")"/*.cu)
	# shellcheck disable=SC2086
	nvcc $flags -shared -Xcompiler -fPIC -cudart static \
		-o "$WORK/$1.so" "$source" &&
		nvcc $flags -cubin -o "$WORK/$1.cubin" "$source" ||
		echo "gpu.sh: $1 does not compile" >&2
}

# One folder a candidate, with the honest kernel beside it.
job() { # variant [incumbent]
	dir=$WORK/job-$1
	kernel=$KERNELS/$(kernel_of "$1")
	honest=${2:-honest}
	rm -rf "$dir"
	mkdir -p "$dir"
	cp "$kernel/definition.json" "$kernel/workloads.jsonl" \
		"$kernel/settings" "$dir/" || return
	case $1 in
	gather_undeclared) sed -i /^gather/d "$dir/settings" ;;
	topk_unviewed) sed -i /^view/d "$dir/settings" ;;
	topk_half) sed -i 's/= float32/= float16/' "$dir/settings" ;;
	topk_unpadded) sed -i '/"n5"/!d' "$dir/workloads.jsonl" ;;
	topk_one) sed -i '/"n5"/d' "$dir/workloads.jsonl" ;;
	packed_many) # 96 MiB each
		for i in $(seq 128); do
			sed -n "1s/p1\"/many$i\"/; 1s/\"pages\": 1/\"pages\": $((762500 + i))/p" \
				"$kernel/workloads.jsonl"
		done >"$dir/workloads.jsonl"
		;;
	esac
	case $1 in
	topk*) honest=${2:-topk} ;;
	packed*) honest=${2:-packed} ;;
	gather*)
		honest=gather
		mkdir -p "$dir/blob"
		ln -f "$WORK/gather.safetensors" "$dir/blob/"
		;;
	esac
	for i in so cubin; do
		ln -f "$WORK/$1.$i" "$dir/candidate.$i"
		ln -f "$WORK/$honest.$i" "$dir/incumbent.$i"
	done
	ln -f "$WORK/$honest.so" "$dir/reference.so"
	printf 'phase = verify\ndevice = cuda\nnonce = 00000000000000000000000000000000\nseed = 0x%s\nbudget_s = 60\n' \
		"$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')" >"$dir/job"
}

build() {
	make -s tools "$BUILD/tests/cuda-drive" "$BUILD/tests/generate-check" \
		"$BUILD/tests/gather-blob" || exit 2
	# A program looks for the others beside itself.
	mkdir -p "$BIN"
	for i in tests/cuda-drive tests/generate-check launcher capture \
		device.fatbin enter judge compare; do
		cp "$BUILD/$i" "$BIN/" || exit 2
	done
	[ -e "$WORK/gather.safetensors" ] ||
		"$BUILD/tests/gather-blob" "$WORK/gather.safetensors" || exit 2
	nvcc -O2 -arch="$ARCH" -o "$BIN/hog" tests/gpu/hog.cu || exit 2
	cc -O2 -fPIC -shared -I/usr/local/cuda/include -o "$BIN/inject.so" \
		tests/gpu/inject.c -L/usr/local/cuda/lib64 \
		-L/usr/local/cuda/extras/CUPTI/lib64 -lcupti -lpthread ||
		echo "gpu.sh: no CUPTI here: no comparison with it" >&2
	list=$(printf '%s\n' "$checks" "$refusals" | cut -d' ' -f1 | sort -u)
	started=0
	for v in $list; do
		[ -n "$(find "$WORK/$v.cubin" \
			-newer "$(ls "$KERNELS/$(kernel_of "$v")"/*.cu)" \
			-newer kernels/include/ratchet.h \
			-newer "$KERNELS/affine_n/memo.h" 2>/dev/null)" ] &&
			continue
		compile "$v" &
		started=$((started + 1))
		[ $((started % $(nproc))) -ne 0 ] || wait
	done
	wait
	build_attacks
}

check() { # variant flags reason
	flags=$(echo "$2" | tr ',' ' ')
	job "$1"
	[ "$flags" = - ] && flags=
	out=$WORK/$1$2.out
	# shellcheck disable=SC2086
	timeout 60 "$BIN/cuda-drive" $flags "$WORK/job-$1" >"$out" 2>"$out.err"
	status=$?
	bad=$(grep -v '^#' "$out" | cut -f3 | grep -cvx "$3")
	lines=$(grep -vc '^#' "$out")
	if [ $status -eq 0 ] && [ "$bad" -eq 0 ] && [ "$lines" -gt 0 ]; then
		echo "ok $1 $2 $3"
	else
		echo "not ok $1 $2: want $3, status $status"
		cat "$out.err" "$out" | grep -v '^# [0-9]' | cut -c1-160 | sed 's/^/    /' 
	fi
}

# A reference that is not what it should be is no fault of the candidate.
refuse() { # variant words
	job "$1" "$1"
	out=$WORK/$1.out
	timeout 60 "$BIN/cuda-drive" "$WORK/job-$1" >"$out" 2>&1
	status=$?
	if [ $status -ne 0 ] && grep -qF "$2" "$out"; then
		echo "ok $1 - refused"
	else
		echo "not ok $1 -: want '$2', status $status"
		cut -c1-160 "$out" | sed 's/^/    /'
	fi
}

# So it is where values are drawn anew between calls, and with them what is
# expected: the reason is that of some row, or all rows are ok.
bench() { # variant reason
	job "$1"
	dir=$WORK/job-$1
	sed -i 's/verify/bench/; s/^budget_s.*/budget_s = 5/' "$dir/job"
	printf 'processes = 3\nmax_processes = 3\npairs = 2\n' \
		>>"$dir/settings"
	timeout 120 "$BIN/judge" "$dir" >"$WORK/$1.bench" 2>&1
	seen=$(awk -F '\t' '/^#/ { next }
		rows++ && $NF != "ok" { word = $NF }
		END { print (word ? word : rows > 2 ? "ok" : "nothing") }' \
		"$dir/bench.tsv" 2>&1)
	if [ "$seen" = "$2" ]; then
		echo "ok $1 - $2 in bench, too"
	else
		echo "not ok $1 -: want $2 in bench, got $seen"
		sed 's/^/    /' "$WORK/$1.bench"
	fi
}

alive() {
	# shellcheck disable=SC2009 # pgrep counts the dead, too
	ps -C launcher,capture -o stat= | grep -cv '^Z'
}

# The GPU makes the inputs that the CPU makes.
check_generator() {
	if "$BIN/generate-check" cuda; then
		echo "ok generate-check - same bits"
	else
		echo "not ok generate-check -"
	fi
}

# A judge that is killed takes all that it started along.
check_killed() {
	job honest
	"$BIN/cuda-drive" -n 256 -m warm "$WORK/job-honest" >/dev/null 2>&1 &
	sleep 1
	before=$(alive)
	kill -9 $!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		after=$(alive)
		[ "$after" -eq 0 ] && break
		sleep 0.5
	done
	if [ "$before" -ge 1 ] && [ "$after" -eq 0 ]; then
		echo "ok killed - nothing left"
	else
		echo "not ok killed -: $before launchers before, $after after"
	fi
}

# The two that wait for a timeout do so together.
run() { # names
	names=$(echo "$*" | tr ' ' '|')
	echo "$checks" | grep -E "^(${names:-.*}) " >"$WORK/todo"
	grep -vE '^(hang|sleeps) ' "$WORK/todo" | while read -r v flags reason; do
		check "$v" "$flags" "$reason"
	done
	echo "$refusals" | grep -E "^(${names:-.*}) " | while read -r v words; do
		refuse "$v" "$words"
	done
	grep -E '^(hang|sleeps) ' "$WORK/todo" >"$WORK/late"
	while read -r v flags reason; do
		check "$v" "$flags" "$reason" &
	done <"$WORK/late"
	wait
	[ $# -gt 0 ] || {
		check_killed
		check_attacks
		check_busy
		check_flush
		for i in honest packed topk topk_reversed; do bench $i ok; done
		bench topk_twice wrong
	}
	[ $# -gt 0 ] || check_generator
	check honest - ok # whatever came before it
}

# The launcher holds the stream before each call that it times: from there to
# the next of the judge's own kernels and copies, what runs is the call's.
spans() {
	sort -n "$1" | awk -F'\t' '
	$3 == "hold" { open = 1; begin = 0; next }
	$3 ~ /^(\[copy\]|poison|scrub|touch|generate|count_|check_)/ {
		if (open && begin) print (end - begin) / 1000
		open = 0
	}
	open { if (!begin) begin = $1; if ($2 > end || begin == $1) end = $2 }'
}

median() {
	sort -n | awk '{ x[NR] = $1 } END { print NR ? x[int((NR + 1) / 2)] : "-" }'
}

cupti() {
	printf 'kernel\tworkload\tjudge_us\tcupti_us\tdifference_us\n'
	while read -r v w; do
		job "$v"
		cp $KERNELS/affine_n/timing.jsonl "$WORK/job-$v/workloads.jsonl"
		rm -f /tmp/ratchet-cupti.*
		us=$("$BIN/cuda-drive" -n 64 -s "$w" "$WORK/job-$v" |
			grep -v '^#' | cut -f1,4)
		CUDA_INJECTION64_PATH=$PWD/$BIN/inject.so \
			"$BIN/cuda-drive" -n 64 -s "$w" "$WORK/job-$v" \
			>/dev/null
		sleep 0.1
		# Of the three processes only the side's launcher times calls.
		seen=$(for f in /tmp/ratchet-cupti.*; do
			grep -q 'scrub$' "$f" && spans "$f"
		done | median)
		echo "$v $us $seen" | awk '{ printf "%s\t%s\t%s\t%s\t%.2f\n",
			$1, $2, $3, $4, $3 - $4 }'
	done <<-END
		honest 0
		honest 1
		honest 2
		honest 3
		honest 4
		two_launches 1
		cluster 1
	END
}

# Builds the attack: name, definitions of tests/kernels/breakout.c.
attack() {
	name=$1
	shift
	cc -O1 -w -fPIC -Ikernels/include "$@" -c -o "$WORK/$name.o" \
		tests/gpu/attempt.c &&
		nvcc -std=c++17 -O2 -arch="$ARCH" -Ikernels/include \
			-DVARIANT=breaks_out -DVARIANT_BREAKS_OUT=1 -shared \
			-Xcompiler -fPIC -cudart static -o "$WORK/$name.so" \
			$KERNELS/affine_n/affine.cu "$WORK/$name.o" &&
		ln -f "$WORK/honest.cubin" "$WORK/$name.cubin"
}

# What each is named, and what it gets without a jail: something or nothing.
attacks="home something
workspace something
experiments something
jobs something
processes something
environment nothing
network something
write something
calls nothing
identity something"

build_attacks() {
	home=$PWD/$WORK/home
	mkdir -p "$home/.ssh" "$WORK/experiments/k/exp_0001"
	echo SECRET >"$home/.ssh/id"
	echo SECRET >"$WORK/experiments/k/exp_0001/solution.cu"
	attack home -DREAD "-DSECRET=\"$home/.ssh/id\"" &
	attack workspace -DREAD "-DSECRET=\"$PWD/README.md\"" &
	attack experiments -DREAD \
		"-DSECRET=\"$PWD/$WORK/experiments/k/exp_0001/solution.cu\"" &
	attack jobs -DREAD_JOBS "-DSECRET=\"$PWD/$WORK\"" &
	attack processes -DPROCESSES &
	attack environment -DENVIRONMENT &
	attack network -DNETWORK -DPORT=48213 "-DSECRET=\"ratchet-gpu\"" &
	attack write -DWRITE "-DSECRET=\"$home/x\"" &
	attack calls -DCALLS &
	attack identity -DIDENTITY &
	attack garbage -DGARBAGE &
	wait
}

listen() {
	python3 -c 'import socket, time
tcp = socket.create_server(("127.0.0.1", 48213))
local = socket.socket(socket.AF_UNIX)
local.bind("\0ratchet-gpu")
local.listen()
time.sleep(60)' &
}

# Host code that runs in the capture gets nothing where there is a jail.
check_attack() { # name
	job "$1"
	HOME=$PWD/$WORK/home SECRET_KEY=SECRET \
		"$BIN/cuda-drive" "$WORK/job-$1" >"$WORK/$1.out" 2>&1
	if [ "$(grep -c '	ok	' "$WORK/$1.out")" -eq 4 ]; then
		echo "ok $1 - nothing"
	else
		echo "not ok $1 -: gets something"
		cut -c1-160 "$WORK/$1.out"
	fi
	[ "$2" = something ] || return
	SANDBOX=none "$BIN/cuda-drive" "$WORK/job-$1" >"$WORK/$1.none" 2>&1
	grep -q Breakout "$WORK/$1.none" || {
		echo "not ok $1 -: gets nothing without a jail either"
		cut -c1-160 "$WORK/$1.none"
	}
}

check_attacks() {
	listen
	listener=$!
	sleep 1
	echo "$attacks" | while read -r name without; do
		check_attack "$name" "$without"
	done
	kill $listener
	check garbage - died
}

# Somebody else's work is waited out, and who it is is said; not for ever.
check_busy() {
	job honest
	"$BIN/hog" 5 &
	hog=$!
	sleep 1.5
	GPU_WAIT_S=0 "$BIN/cuda-drive" "$WORK/job-honest" >/dev/null \
		2>"$WORK/busy.never"
	"$BIN/cuda-drive" "$WORK/job-honest" >"$WORK/busy.out" 2>"$WORK/busy.err"
	kill -0 $hog 2>/dev/null && alive=yes || alive=no
	wait $hog
	if grep -q "is busy with pid $hog (hog), for" "$WORK/busy.never" &&
		grep -q "waiting: GPU-.* is busy with pid $hog (hog)" \
			"$WORK/busy.err" && [ "$alive" = no ] &&
		[ "$(grep -c '	ok	' "$WORK/busy.out")" -eq 4 ]; then
		echo "ok busy - waited out"
	else
		echo "not ok busy -: hog $hog, alive $alive"
		cat "$WORK/busy.never" "$WORK/busy.err" "$WORK/busy.out"
	fi
}

# The candidate asks that its input stay in the L2, the incumbent does not; the
# judge's own measurement says which is faster, with its interval.
flush() {
	job evict_last
	dir=$WORK/job-evict_last
	sed -i 's/verify/bench/; s/^budget_s.*/budget_s = 20/' "$dir/job"
	echo 'processes = 8' >>"$dir/settings"
	sed 's/n150000/n1000000/; s/150000/1000000/g; /n15000000/d' \
		"$KERNELS/affine_n/timing.jsonl" >"$dir/workloads.jsonl"
	"$BIN/judge" "$dir" && "$BIN/compare" -d cuda -s "$dir/settings" \
		-o "$dir/compare.tsv" "$dir/bench.tsv" || return
	awk -F '\t' '/^#/ { next }
		!seen { for (i = 1; i <= NF; i++) at[$i] = i; seen = 1; next }
		$at["scope"] != "a/a" { printf "%-9s %-5s %-10s %s [%s, %s]\n",
			$at["scope"], $at["mode"], $at["workload"],
			$at["speedup"], $at["ci_low"], $at["ci_high"] }' \
		"$dir/compare.tsv" | tee "$WORK/flush"
}

# No more than 2 % faster: what was asked to stay was flushed.
check_flush() {
	flush >"$WORK/flush.out" 2>&1
	if awk '$2 == "cold" && $1 == "workload" { n++; if ($4 > 1.02) bad = 1 }
		END { exit bad || !n }' "$WORK/flush"; then
		echo "ok flush - not faster"
	else
		echo "not ok flush -: faster with evict_last"
	fi
	sed 's/^/    /' "$WORK/flush.out"
}

case $1 in
build) build ;;
flush) flush ;;
cupti) cupti ;;
killed) check_killed ;;
run)
	shift
	run "$@" | tee "$WORK/results"
	! grep -q '^not ok' "$WORK/results"
	;;
*)
	sed -n '2,15p' "$0" >&2
	exit 2
	;;
esac
