load setup
load judge

# Every way in which a kernel can be wrong gets its name.

setup_file() {
	scale_setup
	export K W
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

teardown() {
	[ -z "$(ls "$TMPDIR")" ]
}

# Verifies scale.c with a fault; the statuses come in the order of the list.
verify_fault() {
	compile "$1" "$1"
	front verify -o verify.jsonl "$(built reference)" "$(built "$1")"
}

statuses() {
	sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' '
}

# The fault is found on each workload.
everywhere() {
	run -1 verify_fault "$1"
	[ "$(statuses)" = "$2 $2 $2 " ]
}

# It ends the run at the first.
ends_at_once() {
	run -1 verify_fault "$1"
	[ "$(statuses)" = "$2 " ]
	grep -q "\"finished\": \"$2\"" verify.jsonl
}

@test "a right kernel is right" {
	run -0 verify_fault HONEST
	[ "$(statuses)" = "ok ok ok " ]
	grep -q '"finished": true' verify.jsonl
	[ "$(grep -c '"launches": 10' verify.jsonl)" = 3 ]
}

@test "the head names device, seed and jail" {
	run -0 verify_fault HONEST
	head -1 verify.jsonl | grep -Eq '"kernel": "scale", "device": "cpu"'
	head -1 verify.jsonl | grep -Eq '"seed": "0x[0-9a-f]{16}"'
	head -1 verify.jsonl | grep -q "\"sandbox\": \"$JAIL\", \"hidden\": \"none\""
}

@test "each run draws another seed" {
	run -0 verify_fault HONEST
	mv verify.jsonl first.jsonl
	run -0 verify_fault HONEST
	! cmp -s <(head -1 first.jsonl) <(head -1 verify.jsonl)
}

@test "one wrong element in the largest workload is wrong there" {
	run -1 verify_fault WRONG_LARGEST
	[ "$(statuses)" = "ok ok wrong " ]
	grep -q '1 of 1000 elements wrong, first at 500' verify.jsonl
}

@test "the last element wrong is wrong" {
	everywhere WRONG_LAST wrong
}

@test "an integer beside the right one is wrong, however large both are" {
	mkdir -p kernels/scale
	ln -s "$ROOT/kernels/include" kernels/include
	sed '/outputs/s/float32/int64/' "$K/definition.json" >kernels/scale/definition.json
	printf 'atol = 1e-2\nrtol = 1e-2\n' >kernels/scale/settings
	for by in 0 1; do
		cat >$by.c <<-END
			#include "ratchet.h"

			static int run(const DLTensor *x, double a, const DLTensor *y)
			{
				int64_t *out = ratchet_data(y), n = ratchet_extent(x, 0);
				const float *in = ratchet_data(x);

				for (int64_t i = 0; i < n; i++)
					out[i] = 100000 + (in[i] * (float)a > 1) + $by;
				return 0;
			}
			RATCHET_EXPORT(run, tensor, float64, tensor)
		END
		build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o $by.json \
			kernels/scale $by.c
	done
	run -0 verify -k kernels/scale -w "$W" -c "$BATS_FILE_TMPDIR/cache" \
		-o verify.jsonl 0.json 0.json
	rm verify.jsonl
	run -1 verify -k kernels/scale -w "$W" -c "$BATS_FILE_TMPDIR/cache" \
		-o verify.jsonl 0.json 1.json
	[ "$(statuses)" = "wrong wrong wrong " ]
}

@test "within the tolerance but imprecise is precision, if it is more than chance" {
	run -1 verify_fault IMPRECISE
	[ "$(statuses)" = "ok ok precision " ]
}

@test "a NaN is nonfinite" {
	everywhere ONE_NAN nonfinite
}

@test "an infinity is nonfinite" {
	everywhere ONE_INFINITY nonfinite
}

@test "a byte before the output is red-zone" {
	everywhere BEFORE red-zone
}

@test "a bit after the output is red-zone" {
	everywhere AFTER red-zone
}

@test "a write far behind the output is red-zone" {
	everywhere FAR_AFTER red-zone
}

@test "nothing written is unwritten" {
	everywhere NOTHING unwritten
}

@test "the last element left out is unwritten" {
	everywhere TAIL unwritten
}

@test "the answer of an earlier call is not there any more" {
	run -1 verify_fault FIRST_ONLY
	# Where values are tiny, what was in a few elements may be as near.
	[[ $(statuses) =~ ^((unwritten|wrong)\ ){2}unwritten\ $ ]]
}

@test "a changed input is input-mutated" {
	everywhere MUTATE input-mutated
}

@test "right 19 times, then wrong, is flaky" {
	run -1 verify_fault TWENTIETH
	[[ $(statuses) == *flaky* ]]
	grep -q 'wrong, but right in 5 of 5 more calls on the same inputs' verify.jsonl
}

@test "a thread that writes after the call is too late" {
	everywhere LATE_THREAD wrong
}

@test "a kernel that returns an error is launch-error, its words made harmless" {
	everywhere FAILS launch-error
	grep -q 'ValueError: cannot ?\[31mdo this' verify.jsonl
}

@test "a crash is died, with its signal" {
	ends_at_once CRASH died
	grep -q 'signal 4' verify.jsonl
}

@test "exit 0 from a constructor is died" {
	ends_at_once EXIT_CONSTRUCTOR died
	grep -q 'exit status 0' verify.jsonl
}

@test "a death in a later call keeps what was proved before" {
	run -1 verify_fault KILL_LATER
	[ "$(statuses)" = "ok died " ]
}

@test "an endless loop is timeout" {
	ends_at_once HANG timeout
}

@test "a kernel that starts a process gets none" {
	run -0 verify_fault FORK
	[ "$(statuses)" = "ok ok ok " ]
}

@test "a timer that wakes the stopped kernel is unsupported" {
	# Some of its signals meet a stop on its way, and are lost.
	run -1 verify_fault ALARM
	grep -q '"finished": "unsupported"' verify.jsonl
	grep -q 'wakes up while it is stopped' verify.jsonl
}

@test "what a kernel prints goes nowhere" {
	run -0 --separate-stderr verify_fault CHATTER
	[ -z "$output" ]
	[[ $stderr != *status* ]]
	[ "$(statuses)" = "ok ok ok " ]
}

@test "a library without the symbol is unsupported" {
	compile WITHOUT HONEST
	key=$(sed -n 's/^  "key": "\(.*\)",$/\1/p' "$(built WITHOUT)")
	echo 'int other;' >other.c
	cc -shared -fPIC -o "$BATS_FILE_TMPDIR/cache/$key/kernel.so" other.c
	run -1 front verify -o verify.jsonl "$(built reference)" "$(built WITHOUT)"
	[ "$(statuses)" = "unsupported " ]
	grep -q '__tvm_ffi_run' verify.jsonl
}

@test "what is no library is unsupported" {
	compile NOT_ELF HONEST
	key=$(sed -n 's/^  "key": "\(.*\)",$/\1/p' "$(built NOT_ELF)")
	echo text >"$BATS_FILE_TMPDIR/cache/$key/kernel.so"
	run -1 front verify -o verify.jsonl "$(built reference)" "$(built NOT_ELF)"
	[ "$(statuses)" = "unsupported " ]
}

@test "what did not compile gets a head alone" {
	echo 'nonsense' >bad.c
	run -1 build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu -o bad.json "$K" bad.c
	run -1 front verify -o verify.jsonl "$(built reference)" bad.json
	[ "$(wc -l <verify.jsonl)" = 1 ]
	grep -q '"finished": "build"' verify.jsonl
}

@test "a reference that dies is no fault of the candidate: 75, no file" {
	compile HONEST HONEST
	compile CRASH CRASH
	run -75 front verify -o verify.jsonl "$(built CRASH)" "$(built HONEST)"
	[[ $output == *"the reference: died: signal 4"* ]]
	[ ! -e verify.jsonl ]
}

@test "a reference that says what is wrong says it once: 2, no file" {
	compile HONEST HONEST
	compile FAILS FAILS
	run -2 front verify -o verify.jsonl "$(built FAILS)" "$(built HONEST)"
	[[ $output == *"the reference: launch-error: ValueError: cannot "* ]]
	[ ! -e verify.jsonl ]
}

@test "-m quick takes the smallest, the middle and the largest" {
	compile HONEST HONEST
	run -0 front verify -m quick -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[ "$(grep -c '"uuid"' verify.jsonl)" = 3 ]
}

@test "-m quick takes the one that weighs most, too" {
	compile HONEST HONEST
	for n in 1 2 3 4 5 1000; do
		scale_workload $n '"x": {"type": "random"}'
	done >list.jsonl
	cp -r "$K" kernel
	echo 'weight.n4 = 2' >>kernel/settings
	W=list.jsonl K=kernel run -0 front verify -m quick -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[ "$(grep -o '"uuid": "[^"]*"' verify.jsonl | tr '\n' ' ')" = '"uuid": "n1" "uuid": "n3" "uuid": "n4" "uuid": "n1000" ' ]
}

@test "-m 'stride 5' keeps the largest" {
	compile HONEST HONEST
	run -0 front verify -m 'stride 5' -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[ "$(grep -o '"uuid": "[^"]*"' verify.jsonl | tr '\n' ' ')" = '"uuid": "n1" "uuid": "n1000" ' ]
}

@test "other modes are refused" {
	compile HONEST HONEST
	run -2 front verify -m some -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *'mode some: want full, quick, ends or "stride N"'* ]]
	[ ! -e verify.jsonl ]
}

@test "settings choose the workloads; an unknown one is named" {
	compile HONEST HONEST
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	echo 'workloads.cpu = n1000 n1' >>kernels/scale/settings
	K=kernels/scale
	run -0 front verify -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[ "$(grep -o '"uuid": "[^"]*"' verify.jsonl | tr '\n' ' ')" = '"uuid": "n1000" "uuid": "n1" ' ]
	sed -i 's/n1000 n1$/n1000 n2/' kernels/scale/settings
	run -2 front verify -o other.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *"no workload n2"* ]]
}

@test "values from safetensors reach the kernel; a missing file is named" {
	compile HONEST HONEST
	mkdir -p set/workloads/op set/blob
	W=set/workloads/op/scale.jsonl
	scale_workload 2 '"x": {"type": "safetensors", "path": "./blob/x.safetensors", "tensor_key": "x"}' >$W
	run -2 front verify -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *"no file ./blob/x.safetensors in the folders above"* ]]
	header='{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
	{
		printf "\\$(printf %03o ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
		printf '\0\0\200\77\0\0\0\100'
	} >set/blob/x.safetensors
	run -0 front verify -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[ "$(statuses)" = "ok " ]
}

@test "a missing file is named, and nothing is written" {
	compile HONEST HONEST
	for file in reference candidate; do
		reference=$(built reference) candidate=$(built HONEST)
		declare "$file=$PWD/none.json"
		run -2 front verify -o verify.jsonl "$reference" "$candidate"
		[[ $output == *"none.json: No such file or directory"* ]]
	done
	W=none.jsonl
	run -2 front verify -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *"none.jsonl: No such file or directory"* ]]
	[ ! -e verify.jsonl ]
}

