load setup
load judge

# Hostile kernels, hostile text for the compiler, and what remains of them. What
# gets nothing computes the right thing, so its verdict is the test.

setup_file() {
	scale_setup
	mkdir "$BATS_FILE_TMPDIR/home" "$BATS_FILE_TMPDIR/bin"
	mkdir "$BATS_FILE_TMPDIR/home/.ssh"
	echo SECRET-IN-HOME >"$BATS_FILE_TMPDIR/home/.ssh/id"
	cp "$BUILD/enter" "$BUILD/tests/jail-run" "$BATS_FILE_TMPDIR/bin"
	export K W
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp work
	export TMPDIR=$PWD/tmp
	true_home=$HOME
	HOME=$BATS_FILE_TMPDIR/home
	SECRET_KEY=SECRET-IN-ENVIRONMENT
	export HOME SECRET_KEY
}

# Gives a call a minute, for attacks that take their time.
patient() {
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	K=kernels/scale
	sed -i 's/^timeout_s .*/timeout_s = 60/' $K/settings
}

# Builds breakout.c with these names defined, as NAME: NAME [DEFINITION...].
attack() {
	local name=$1 define

	shift
	{
		for define; do
			echo "#define ${define/=/ }"
		done
		cat "$ROOT/tests/kernels/breakout.c"
		echo "const char version_of_this[] = \"$name\";"
	} >"$name.c"
	build-kernel -c cache -d cpu -o "$name.json" "$K" "$name.c"
}

# Verifies it; the statuses come in the order of the list.
judged() {
	verify -k "$K" -w "$W" -c cache -o verify.jsonl reference.json "$1.json"
}

with_reference() {
	build-kernel -c cache -d cpu -o reference.json "$K" \
		"$ROOT/tests/kernels/scale.c"
}

statuses() {
	sed -n 's/.*"status": "\([^"]*\)".*/\1/p' verify.jsonl | tr '\n' ' '
}

# The attack of this name gets nothing in the jail, and something without, so
# that the attack is one: NAME [DEFINITION...].
gets_nothing() {
	with_reference
	attack "$@"
	run -0 judged "$1"
	[ "$(statuses)" = "ok ok ok " ]
	[[ $(head -1 verify.jsonl) == *'"sandbox": "bwrap"'* ]]
	[ -n "${only_in_jail-}" ] && return
	SANDBOX=none run -1 judged "$1"
	grep -q 'Breakout: ' verify.jsonl
}

@test "a kernel does not see what is in the home folder" {
	gets_nothing READ READ "SECRET=\"$HOME/.ssh/id\""
}

@test "nor the workspace, nor other experiments" {
	gets_nothing READ READ "SECRET=\"$ROOT/README.md\""
	mkdir -p experiments/k/exp_0001
	echo x >experiments/k/exp_0001/solution.c
	attack OTHER READ "SECRET=\"$PWD/experiments/k/exp_0001/solution.c\""
	run -0 judged OTHER
}

@test "nor the job: its seed, expected outputs, and the other kernels' code" {
	gets_nothing JOBS READ_JOBS "SECRET=\"$TMPDIR\""
}

@test "nor the environment of whoever started the judge" {
	only_in_jail=1 gets_nothing ENVIRONMENT ENVIRONMENT
}

@test "nor any other process, the judge and the reference among them" {
	gets_nothing PROCESSES PROCESSES
}

@test "it reaches no port and no abstract socket of this machine" {
	command -v python3 >/dev/null || skip "no python3 to listen"
	HOME=$true_home python3 -c '
import socket, sys, time
tcp = socket.create_server(("127.0.0.1", 0))
local = socket.socket(socket.AF_UNIX)
local.bind("\0" + sys.argv[1])
local.listen()
print(tcp.getsockname()[1], flush=True)
time.sleep(60)' "ratchet-$$" >port 3>&- &
	listener=$!
	for _ in $(seq 50); do [ -s port ] || sleep 0.1; done
	gets_nothing NETWORK NETWORK "PORT=$(cat port)" "SECRET=\"ratchet-$$\""
	kill $listener
}

@test "it writes to nothing that outlives it" {
	gets_nothing WRITE WRITE "SECRET=\"$HOME/x\""
	rm -f /tmp/breakout /dev/shm/breakout
	run -0 judged WRITE
	[ ! -e /tmp/breakout ] && [ ! -e /dev/shm/breakout ]
}

