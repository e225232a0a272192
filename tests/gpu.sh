#!/bin/sh
# gpu.sh - checks the CUDA side of the judge on a machine with a GPU
#
#	tests/gpu.sh build	compile the tools and the test kernels (needs
#				nvcc, no GPU)
#	tests/gpu.sh run [name...]	run them, or some (needs a GPU, no nvcc);
#				exit 1 if a check fails
#	tests/gpu.sh cupti	print the judge's times beside CUPTI's (needs
#				a GPU, and libcupti to build and to run)
#
# Environment: BUILD (build), GPU_WORK ($BUILD/gpu), ARCH (sm_90).
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
WORK=${GPU_WORK:-$BUILD/gpu} # beneath this folder
BIN=$WORK/bin
ARCH=${ARCH:-sm_90}
KERNEL=tests/kernels/affine_n

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

compile() { # variant
	flags="-std=c++17 -O2 -arch=$ARCH -Ikernels/include -DVARIANT=$1"
	[ "$1" = big_globals ] && flags="$flags -DVARIANT_IS_BIG=1"
	# shellcheck disable=SC2086
	nvcc $flags -shared -Xcompiler -fPIC -cudart static \
		-o "$WORK/$1.so" $KERNEL/affine.cu &&
		nvcc $flags -cubin -o "$WORK/$1.cubin" $KERNEL/affine.cu ||
		echo "gpu.sh: $1 does not compile" >&2
}

job() { # variant phase
	dir=$WORK/job-$1
	mkdir -p "$dir"
	cp $KERNEL/definition.json $KERNEL/workloads.jsonl $KERNEL/settings \
		"$dir/" || return
	for i in so cubin; do
		ln -sf "$PWD/$WORK/$1.$i" "$dir/candidate.$i"
		ln -sf "$PWD/$WORK/honest.$i" "$dir/incumbent.$i"
	done
	ln -sf "$PWD/$WORK/honest.so" "$dir/reference.so"
	printf 'phase = verify\ndevice = cuda\nseed = 0x%s\nbudget_s = 60\n' \
		"$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')" >"$dir/job"
}

build() {
	make -s tools "$BUILD/tests/cuda-drive" "$BUILD/tests/generate-check" ||
		exit 2
	# A program looks for the others beside itself.
	mkdir -p "$BIN"
	cp "$BUILD/tests/cuda-drive" "$BUILD/tests/generate-check" \
		"$BUILD/launcher" "$BUILD/capture" "$BUILD/enter" \
		"$BUILD/device.fatbin" "$BIN/" || exit 2
	cc -O2 -fPIC -shared -I/usr/local/cuda/include -o "$BIN/inject.so" \
		tests/gpu/inject.c -L/usr/local/cuda/lib64 \
		-L/usr/local/cuda/extras/CUPTI/lib64 -lcupti -lpthread ||
		echo "gpu.sh: no CUPTI here: no comparison with it" >&2
	list=$(echo "$checks" | cut -d' ' -f1 | sort -u)
	started=0
	for v in $list; do
		[ -n "$(find "$WORK/$v.cubin" -newer $KERNEL/affine.cu \
			2>/dev/null)" ] && continue
		compile "$v" &
		started=$((started + 1))
		[ $((started % $(nproc))) -ne 0 ] || wait
	done
	wait
}

check() { # variant flags reason
	flags=$2
	job "$1"
	[ "$flags" = - ] && flags=
	out=$WORK/$1$flags.out
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
	grep -E '^(hang|sleeps) ' "$WORK/todo" >"$WORK/late"
	while read -r v flags reason; do
		check "$v" "$flags" "$reason" &
	done <"$WORK/late"
	wait
	[ $# -gt 0 ] || check_killed
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
		cp $KERNEL/timing.jsonl "$WORK/job-$v/workloads.jsonl"
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

case $1 in
build) build ;;
cupti) cupti ;;
killed) check_killed ;;
run)
	shift
	run "$@" | tee "$WORK/results"
	! grep -q '^not ok' "$WORK/results"
	;;
*)
	sed -n '2,13p' "$0" >&2
	exit 2
	;;
esac
