load setup

# A copy of the kernel scale, with an experiment that was accepted, exp_0001,
# and one that was not.
setup() {
	PATH=$BUILD/tests:$PATH
	cd "$BATS_TEST_TMPDIR"
	mkdir -p kernels x/exp_0001 x/exp_0002
	cp -R "$ROOT/tests/tiny/kernels/scale" kernels/scale
	cp -R "$ROOT/kernels/include" kernels/include
	cp -R "$ROOT/tests/tiny/workloads" workloads
	sed 's/^/ /' kernels/scale/solution.c >x/exp_0002/solution.c
	echo '/* faster */' >>kernels/scale/solution.c
	cp kernels/scale/solution.c x/exp_0001/
	hash=$(sha256sum kernels/scale/solution.c | cut -d' ' -f1)
	entry exp_0001 accept "$hash" >x/ledger.jsonl
	data-check make-trace workloads/scale.jsonl PASSED >x/exp_0001/trace.jsonl
}

entry() { # EXPERIMENT OUTCOME SHA256
	printf '{"experiment": "%s", "device": "cpu", "proposer": "person", "outcome": "%s", "reason": "-", "speedup": 2, "ci_low": 2, "ci_high": 2, "incumbent": "shipped", "source_sha256": "%s", "object_sha256": null, "incumbent_source_sha256": "%064d", "knobs": {}, "at": "2026-01-01T00:00:00Z", "seconds": 1}\n' \
		"$1" "$2" "$3" 0
}

put() { # [option ...] [experiment]
	pack -d cpu -e x -k kernels/scale -w workloads/scale.jsonl -o set "$@"
}

packed=set/solutions/ratchet/test/scale/scale_cpu_exp_0001.json

@test "the incumbent becomes a Solution in a set that has all it needs" {
	run -0 put
	[ "${lines[-1]}" = "wrote  $packed" ]
	data-check solution $packed | cmp - $packed
	cmp kernels/scale/definition.json set/definitions/test/scale.json
	cmp workloads/scale.jsonl set/workloads/test/scale.jsonl
	run -0 inventory set
	[[ ${lines[1]} == scale$'\t'test$'\t'2$'\t'0$'\t'* ]]
}

@test "a packed solution compiles from what is in it alone" {
	put
	mkdir -p bare/scale
	cp kernels/scale/definition.json kernels/scale/settings bare/scale/
	run -0 build-kernel -c cache -d cpu -o b.json bare/scale $packed
	grep -q '"path": "ratchet.h"' $packed
	grep -q '"path": "ratchet_abi.h"' $packed
	grep -q '"entry_point": "solution.c::run"' $packed
}

@test "an experiment that was not accepted can be packed, too, under its name" {
	run -0 put exp_0002
	grep -q '"name": "scale_cpu_exp_0002"' \
		set/solutions/ratchet/test/scale/scale_cpu_exp_0002.json
}

@test "traces go where their solution is, under the same author" {
	run -0 put -t -a me
	[ "$output" = "wrote  set/traces/me/test/scale.jsonl" ]
	cmp x/exp_0001/trace.jsonl set/traces/me/test/scale.jsonl
	[ ! -e set/solutions ]
}

@test "what a set has already stays, at whatever depth" {
	mkdir -p set/definitions/a/b set/workloads/c
	echo mine >set/definitions/a/b/scale.json
	echo mine >set/workloads/c/scale.jsonl
	run -0 put
	[ "$output" = "wrote  $packed" ]
	[ ! -e set/definitions/test ] && [ ! -e set/workloads/test ]
	put
	[ "$(cat set/definitions/a/b/scale.json)" = mine ]
}

@test "stored tensors come along, and those that are there stay" {
	k=dsa_sparse_attention_h16_ckv512_kpe64_topk2048_ps64
	dsa() {
		pack -d cpu -e none -k "$ROOT/kernels/$k" \
			-w "$ROOT/workloads/$k.jsonl" -o set
	}
	run -0 dsa
	[ "$(inventory set | awk -F '\t' 'NR == 2 { print $3, $4, $5 }')" = "23 23 0" ]
	one=$(find set/blob -name '*.safetensors' | head -n 1)
	echo mine >"$one"
	rm -r set/workloads
	run -0 dsa
	[ "$(cat "$one")" = mine ]
}