@test "it cannot trace, fork, or make namespaces, mounts and the like" {
	only_in_jail=1 gets_nothing CALLS CALLS
	# That holds without a jail, too.
	SANDBOX=none run -0 judged CALLS
}

@test "it is nobody, has no capabilities, and cannot get any" {
	gets_nothing IDENTITY IDENTITY
}

@test "a disk that it fills is its own, and small" {
	patient
	only_in_jail=1 gets_nothing FILL FILL
}

@test "100 MB of output hold nobody up, and go nowhere" {
	patient
	with_reference
	attack FLOOD FLOOD
	run -0 --separate-stderr judged FLOOD
	[ "$(statuses)" = "ok ok ok " ]
	[ -z "$output" ] && [[ $stderr != *xxx* ]]
}

@test "threads without end do end" {
	patient
	only_in_jail=1 gets_nothing THREADS THREADS
}

# The attack ends the kernel's run for this reason, and the next judgement of a
# right kernel is right: NAME REASON [DEFINITION...].
ends_as() {
	local name=$1 reason=$2

	shift
	shift
	with_reference
	attack "$name" "$name" "$@"
	run -1 timeout 90 verify -k "$K" -w "$W" -c cache -o verify.jsonl \
		reference.json "$name.json"
	[[ $(statuses) == *"$reason " ]]
	attack HARMLESS
	run -0 judged HARMLESS
	[ "$(statuses)" = "ok ok ok " ]
}

@test "a kernel that takes all memory dies, and the machine does not" {
	[[ $BUILD != */sanitize ]] || skip "a sanitizer's shadow has no bound"
	patient
	ends_as HOG died
}

@test "a kernel that kills itself has died" {
	ends_as DIE died
}

@test "a kernel that aborts has died" {
	ends_as ABORT died
}

@test "a kernel that wants to live for ever is over at its time limit" {
	ends_as STAY timeout
}

@test "garbage in the memory that it shares with the judge is its own loss" {
	ends_as GARBAGE timeout
	run -1 grep -P '[^\n\t -~]' verify.jsonl
}

@test "a kernel that would stop itself goes on" {
	only_in_jail=1 gets_nothing STOP STOP
}

# Text for the compiler, from standard input, as NAME: NAME.
compile_text() {
	cat >"$1.c"
	build-kernel -c cache -d cpu -o "$1.json" "$K" "$1.c"
}

# A compiler that comes before the real one, which answers questions.
fake_cc() {
	real=${real:-$(command -v cc)}
	mkdir -p bin
	{
		echo '#!/bin/sh'
		echo "case \"\$*\" in *kernel.so*) ;; *) exec $real \"\$@\" ;; esac"
		cat
	} >bin/cc
	chmod +x bin/cc
	PATH=$PWD/bin:$PATH
}

@test "no text gets the compiler to read what is outside" {
	echo SECRET-IN-WORKSPACE >here
	for path in /proc/self/environ /proc/1/environ "$HOME/.ssh/id" \
		"$PWD/here" "$ROOT/README.md"; do
		echo "#include \"$path\"" | run -1 compile_text include
		run -1 grep -E 'SECRET|Ratchet' include.log
		echo "__asm__(\".incbin \\\"$path\\\"\");" |
			run -1 compile_text incbin
		run -1 grep -E 'SECRET|Ratchet' incbin.log
	done
	# Without a jail it reads them: then these are attacks.
	echo "#include \"$PWD/here\"" | SANDBOX=none run -1 compile_text none
	grep -q SECRET none.log
}

@test "no variable of the environment reaches the compiler" {
	mkdir other
	echo '#error from CPATH' >other/ratchet.h
	export CPATH=$PWD/other C_INCLUDE_PATH=$PWD/other GCC_EXEC_PREFIX=/none/ \
		COMPILER_PATH=/none LIBRARY_PATH=/none LD_PRELOAD= \
		NVCC_APPEND_FLAGS=-nonsense NVCC_PREPEND_FLAGS=-nonsense
	compile_text good <"$ROOT/tests/kernels/scale.c"
}

@test "a file that includes itself fails soon" {
	echo '#include __FILE__' | run -1 timeout 30 bash -c \
		"$(declare -f compile_text); compile_text self"
}

