load setup
load judge

# RUNNER=modal: against a stand-in for Modal, which calls the app's function
# here; and the app in the real client, where that is.

setup() {
	scale_setup
	cd "$BATS_TEST_TMPDIR"
	export RUNNER=modal FAKE_MODAL=$PWD/remote PYTHONPATH=$BATS_TEST_DIRNAME/fakes
	mkdir remote
	compile right
}

verify_it() {
	front verify "$@" -o verify.jsonl "$(built reference)" "$(built right)"
}

fault() {
	cat >remote/fault
}

needs_modal() {
	export PYTHON=${MODAL_PYTHON:-python3} PYTHONPATH='' HOME=$PWD
	unset FAKE_MODAL
	"$PYTHON" -c 'import modal; modal.App' 2>/dev/null ||
		skip "no package modal: pip install modal, and MODAL_PYTHON=its python3"
}

@test "the app loads in the real client, which needs no network and no key for that" {
	needs_modal
	PYTHONPATH=$BUILD PYTHONDONTWRITEBYTECODE=1 MODAL_GPU=H100 run -0 "$PYTHON" -W error -c '
import modal, modal_app
assert type(modal_app.app) is modal.App, modal_app.app
assert type(modal_app.work) is modal.Function, modal_app.work
assert type(modal_app.store) is modal.Volume, modal_app.store'
	[ -z "$output" ]
}

@test "the real client without a token says so, and is not asked again" {
	needs_modal
	run -2 "$BUILD/run-modal" -q
	[[ $output == "run-modal: Modal: Token missing."* ]]
}

@test "what is verified by Modal is the result of one call of a container of its own" {
	run -0 verify_it
	[ "$(grep -c '"status": "ok"' verify.jsonl)" -ge 3 ]
	[ "$(wc -l <remote/calls)" = 1 ]
	grep -qE '^judge [0-9a-f]{32} SANDBOX=container$' remote/calls
	grep -qx 'single_use_containers = True' remote/options
	grep -qx 'block_network = True' remote/options
	grep -qx "volumes = {'/store': 'read only'}" remote/options
	grep -qx 'gpu = None' remote/options
	MODAL_GPU=H100:1 run -0 verify_it
	grep -qx 'gpu = H100:1' remote/options
}

@test "a candidate that is wrong there is wrong" {
	compile NOTHING NOTHING
	run -1 front verify -o verify.jsonl "$(built reference)" "$(built NOTHING)"
	grep -q '"status": "unwritten"' verify.jsonl
}

@test "programs and tensors are shipped once, and known by their hashes" {
	python3 - <<-'END'
		import json, struct
		head = json.dumps({"x": {"dtype": "F32", "shape": [5], "data_offsets": [0, 20]}}).encode()
		open("x.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + struct.pack("<5f", 1, 2, 3, 4, 5))
	END
	scale_workload 5 '"x": {"type": "safetensors", "path": "x.safetensors", "tensor_key": "x"}' >w.jsonl
	W=$PWD/w.jsonl
	run -0 verify_it
	run -0 verify_it
	[ "$(wc -l <remote/puts)" = 2 ]
	(cd remote/store && for file in *; do echo "$file  $file"; done | sha256sum --quiet -c)
	for file in remote/store/*; do echo more >>"$file"; done
	run -75 verify_it
	[[ $output == *"run-modal: Modal: ValueError: "*": the store has something else: not judged"* ]]
}

@test "forged, partial and stale results, and none, are not taken" {
	while read -r words; do
		fault <<<"$words"
		rm -f verify.jsonl
		run -75 verify_it
		[[ $output == *"collect: "* ]]
		[ ! -e verify.jsonl ]
	done <<-'END'
		answer = (answer[0], answer[1].replace(b"ok", b"OK"), b"")
		answer = (answer[0], answer[1][:-9], b"")
		answer = (0, answer[1].replace(b"nonce = ", b"nonce = 0")[:-1], b"")
		answer = (0, b"", b"")
	END
}

@test "Modal's failures are no verdict; what would fail again is trouble" {
	fault <<<'raise exception.ConnectionError("lost")'
	run -75 verify_it
	[[ $output == *"run-modal: Modal: ConnectionError: lost: not judged"* ]]
	fault <<<'raise exception.AuthError("Token missing")'
	run -2 verify_it
	[[ $output == *"run-modal: Modal: Token missing"* ]]
	fault <<<'answer = (2, b"", b"judge: the GPU is gone\33[2J\n")'
	run -2 verify_it
	[[ $output == *"judge: the GPU is gone[2J"* ]]
	fault <<<'answer = (137, b"", b"")'
	run -75 verify_it
	[ ! -e verify.jsonl ]
}

@test "who stops a run stops its app" {
	fault <<<'open("'"$PWD"'/waits", "w"); import time; time.sleep(100)'
	verify -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" -o verify.jsonl \
		"$(built reference)" "$(built right)" >words 2>&1 3>&- &
	for _ in $(seq 100); do
		[ ! -e waits ] || break
		sleep 0.1
	done
	[ ! -e remote/stopped ]
	kill -TERM $!
	wait $! || [ $? -eq 143 ]
	[ -e remote/stopped ]
	[ ! -e verify.jsonl ]
}

@test "what judges is asked what it is" {
	run -0 "$BUILD/run-modal" -q
	diff <(doctor -f) - <<<"$output"
}

@test "make keeps Modal's token to itself" {
	MODAL_TOKEN_ID=secret1 MODAL_TOKEN_SECRET=secret2 run -0 make -s --no-print-directory \
		-C "$ROOT" BUILD="$BUILD" FACTS="$PWD/facts" facts
	grep -qx MODAL_GPU remote/environ
	run -1 grep MODAL_TOKEN remote/environ
}

@test "settings that make no sense are refused, and a Python without modal is named" {
	for gpu in --x 'H100 x' 'a;b' $'a\nb'; do
		MODAL_GPU=$gpu run -2 verify_it
		[[ $output == *"run-modal: MODAL_GPU=$gpu: want the name of a GPU"* ]]
	done
	mkdir empty
	echo 'raise ImportError' >empty/modal.py
	PYTHONPATH=$PWD/empty run -2 verify_it
	[[ $output == *" has no package modal: pip install modal"* ]]
}
