load setup

# A data set in a folder with a blank in its name: one definition, deeper than
# usual, with a list that names a tensor of 16 numbers for x.
setup() {
	cd "$BATS_TEST_TMPDIR"
	own_build
	data='a set'
	mkdir -p "$data/definitions/x/y" "$data/workloads/z" "$data/blob"
	cp "$ROOT/tests/tiny/kernels/scale/definition.json" \
		"$data/definitions/x/y/scale.json"
	{
		header='{"x": {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}}'
		# shellcheck disable=SC2059 # a byte
		printf "\\x$(printf %02x ${#header})"
		head -c 7 /dev/zero
		printf %s "$header"
		head -c 64 /dev/zero
	} >"$data/blob/x.safetensors"
	row u1 blob/x.safetensors >"$data/workloads/z/scale.jsonl"
}

row() { # UUID PATH [definition]
	printf '{"definition": "%s", "solution": null, "workload": {"uuid": "%s", "axes": {"n": 16}, "inputs": {"x": {"type": "safetensors", "path": "%s", "tensor_key": "x"}}}, "evaluation": null}\n' \
		"${3-scale}" "$1" "$2"
}

import() { # [definition ...]
	"$ROOT/tools/import.sh" "$BUILD" cpu kernels workloads "$data" "$@"
}

# A definition file $1 of name $2.
define() {
	sed "s/\"scale\"/\"$2\"/" "$data/definitions/x/y/scale.json" \
		>"$data/definitions/$1"
}

@test "a data set's kernels are links to it" {
	run -0 import
	[ "${lines[0]}" = "linked kernels/scale" ]
	[ "${lines[1]}" = "1 definitions, 1 of them with workloads: 1" ]
	[ "$(readlink kernels/scale/definition.json)" = \
		"$PWD/$data/definitions/x/y/scale.json" ]
	[ "$(readlink workloads/scale.jsonl)" = "$PWD/$data/workloads/z/scale.jsonl" ]
	[ -s kernels/scale/settings ]
	[ ! -e kernels/scale/solution.c ]
}

@test "a low-bit kernel, by its name, may miss as many elements as FlashInfer-Bench allows" {
	define low.json moe_fp8_block_scale_tiny
	import
	grep -qx 'matched_ratio = 0.95' kernels/moe_fp8_block_scale_tiny/settings
	! grep -q matched_ratio kernels/scale/settings
}

@test "so may one whose output is rounded to 8 bits" {
	define narrow.json narrow
	sed -i '/"y"/s/float32/float8_e4m3fn/' "$data/definitions/narrow.json"
	import
	grep -qx 'matched_ratio = 0.95' kernels/narrow/settings
}