@test "code that went from the cache is named" {
	compile HONEST HONEST
	run -2 verify -k "$K" -w "$W" -c empty -o verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *kernel.so*"No such file or directory"* ]]
}

@test "a candidate for another kernel is refused" {
	compile HONEST HONEST
	sed 's/"kernel": "scale"/"kernel": "other"/' "$(built HONEST)" >other.json
	run -2 front verify -o verify.jsonl "$(built reference)" other.json
	[[ $output == *"other.json: built for other, not for scale"* ]]
}

@test "a result that cannot be written is trouble" {
	compile HONEST HONEST
	run -2 front verify -o none/verify.jsonl "$(built reference)" "$(built HONEST)"
	[[ $output == *"none/verify.jsonl"* ]]
	run -2 front verify -o /dev/full/x "$(built reference)" "$(built HONEST)"
}

@test "options are checked" {
	run -2 verify
	[[ $output == "usage: verify [-v]"* ]]
	for bad in x 0 -1 1e9 nan; do
		run -2 front verify -t $bad -o o r.json c.json
		[[ $output == "usage: verify"* ]]
	done
}

# The children of process $1 that are called $2; fails if there is none.
children() {
	local stat pid name parent found=1
	for stat in /proc/[0-9]*/stat; do
		read -r pid name _ parent _ 2>/dev/null <"$stat" || continue
		[ "$name $parent" = "($2) $1" ] || continue
		echo "$pid"
		found=0
	done
	return $found
}

