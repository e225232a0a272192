load setup

# Tensors in files, by way of data-check; python's safetensors, where it is
# there, is the second opinion.

setup() {
	PATH=$BUILD/tests:$PATH
	python=${PYTHON:-python3}
	cd "$BATS_TEST_TMPDIR"
}

# bytes N: a little-endian 64-bit number.
bytes() {
	local n=$1 i
	for ((i = 0; i < 8; i++)); do
		# shellcheck disable=SC2059
		printf "\\x$(printf %02x $((n >> (8 * i) & 255)))"
	done
}

# file HEADER DATA: a file t with that header and as many zero bytes.
file() {
	bytes ${#1} >t
	printf %s "$1" >>t
	head -c "$2" /dev/zero >>t
}

refuses() { # HEADER DATA REASON
	file "$1" "$2"
	run -2 data-check safetensors t
	[ "$output" = "data-check: $3" ] || {
		echo "got: $output"
		return 1
	}
}

zeros() { # digest of N zero bytes
	head -c "$1" /dev/zero | sha256sum | cut -d ' ' -f 1
}

@test "a file's tensors come in the order of their data" {
	file '{"b":{"dtype":"F32","shape":[2,3],"data_offsets":[2,26]},"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}' 26
	run -0 data-check safetensors t
	[ "$output" = "a bfloat16 1 $(zeros 2)"$'\n'"b float32 2 3 $(zeros 24)" ]
}

@test "scalars, empty tensors, metadata and blanks after the header are read" {
	file '{"__metadata__":{"by":"us"},"s":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"F16","shape":[0,7],"data_offsets":[8,8]}}   ' 8
	run -0 data-check safetensors t
	[ "$output" = "s int64 $(zeros 8)"$'\n'"e float16 0 7 $(zeros 0)" ]
	file '{}' 0
	run -0 data-check safetensors t
	[ "$output" = '' ]
}

@test "what is written reads the same, every dtype, widest first" {
	file '{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"I64","shape":[1],"data_offsets":[3,11]},"c":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[11,13]},"d":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[13,15]},"e":{"dtype":"F4","shape":[2],"data_offsets":[15,16]},"f":{"dtype":"I32","shape":[1],"data_offsets":[16,20]},"g":{"dtype":"I16","shape":[1],"data_offsets":[20,22]},"h":{"dtype":"I8","shape":[1],"data_offsets":[22,23]},"i":{"dtype":"F16","shape":[1],"data_offsets":[23,25]},"j":{"dtype":"BF16","shape":[1],"data_offsets":[25,27]},"k":{"dtype":"F32","shape":[1],"data_offsets":[27,31]}}' 0
	head -c 31 /dev/urandom >>t
	data-check copy-safetensors t u
	data-check safetensors t | sort >one
	data-check safetensors u | sort | diff one -
	run -0 data-check safetensors u
	[ "$(cut -d ' ' -f 1 <<<"$output" | tr -d '\n')" = bfkgijacdhe ]
	# the data begins aligned
	[ $(($(od -An -tu8 -N8 u) % 8)) -eq 0 ]
}

@test "python's safetensors reads what we write, and we what it writes" {
	"$python" -c 'import safetensors.numpy' 2>/dev/null || skip "no safetensors"
	"$python" - <<-'PY'
	import numpy, safetensors.numpy
	rng = numpy.random.default_rng(1)
	safetensors.numpy.save_file({
	    "x": rng.standard_normal((3, 5)).astype("float32"),
	    "ü": rng.integers(-9, 9, (4,), dtype="int64"),
	    "flag": numpy.array([True, False, True]),
	    "half": rng.standard_normal(7).astype("float16"),
	    "none": numpy.zeros((0, 2), "int32"),
	    "one": numpy.array(3, "int8")}, "t", {"by": "python"})
	PY
	run -0 data-check safetensors t
	[ "${#lines[@]}" -eq 6 ]
	data-check copy-safetensors t u
	"$python" - <<-'PY'
	import safetensors.numpy as s
	a, b = s.load_file("t"), s.load_file("u")
	assert a.keys() == b.keys()
	for key in a:
	    assert a[key].dtype == b[key].dtype and a[key].shape == b[key].shape
	    assert a[key].tobytes() == b[key].tobytes(), key
	PY
}

@test "a file too short for its header's length is refused" {
	for n in 0 1 7; do
		head -c $n /dev/zero >t
		run -2 data-check safetensors t
		[ "$output" = 'data-check: t: too short for safetensors' ]
	done
	for n in 0 3 104857601 9223372036854775807 -1; do
		bytes $n >t
		printf '{}' >>t
		run -2 data-check safetensors t
		[[ "$output" == 'data-check: t: no safetensors: want a header of '*' bytes' ]]
	done
}

@test "a Git LFS pointer is said to be one" {
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >t
	run -2 data-check safetensors t
	[ "$output" = 'data-check: t: a Git LFS pointer; fetch the tensors with git lfs pull' ]
}

@test "a header that is no JSON object is refused" {
	refuses '[]' 0 "t: want the header to begin with '{'"
	refuses ' {}' 0 "t: want the header to begin with '{'"
	refuses '{' 0 't:1: want a key in quotes, got the end of the text'
	refuses '{}x' 0 "t:1: want nothing after the value, got 'x'"
	refuses '{"a":1}' 0 't: tensor "a" wants an object with a dtype'
	refuses '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}' 2 \
		't:1: the key "a" appears twice'
}

@test "a dtype that is not ours is refused" {
	for dtype in F64 U8 f32 '' F8_E8M0 C64; do
		refuses "{\"a\":{\"dtype\":\"$dtype\",\"shape\":[0],\"data_offsets\":[0,0]}}" 0 \
			't: tensor "a" has a dtype that is not known here'
	done
	refuses '{"a":{"dtype":3,"shape":[0],"data_offsets":[0,0]}}' 0 't: tensor "a" wants an object with a dtype'
}

@test "a shape that is none is refused" {
	refuses '{"a":{"dtype":"I8","data_offsets":[0,1]}}' 1 't: tensor "a" has no shape'
	refuses '{"a":{"dtype":"I8","shape":1,"data_offsets":[0,1]}}' 1 't: tensor "a" has no shape'
	for n in -1 1.0 '"1"' null 9223372036854775808; do
		refuses "{\"a\":{\"dtype\":\"I8\",\"shape\":[$n],\"data_offsets\":[0,1]}}" 1 \
			't: tensor "a" wants a shape of integers, none negative'
	done
	refuses '{"a":{"dtype":"I8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}' 1 't: tensor "a" has more than 8 axes'
}

@test "offsets that are none are refused" {
	for offsets in '' '"data_offsets":[0]' '"data_offsets":[0,1,1]' '"data_offsets":[1,0]' \
		'"data_offsets":[-1,1]' '"data_offsets":[0,"1"]' '"data_offsets":{"a":0,"b":1}' \
		'"data_offsets":null' '"data_offsets":[0.0,1]'; do
		refuses "{\"a\":{\"dtype\":\"I8\",\"shape\":[1]${offsets:+,}$offsets}}" 1 \
			't: tensor "a" has no two offsets in order'
	done
}

@test "offsets that disagree with shape and dtype are refused" {
	for size in 'F32","shape":[2]:0,7' 'I8","shape":[]:0,0' 'I8","shape":[0]:0,1' 'F4","shape":[3]:0,2' 'F4","shape":[1]:0,1'; do
		refuses "{\"a\":{\"dtype\":\"${size%:*},\"data_offsets\":[${size##*:}]}}" 8 \
			't: tensor "a" has offsets that disagree with its shape'
	done
}

@test "a shape whose size overflows is refused" {
	for shape in 4294967296,4294967296 9223372036854775807,2 9223372036854775807 2305843009213693952,8; do
		refuses "{\"a\":{\"dtype\":\"I64\",\"shape\":[$shape],\"data_offsets\":[0,0]}}" 0 \
			't: tensor "a" has offsets that disagree with its shape'
	done
}

@test "a tensor beyond the file's end is refused" {
	refuses '{"a":{"dtype":"I8","shape":[9],"data_offsets":[0,9]}}' 8 't: tensor "a" ends beyond the file'
	refuses '{"a":{"dtype":"I8","shape":[9],"data_offsets":[0,9223372036854775807]}}' 8 't: tensor "a" ends beyond the file'
}

@test "overlaps, holes and bytes at the end are refused" {
	a='"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}'
	refuses "{$a,\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[3,7]}}" 7 't: tensor "b" overlaps another or leaves a hole'
	refuses "{$a,\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}" 4 't: tensor "b" overlaps another or leaves a hole'
	refuses "{$a,\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[5,9]}}" 9 't: tensor "b" overlaps another or leaves a hole'
	refuses '{"a":{"dtype":"I8","shape":[4],"data_offsets":[1,5]}}' 5 't: tensor "a" overlaps another or leaves a hole'
	refuses "{$a}" 5 't: bytes after the last tensor'
	refuses '{}' 1 't: bytes after the last tensor'
}

@test "metadata that is no object of strings is refused" {
	refuses '{"__metadata__":[]}' 0 't: want __metadata__ to be an object'
	refuses '{"__metadata__":{"a":1}}' 0 't: want __metadata__ to hold strings only'
}

@test "a folder, a device and a place that cannot be written are named" {
	run -2 data-check safetensors .
	[ "$output" = 'data-check: .: not a regular file' ]
	run -2 data-check safetensors /dev/zero
	[ "$output" = 'data-check: /dev/zero: not a regular file' ]
	file '{}' 0
	run -2 data-check copy-safetensors t none/u
	[ "$output" = 'data-check: none/u: No such file or directory' ]
}