@test "a set cannot name what is above it: not to judge, nor to pack" {
	mkdir .ssh
	cp "$data/blob/x.safetensors" .ssh/key
	row u1 .ssh/key >"$data/workloads/z/scale.jsonl"
	import
	cp "$ROOT"/tests/tiny/kernels/scale/*.[ch] kernels/scale/
	ln -s "$ROOT/kernels/include" kernels/include
	mk() {
		make -C "$ROOT" -s "$@" BUILD="$PWD/build" KERNEL=scale DEVICE=cpu \
			KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
			EXPERIMENTS="$PWD/experiments" OUT="$PWD/out/$1"
	}
	mkdir out
	for target in verify pack bundle; do
		run -2 mk $target
		[[ $output == *".ssh/key in the folders above it"* ]]
	done
	[ -z "$(find out -name key)" ]
}

@test "a set cannot name what is no tensor file, not even of its own" {
	echo "a secret" >"$data/notes"
	row u1 notes >"$data/workloads/z/scale.jsonl"
	import
	cp "$ROOT"/tests/tiny/kernels/scale/*.[ch] kernels/scale/
	ln -s "$ROOT/kernels/include" kernels/include
	run -2 make -C "$ROOT" -s pack BUILD="$PWD/build" KERNEL=scale DEVICE=cpu \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" OUT="$PWD/out"
	[[ $output == *"notes: no safetensors"* ]]
	[ ! -e out/notes ]
}

@test "no name and no op_type makes more of a table or of settings than a word" {
	sed -i 's/"op_type": "[^"]*"/"op_type": "x\\t0\\n..\/..\/elsewhere"/' \
		"$data/definitions/x/y/scale.json"
	run -2 import
	[[ $output == *"an op_type of more than one word"* ]]
	[ ! -e kernels ]
	[ ! -e ../../elsewhere ]
	mv "$data/definitions/x/y/scale.json" "$data/definitions/x/y/sca"$'\n'"le.json"
	run -2 import
	[[ $output == *"a name of more lines or columns"* ]]
}

@test "an imported kernel is proven on the data set's tensors, which stay there" {
	import
	cp "$ROOT"/tests/tiny/kernels/scale/*.[ch] kernels/scale/
	cp "$ROOT/tests/tiny/kernels/scale/settings" kernels/scale/settings
	ln -s "$ROOT/kernels/include" kernels/include
	run -0 make -C "$ROOT" -s verify BUILD="$PWD/build" KERNEL=scale DEVICE=cpu \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments"
	[[ $output == *"right on 1 workload"* ]]
	[ ! -e workloads/blob ] && [ ! -e blob ]
}

@test "so is one whose list is many folders deep; a Git LFS pointer is named" {
	mkdir -p "$data/workloads/a/b/c/d/e/f"
	mv "$data/workloads/z/scale.jsonl" "$data/workloads/a/b/c/d/e/f/"
	import
	cp "$ROOT"/tests/tiny/kernels/scale/* kernels/scale/ 2>/dev/null || :
	ln -s "$ROOT/kernels/include" kernels/include
	mk() {
		make -C "$ROOT" -s verify BUILD="$PWD/build" KERNEL=scale DEVICE=cpu \
			KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
			EXPERIMENTS="$PWD/experiments" BENCH_S=2
	}
	run -0 mk
	[[ $output == *"right on 1 workloads"* ]]
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' \
		>"$data/blob/x.safetensors"
	run -2 mk
	[[ $output == *"blob/x.safetensors: a Git LFS pointer; fetch the tensors with git lfs pull"* ]]
}

@test "make import takes a data set, or some of its definitions" {
	define other.json other
	run -0 make -C "$ROOT" -s import BUILD="$BUILD" DEVICE=cpu \
		TRACE="$PWD/$data" DEFINITION=other \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads"
	[[ $output == "linked $PWD/kernels/other"* ]]
	[[ $output == *"1 have none: shapes go into the list of each"* ]]
	[ ! -e kernels/scale ] && [ ! -e workloads/other.jsonl ]
	run -2 make -C "$ROOT" -s import
	[[ $output == *"want TRACE="* ]]
}

@test "stubs for an imported kernel compile, and leave its links" {
	import
	run -0 new-kernel -d cpu -k kernels/scale -w workloads/scale.jsonl \
		kernels/scale/definition.json
	[ -L kernels/scale/definition.json ] && [ -L workloads/scale.jsonl ]
	cc -Wall -Wextra -Werror -I "$ROOT/kernels/include" -fPIC -shared \
		-o s.so kernels/scale/solution.c
}

@test "without a reference there is no judgement, but a word on how to begin one" {
	import
	PYTHON=/bin/false run -2 make -C "$ROOT" -s verify BUILD="$PWD/build" KERNEL=scale DEVICE=cpu \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments"
	[[ $output == "$PWD/kernels/scale/reference.c: no reference to judge by, and /bin/false has no PyTorch to run the definition's own; make new KERNEL=scale DEFINITION="*"writes a stub of it"* ]]
}

@test "a kernel that is here already stays as it is" {
	mkdir -p kernels/scale workloads
	echo mine >kernels/scale/definition.json
	echo mine >workloads/scale.jsonl
	run -0 import
	[ "${lines[0]}" = "kept   kernels/scale" ]
	[ "$(cat kernels/scale/definition.json workloads/scale.jsonl)" = $'mine\nmine' ]
	[ ! -e kernels/scale/settings ]
}

@test "tensors that are missing or Git LFS pointers are counted" {
	row u2 blob/gone.safetensors >>"$data/workloads/z/scale.jsonl"
	row u3 blob/far.safetensors >>"$data/workloads/z/scale.jsonl"
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' \
		>"$data/blob/far.safetensors"
	run -0 import
	[ "${lines[2]}" = "1 of 3 tensors are missing in the data set" ]
	[ "${lines[3]}" = "1 of 3 tensors are Git LFS pointers: git lfs pull fetches them" ]
	run -0 --separate-stderr inventory "$data"
	[[ ${lines[1]} == scale$'\t'test$'\t'3$'\t'3$'\t'1$'\t'1$'\t'* ]]
}

@test "a tensor behind a link is missing, wherever it leads" {
	mv "$data/blob/x.safetensors" .
	ln -s "$PWD/x.safetensors" "$data/blob/x.safetensors"
	run -0 import
	[ "${lines[2]}" = "1 of 1 tensors are missing in the data set" ]
}

@test "what is broken is said, and the rest imported: status 2" {
	echo '{]' >"$data/definitions/x/bad.json"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/definitions/x/bad.json:1: "* ]]
	[[ $output == "linked kernels/scale"* ]]
}

@test "what a data set says reaches no terminal as a control or a hidden character" {
	hostile=$(printf '\302\233[31m\342\200\256')
	list=$data/workloads/z/scale.jsonl
	row "u$hostile" blob/x.safetensors >"$list"
	run -2 import
	[[ $output == *"scale.jsonl:1: the uuid wants printable ASCII without blanks"* ]]
	row u1 "../$hostile" >"$list"
	run -2 import
	[[ $output == *"scale.jsonl:1: x wants a path"*"../??[31m???"* ]]
	run -2 import "$hostile"
	[[ $output == *"no definition ??[31m???"* ]]
	run -1 env LC_ALL=C grep -P '\xc2\x9b|\xe2\x80\xae' <<<"$output"
}

@test "a definition that is not there is said" {
	run -2 --separate-stderr import scale nope
	[ "$stderr" = "inventory: $data: no definition nope" ]
	[[ $output == "linked kernels/scale"* ]]
}

@test "two definitions of one name: the second is refused" {
	define again.json scale
	run -2 --separate-stderr import
	[ "$stderr" = "inventory: $data/definitions/x/y/scale.json: defines scale, as does $data/definitions/again.json" ]
}

@test "two lists of one definition: the second is refused" {
	cp "$data/workloads/z/scale.jsonl" "$data/workloads/z/twice.jsonl"
	run -2 --separate-stderr import
	[ "$stderr" = "inventory: $data/workloads/z/twice.jsonl: has workloads of scale, as does $data/workloads/z/scale.jsonl" ]
}

@test "a list of a definition that is not there is said" {
	row u1 blob/x.safetensors other >"$data/workloads/other.jsonl"
	run -2 --separate-stderr import
	[ "$stderr" = "inventory: $data/workloads/other.jsonl: no definition other in $data" ]
}

@test "lists with a path that leaves the data set, or no JSON, are refused" {
	row u1 ../x.safetensors >"$data/workloads/z/scale.jsonl"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/workloads/z/scale.jsonl:1: "* ]]
	[ ! -e workloads/scale.jsonl ]
	printf '\n\n{]\n' >"$data/workloads/z/scale.jsonl"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/workloads/z/scale.jsonl:3: "* ]]
	: >"$data/workloads/z/scale.jsonl"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/workloads/z/scale.jsonl:1: "* ]]
}

@test "links in a data set are refused, files and folders" {
	ln -s y/scale.json "$data/definitions/x/link.json"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/definitions/x/link.json: a link"*"cp -rL" ]]
	rm "$data/definitions/x/link.json"
	ln -s / "$data/workloads/root"
	run -2 --separate-stderr import
	[[ $stderr == "inventory: $data/workloads/root: a link"* ]]
	[ ! -e kernels ]
}

@test "no data set, no definitions, no arguments: said, and nothing is made" {
	run -2 --separate-stderr inventory nowhere
	[ "$stderr" = "inventory: nowhere: no definitions/*.json beneath it" ]
	mkdir empty
	run -2 --separate-stderr inventory empty
	[ "$stderr" = "inventory: empty: no definitions/*.json beneath it" ]
	run -2 inventory
	[[ $output == "usage: inventory"* ]]
	run -2 bash -c "inventory '$data' >/dev/full"
}

@test "an option for links alone, or half of it, is a usage error" {
	run -2 new-kernel -d cpu -k kernels/scale -w w.jsonl -l l.jsonl \
		"$data/definitions/x/y/scale.json"
	[[ $output == "usage: new-kernel"* ]]
	run -2 new-kernel -d cpu -k kernels/scale -w w.jsonl -r -l nowhere.jsonl \
		"$data/definitions/x/y/scale.json"
	[ "$output" = "new-kernel: nowhere.jsonl: No such file or directory" ]
	[ ! -e kernels/scale/definition.json ]
}

@test "the public data set imports: 156 definitions, 26 lists" {
	data=${RATCHET_SHARED:-$ROOT/../shared}/data/flashinfer_trace
	[ -d "$data" ] || skip "no public data"
	run -0 import
	[[ $output == *"156 definitions, 26 of them with workloads: 663"* ]]
	[[ $output == *"723 of 723 tensors are missing in the data set"* ]]
	[ "$(ls kernels | wc -l)" -eq 156 ]
}