# Starts the verification of a kernel that hangs, until its worker runs.
start_hanging() {
	compile HANG HANG
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	sed 's/timeout_s = .*/timeout_s = 60/' -i kernels/scale/settings
	verify -k kernels/scale -w "$W" -c "$BATS_FILE_TMPDIR/cache" \
		-o verify.jsonl "$(built reference)" "$(built HANG)" 3>&- &
	front=$!
	for _ in $(seq 300); do
		judge=$(children $front judge) &&
			worker=$(children "$judge" worker) && break
		sleep 0.1
	done
	# The reference's worker may come first.
	sleep 0.5
	worker=$(children "$judge" worker)
}

# The exit status of the front.
ends_with() {
	local status=0

	wait "$front" || status=$?
	[ "$status" = "$1" ]
}

# Ended, though perhaps not yet waited for.
gone() {
	for _ in $(seq 20); do
		grep -qs '^State:.[^ZX]' "/proc/$1/status" || return 0
		sleep 0.1
	done
	return 1
}

@test "an interrupted run leaves no process, no folder and no file" {
	start_hanging
	kill -TERM "$front"
	ends_with 143
	gone "$judge"
	gone "$worker"
	[ ! -e verify.jsonl ]
}

@test "a killed judge takes its workers along" {
	start_hanging
	kill -KILL "$judge"
	ends_with 75
	gone "$worker"
	[ ! -e verify.jsonl ]
}

@test "a killed front takes the judge and its workers along" {
	start_hanging
	kill -KILL "$front"
	gone "$judge"
	gone "$worker"
	rm -rf tmp/ratchet-job-*
}

@test "whatever root's umask is, a clone builds, and a jail reads what it must" {
	[ "$(id -u)" = 0 ] || skip "not root"
	needs_jail
	umask 077
	mkdir -p tree/build
	cp -Rp "$ROOT"/{Makefile,mk,tools,kernels,workloads} tree/
	find "$BUILD" -maxdepth 1 -type f ! -perm -u=x -exec cp -p -t tree/build {} +
	chmod -R go= tree
	run -0 make -C tree -s verify BUILD=build KERNEL=rmsnorm_h4096 DEVICE=cpu
	[[ $output == *"right on 7 workloads"* ]]
	# Without, a jail does not leave root.
	[ "$(stat -c %a tree/build/enter tree/build/worker | sort -u)" = 755 ]
}