@test "a Solution of several files keeps all that it says but its name" {
	rm kernels/scale/solution.c x/ledger.jsonl
	cat >kernels/scale/solution.json <<-'END'
	{"name": "theirs", "definition": "scale", "author": "them", "extra": [1.50],
	 "spec": {"language": "cpp", "target_hardware": ["cpu"],
	          "entry_point": "a.c::run"},
	 "sources": [{"path": "a.c", "content": "int a;\n"},
	             {"path": "sub/b.h", "content": "int b;\n"}]}
	END
	put
	file=set/solutions/ratchet/test/scale/scale_cpu_shipped.json
	grep -q '"name": "scale_cpu_shipped"' $file
	grep -q '"author": "them"' $file
	grep -q 1.50 $file
	grep -q '"path": "sub/b.h"' $file
}

@test "a solution that somebody edited is refused: it has no name" {
	echo '/* by hand */' >>kernels/scale/solution.c
	run -2 put
	[[ $output == *"adopt"* ]]
	[ ! -e set ]
}

@test "there are no traces of what was never judged" {
	run -2 put -t exp_0002
	[ "$output" = "pack: x/exp_0002/trace.jsonl: no traces of what no experiment has judged; EXP= names one" ]
	[ ! -e set ]
}

@test "an experiment that is not there, or is no name, is refused" {
	run -2 put exp_0009
	[ "$output" = "pack: x/exp_0009: no solution for cpu" ]
	run -2 put ../x
	[ "$output" = "pack: ../x: want an experiment's name" ]
	run -2 put exp_0001/..
	[ "$output" = "pack: exp_0001/..: want an experiment's name" ]
}

@test "an author is one folder's name" {
	for author in ../up a/b '' /; do
		run -2 put -a "$author"
		[[ $output == "pack: $author: want an author's name, without a slash" ]]
	done
}

@test "an op_type that would leave the set is a plain name there" {
	sed -i 's|"op_type": "test"|"op_type": "../../up"|' kernels/scale/definition.json
	put
	[ -s set/definitions/______up/scale.json ]
	[ ! -e ../up ]
}

@test "a tensor that is missing is said, and no list of workloads written" {
	sed -i '1s|{"type": "random"}|{"type": "safetensors", "path": "blob/gone.safetensors", "tensor_key": "x"}|' \
		workloads/scale.jsonl
	run -2 put
	[[ $output == *"pack: workloads/scale.jsonl: blob/gone.safetensors in the folders above it: No such file"* ]]
	[ ! -e set/workloads ]
}

@test "a set that cannot be written, or has links, is refused" {
	echo file >set
	run -2 put
	[[ $output == "pack: set"*"Not a directory" ]]
	rm set
	mkdir -p set/definitions
	ln -s /etc set/definitions/etc
	run -2 put
	[[ $output == "pack: set/definitions/etc: a link"* ]]
}

@test "a full disk leaves no solution, a full standard output is trouble" {
	mkdir -p small
	put >/dev/null
	rm -r set
	run -2 bash -c "ulimit -f 0; trap '' XFSZ; pack -d cpu -e x -k kernels/scale -w workloads/scale.jsonl -o set"
	[ -z "$(find set -type f 2>/dev/null)" ]
	run -2 bash -c "pack -d cpu -e x -k kernels/scale -w workloads/scale.jsonl -o set >/dev/full"
}

@test "make pack and make traces take OUT, AUTHOR and EXP" {
	make_here() {
		make -C "$ROOT" -s "$@" BUILD="$BUILD" KERNEL=scale DEVICE=cpu \
			KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
			EXPERIMENTS="$PWD/e" OUT="$PWD/set" AUTHOR=me
	}
	mkdir e
	mv x e/scale
	run -0 make_here pack
	run -0 make_here traces EXP=exp_0001
	[ -s set/solutions/me/test/scale/scale_cpu_exp_0001.json ]
	[ -s set/traces/me/test/scale.jsonl ]
}
