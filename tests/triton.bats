# triton - solutions in Triton: how they are taken in without a GPU, and, where
# there is one with torch and triton, how they are judged
load setup
load judge

setup() {
	cd "$BATS_TEST_TMPDIR"
	scale_setup
	export K W
	printf 'def run(x, a, y):\n    pass\n' >main.py
}

# A Python that says what it is.
python_with() {
	printf '#!/bin/sh\necho "%s"\n' "$*" >python
	chmod +x python
	export PYTHON=$PWD/python
}

solution() { # LANGUAGE
	"$BATS_TEST_DIRNAME/gpu/solution.sh" scale main.py "$1" >solution.json
}

make_it() { # DEVICE [OPTION...]
	build-kernel -c cache -d "$1" -o build.json "${@:2}" "$K" solution.json
}

@test "Triton is for a GPU, PyTorch for a CPU too" {
	solution triton
	run -2 make_it cpu
	[[ $output == *"solution.json: want language cpp or python for device cpu, got triton" ]]
}

@test "without Triton it is refused, with a remedy" {
	needs_jail
	python_with 'no module named triton'
	solution triton
	run -2 make_it cuda
	[[ $output == *"no PyTorch with Triton, which a solution in Triton needs: python3 -m venv V; V/bin/pip install torch triton;"* ]]
	[ ! -e build.json ]
}

@test "it needs no compiler: what is kept is its text, and what runs it" {
	needs_jail
	python_with 'Python 3.12.3, torch 2.11.0, triton 3.6.0'
	solution triton
	run -0 make_it cuda -z memcheck
	[ "$(jq -r .language build.json)" = triton ]
	[ "$(jq -r .compiler build.json)" = "Python 3.12.3, torch 2.11.0, triton 3.6.0" ]
	made=cache/$(jq -r .key build.json)/kernel.json
	[ "$(jq -r .language "$made")" = triton ]
	[ ! -e "${made%.json}.cubin" ]
}

@test "another Triton is another build" {
	needs_jail
	solution triton
	python_with 'Python 3.12.3, torch 2.11.0, triton 3.6.0'
	make_it cuda
	first=$(jq -r .key build.json)
	python_with 'Python 3.12.3, torch 2.11.0, triton 3.7.0'
	make_it cuda
	[ "$(jq -r .key build.json)" != "$first" ]
}

@test "the same text in PyTorch is other code" {
	needs_jail
	python_with 'Python 3.12.3, torch 2.11.0, triton 3.6.0'
	solution triton
	make_it cuda
	first=$(jq -r .object_sha256 build.json)
	solution python
	make_it cuda
	[ "$(jq -r .object_sha256 build.json)" != "$first" ]
}

@test "on a GPU kernels in Triton are judged right, or refused with the reason" {
	"$BUILD/doctor" -d 2>/dev/null | grep -qx cuda || skip "no GPU here"
	python3 -c 'import torch, triton' 2>/dev/null || skip "no Triton here"
	OUT=$PWD/out run -0 "$BATS_TEST_DIRNAME/gpu-triton.sh" check
}