@test "text that takes the compiler for ever is over at its limit" {
	mkdir d
	{
		echo '#define A0 int x;'
		for i in $(seq 40); do
			echo "#define A$i A$((i - 1)) A$((i - 1))"
		done
		echo A40
	} >d/endless.c
	start=$(date +%s)
	run -1 "$BATS_FILE_TMPDIR/bin/jail-run" 2 "$PWD/d" "$(command -v cc)" \
		-c endless.c
	[ "${lines[0]}" = "its time is over" ]
	[ $(($(date +%s) - start)) -lt 12 ]
}

@test "of a flood of warnings 64 KiB are kept" {
	{
		cat "$ROOT/tests/kernels/scale.c"
		yes '#pragma message "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"' |
			head -n 2000
	} >flood.c
	run -0 build-kernel -c cache -d cpu -o flood.json "$K" flood.c
	[ "$(wc -c <flood.log)" -lt 66000 ]
}

@test "a link or a pipe where the result should be is a failed build" {
	fake_cc <<-'END'
		ln -s /etc/passwd kernel.so
	END
	echo 1 | run -1 compile_text link
	grep -q 'kernel.so' link.log
	fake_cc <<-'END'
		mkfifo kernel.so
	END
	echo 2 | run -1 timeout 60 bash -c \
		"$(declare -f compile_text); compile_text pipe"
	[ ! -e cache ]
}

@test "a compiler that fills its folder is stopped" {
	fake_cc <<-'END'
		for i in 1 2 3 4 5 6 7 8; do fallocate -l 200M $i; done
		sleep 60
	END
	echo 1 | run -1 timeout 50 bash -c \
		"$(declare -f compile_text); compile_text fill"
	grep -q 'it filled its folder' fill.log
}

@test "what a compiler leaves behind is gone, in the jail and without" {
	fake_cc <<-'END'
		setsid sleep 321.5 &
		setsid sh -c 'sleep 321.5 & sleep 321.5' &
		exit 1
	END
	for level in "$JAIL" none; do
		echo "$level" | SANDBOX=$level run -1 compile_text "left_$level"
		run -1 pgrep -f 'sleep 321.5'
	done
}

# Processes that run a program of this build's, or start one.
survivors() {
	local exe program

	for exe in /proc/[0-9]*/exe; do
		for program in judge worker enter verify; do
			[ ! "$exe" -ef "$BATS_TEST_TMPDIR/build/$program" ] ||
				echo "$exe $program"
		done
	done
	pgrep -f "$BATS_TEST_TMPDIR/build/enter" || true
}

none_survives() {
	for _ in $(seq 20); do
		[ -n "$(survivors)" ] || return 0
		sleep 0.1
	done
	survivors
	return 1
}

# Programs of this test's own, so that its processes can be told.
own_programs() {
	mkdir build
	cp "$BUILD"/{judge,verify,worker,enter,build-kernel} build
	PATH=$PWD/build:$PATH
}

start_verify() {
	verify -k "$K" -w "$W" -c cache -o verify.jsonl reference.json \
		"$1.json" 2>said 3>&- &
	front=$!
}

# The process ids of the workers.
workers() {
	for exe in /proc/[0-9]*/exe; do
		[ ! "$exe" -ef build/worker ] || basename "${exe%/exe}"
	done
}

@test "kill -9 of the judge, at any moment, leaves nothing alive" {
	own_programs
	with_reference
	attack STAY STAY
	patient
	for ms in $(seq 4 4 100) 300 600; do
		start_verify STAY
		sleep "$(printf '0.%03d' "$ms")"
		for exe in /proc/[0-9]*/exe; do
			[ ! "$exe" -ef build/judge ] ||
				kill -9 "$(basename "${exe%/exe}")" || true
		done
		kill -9 $front || true
		wait $front || true
		none_survives
	done
	rm -rf tmp/*
}

@test "to the system, too, a worker of root's is nobody" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	own_programs
	with_reference
	attack STAY STAY
	patient
	start_verify STAY
	for _ in $(seq 100); do
		pid=$(workers | tail -n 1)
		[ -z "$pid" ] || break
		sleep 0.1
	done
	[ "$(stat -c %u "/proc/$pid")" = 65534 ]
	kill -9 $front
	wait $front || true
	none_survives
	rm -rf tmp/*
}

@test "a worker that somebody stops is over at its time limit" {
	own_programs
	with_reference
	attack STAY STAY
	start_verify STAY
	for _ in $(seq 200); do
		for exe in /proc/[0-9]*/exe; do
			[ ! "$exe" -ef build/worker ] ||
				kill -STOP "$(basename "${exe%/exe}")" || true
		done
		kill -0 $front 2>/dev/null || break
		sleep 0.05
	done
	status=0
	wait $front || status=$?
	# The reference may be what was stopped: that is trouble, no verdict.
	[ $status = 1 ] || [ $status = 75 ]
	none_survives
}

