#!/bin/sh
# gpu.sh - checks the CUDA side of the judge on a machine with a GPU
#
#	tests/gpu.sh build	compile the tools and the test kernels (needs
#				nvcc, no GPU)
#	tests/gpu.sh run	run them (needs a GPU, no nvcc); exit 1 if a
#				check fails
#
# Environment: BUILD (build), GPU_WORK ($BUILD/gpu), ARCH (sm_90).
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
WORK=${GPU_WORK:-$BUILD/gpu}
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
prints - device-state
big_globals - device-state
too_much - unsupported
host_sync - unsupported
host_read - unsupported
host_callback - unsupported
host_malloc - unsupported
other_stream - unsupported
no_launch - unsupported
dies - unsupported
sleeps - timeout
fails - unsupported'

compile() { # variant
	flags="-std=c++17 -O2 -arch=$ARCH -Ikernels/include -DVARIANT=$1"
	[ "$1" = big_globals ] && flags="$flags -DVARIANT_IS_BIG=1"
	# shellcheck disable=SC2086
	nvcc $flags -shared -Xcompiler -fPIC -cudart static \
		-o "$WORK/$1.so" $KERNEL/affine.cu &&
		nvcc $flags -cubin -o "$WORK/$1.cubin" $KERNEL/affine.cu
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
	make -s tools "$BUILD/tests/cuda-drive" || exit 2
	cp "$BUILD/tests/cuda-drive" "$BUILD/"
	mkdir -p "$WORK"
	list=$(echo "$checks" | cut -d' ' -f1 | sort -u)
	for v in $list slow; do
		[ -n "$(find "$WORK/$v.cubin" -newer $KERNEL/affine.cu \
			2>/dev/null)" ] && continue
		compile "$v" || echo "gpu.sh: $v does not compile" >&2
	done
}

check() { # variant flags reason
	flags=$2
	job "$1"
	[ "$flags" = - ] && flags=
	out=$WORK/$1$flags.out
	# shellcheck disable=SC2086
	timeout 60 "$BUILD/cuda-drive" $flags "$WORK/job-$1" >"$out" 2>&1
	status=$?
	bad=$(grep -v '^#' "$out" | cut -f3 | grep -cvx "$3")
	lines=$(grep -vc '^#' "$out")
	if [ $status -eq 0 ] && [ "$bad" -eq 0 ] && [ "$lines" -gt 0 ]; then
		echo "ok $1 $2 $3"
	else
		echo "not ok $1 $2: want $3, status $status"
		grep -v '^# [0-9]' "$out" | cut -c1-160 | sed 's/^/    /' 
	fi
}

run() {
	echo "$checks" | grep -vE '^(hang|sleeps)' | while read -r v flags reason; do
		check "$v" "$flags" "$reason"
	done
	check hang - timeout &
	check sleeps - timeout &
	wait
}

case $1 in
build) build ;;
run)
	run | tee "$WORK/results"
	! grep -q '^not ok' "$WORK/results"
	;;
*)
	sed -n '2,9p' "$0" >&2
	exit 2
	;;
esac