# Runs a command where no user namespace can be made, by root of one.
without_namespaces() {
	env -u SANDBOX unshare -U --map-current-user --keep-caps bash -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
		exec "$@"' bash "$@"
}

needs_unshare() {
	without_namespaces true 2>/dev/null || skip "cannot forbid namespaces"
}

@test "where namespaces are forbidden a stranger's text is refused, with the remedy" {
	needs_unshare
	echo 'int x;' >stranger.c
	run -2 without_namespaces build-kernel -c cache -d cpu -o s.json "$K" stranger.c
	[[ $output == "build-kernel: no jail for foreign code: "* ]]
	[[ $output == *"user.max_user_namespaces"* ]]
	[[ $output == *"SANDBOX=none"* ]]
	[ ! -e s.json ] && [ ! -e cache ]
	run -2 without_namespaces env SANDBOX=bwrap build-kernel -c cache -d cpu \
		-o s.json "$K" stranger.c
	run -0 without_namespaces doctor
	[[ $output == *"missing jail "*"user.max_user_namespaces"* ]]
}

@test "where bubblewrap is missing the remedy is make deps" {
	unshare -m true 2>/dev/null || skip "cannot hide it"
	echo 'int x;' >stranger.c
	run -2 env -u SANDBOX unshare -m bash -c 'mount --bind /dev/null "$(command -v bwrap)" &&
		exec build-kernel -c cache -d cpu -o s.json "$K" stranger.c'
	[[ $output == *"bubblewrap is not installed; make deps installs it"* ]]
	[ ! -e s.json ]
}

@test "SANDBOX=none and container are what the user says, and are recorded" {
	needs_unshare
	with_reference
	attack HARMLESS
	for level in none container; do
		run -0 without_namespaces env SANDBOX=$level verify \
			-k "$K" -w "$W" -c cache -o verify.jsonl \
			reference.json HARMLESS.json
		[[ $(head -1 verify.jsonl) == *"\"sandbox\": \"$level\""* ]]
	done
}

@test "SANDBOX of another value is trouble" {
	echo 'int x;' >stranger.c
	SANDBOX=maybe run -2 build-kernel -c cache -d cpu -o s.json "$K" stranger.c
	[ "$output" = "build-kernel: SANDBOX=maybe: want bwrap, container, none or own" ]
}

# make on a tiny tree of this test.
tiny() {
	cp -R "$BATS_TEST_DIRNAME/tiny/." .
	cp -R "$ROOT/kernels/include" kernels/include
	own_build
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" \
		BENCH_S=3 "$@"
}

@test "without a jail make try refuses, and records nothing" {
	needs_unshare
	tiny
	export -f mk
	export ROOT BUILD
	cp kernels/scale/solution.c mine.c
	run -2 without_namespaces bash -c 'mk try SOLUTION=$PWD/mine.c'
	[[ $output == *"no jail for foreign code"*"SANDBOX=none"* ]]
	[ ! -e experiments/scale/exp_0001 ]
}

@test "without a jail make optimize tunes our own text, and says so loudly" {
	needs_unshare
	tiny
	export -f mk
	export ROOT BUILD
	run -0 without_namespaces bash -c 'mk optimize'
	[[ $output == *"NO JAIL HERE"* ]]
	[ "$(grep -o "NO JAIL HERE" <<<"$output" | wc -l)" = 1 ]
	grep -q '"sandbox": "none"' experiments/scale/exp_0001/verdict.json
	grep -q 'jail: none' experiments/scale/exp_0001/result.md
}

@test "through make try a kernel gets nothing, and its verdict says the jail" {
	tiny
	{
		echo "#define READ 1"
		echo "#define SECRET \"$HOME/.ssh/id\""
		cat "$ROOT/tests/kernels/breakout.c"
	} >mine.c
	sed -i 's/tensor, float64, tensor/tensor, tensor/; s/, double a, /, /; s/(float)a \*/2 */' mine.c
	run -0 mk try SOLUTION="$PWD/mine.c"
	[[ ${lines[-1]} == "verdict: "* ]]
	[[ ${lines[-1]} != *launch-error* ]]
	grep -q '"sandbox": "bwrap"' experiments/scale/exp_0001/verdict.json
	run -1 grep -r SECRET-IN experiments
}

@test "an ordinary user has the same jail" {
	[ "$(id -u)" -eq 0 ] || skip "not root, so all these tests show it"
	command -v setpriv >/dev/null || skip "no setpriv"
	tree=$(mktemp -d -p /var/tmp)
	own_programs
	cp "$BUILD/doctor" build
	with_reference
	attack IDENTITY IDENTITY
	cp -r build cache ./*.json "$BATS_FILE_TMPDIR/kernels" "$W" \
		"$ROOT/tests/kernels/scale.c" "$tree"
	chown -R 65534:65534 "$tree"
	cd "$tree"
	status=0
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		env -u TMPDIR PATH="$tree/build:$PATH" bash -c '
		[ "$(doctor -s)" = bwrap ] &&
		build-kernel -c own -d cpu -o own.json kernels/scale scale.c &&
		verify -k kernels/scale -w scale.jsonl -c cache \
			-o verify.jsonl reference.json IDENTITY.json' || status=$?
	run cat verify.jsonl
	cd "$BATS_TEST_TMPDIR"
	rm -rf "$tree"
	[ $status = 0 ]
	[[ $output == *'"sandbox": "bwrap"'* ]]
}

@test "a process that cannot be killed is trouble, not a verdict, and says so" {
	freezer=$(awk '$3 == "cgroup" && $4 ~ /freezer/ { print $2; exit }' /proc/mounts)
	[ -d "$freezer" ] && mkdir "$freezer/ratchet-$$" 2>/dev/null ||
		skip "no freezer, where no signal arrives"
	group=$freezer/ratchet-$$
	own_programs
	with_reference
	attack STAY STAY
	cp -r "$BATS_FILE_TMPDIR/kernels" .
	K=kernels/scale
	sed -i 's/^timeout_s .*/timeout_s = 6/' $K/settings
	start_verify STAY
	# It may wait for others' judgements first.
	for _ in $(seq 600); do
		[ -z "$(workers)" ] || break
		sleep 0.1
	done
	sleep 2
	for pid in $(workers); do
		echo "$pid" >"$group/tasks"
	done
	echo FROZEN >"$group/freezer.state"
	status=0
	wait $front || status=$?
	echo THAWED >"$group/freezer.state"
	none_survives
	rmdir "$group"
	[ $status = 2 ]
	grep -q 'was killed and does not end' said
	[ ! -e verify.jsonl ]
}

@test "a tensor file that is a link, a pipe, or behind one is refused by name" {
	with_reference
	mkdir -p set/workloads/op set/blob elsewhere
	W=set/workloads/op/scale.jsonl
	header='{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
	{
		printf "\\$(printf %03o ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
		printf '\0\0\200\77\0\0\0\100'
	} >elsewhere/x.safetensors
	scale_workload 2 '"x": {"type": "safetensors", "path": "./blob/x.safetensors", "tensor_key": "x"}' >$W
	cp elsewhere/x.safetensors set/blob
	run -0 judged reference
	ln -sf "$PWD/elsewhere/x.safetensors" set/blob/x.safetensors
	run -2 judged reference
	[[ $output == *"x.safetensors"*"want a regular file, no link"* ]]
	rm set/blob/x.safetensors
	mkfifo set/blob/x.safetensors
	run -2 timeout 20 verify -k "$K" -w "$W" -c cache -o verify.jsonl \
		reference.json reference.json
	[[ $output == *"x.safetensors"*"want a regular file, no link"* ]]
	rm -r set/blob
	ln -s "$PWD/elsewhere" set/blob
	run -2 judged reference
	[[ $output == *"x.safetensors"*"want a regular file, no link"* ]]
}

@test "a CUDA process, too, can write nothing of the kernel's" {
	cp "$BUILD/tests/jail-gpu" "$BATS_FILE_TMPDIR/bin"
	run -0 "$BATS_FILE_TMPDIR/bin/jail-gpu" /bin/sh -c \
		'find /proc -name "[0-9]*" -prune -o -type f -print |
		while read -r file; do
			{ true >>"$file"; } 2>/dev/null && echo "wrote $file"
		done
		echo name >/proc/self/comm && echo can name itself'
	[ "$output" = "can name itself" ]
}
