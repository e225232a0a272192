# judge - a tiny kernel, and what its judgements need; for verify's and
# bench's tests
scale_setup() {
	K=$BATS_FILE_TMPDIR/kernels/scale
	W=$BATS_FILE_TMPDIR/scale.jsonl
	mkdir -p "$K"
	cp -r "$ROOT/kernels/include" "$BATS_FILE_TMPDIR/kernels/"
	cat >"$K/definition.json" <<-'END'
		{"name": "scale", "op_type": "scale",
		 "axes": {"n": {"type": "var"}},
		 "inputs": {"x": {"shape": ["n"], "dtype": "float32"},
		            "a": {"shape": null, "dtype": "float32"}},
		 "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
		 "reference": "def run(x, a):\n    return x * a\n"}
	END
	cat >"$K/settings" <<-'END'
		cflags.cpu = -pthread
		timeout_s = 0.5
		processes = 3
		max_processes = 3
		pairs = 2
		precision = 1e-4
	END
	for n in 1 5 1000; do
		scale_workload $n '"x": {"type": "random"}'
	done >"$W"
	compile reference
}

# A line of the list: n, and its inputs without a.
scale_workload() {
	printf '{"definition": "scale", "solution": null, "workload": {"uuid": "n%s", "axes": {"n": %s}, "inputs": {%s, "a": {"type": "scalar", "value": 3}}}, "evaluation": null}\n' \
		"$1" "$1" "$2"
}

# Compiles scale.c as NAME, with a fault's name defined. Each text differs, so
# that its code does too.
compile() {
	local source=$BATS_FILE_TMPDIR/$1.c

	[ -e "$BATS_FILE_TMPDIR/$1.json" ] && return
	{
		[ -z "${2-}" ] || echo "#define $2 1"
		cat "$ROOT/tests/kernels/scale.c"
		echo "const char version_of_this[] = \"$1\";"
	} >"$source"
	build-kernel -c "$BATS_FILE_TMPDIR/cache" -d cpu \
		-o "$BATS_FILE_TMPDIR/$1.json" "$K" "$source"
}

front() {
	local program=$1

	shift
	"$program" -k "$K" -w "$W" -c "$BATS_FILE_TMPDIR/cache" "$@"
}

built() {
	printf '%s\n' "$BATS_FILE_TMPDIR/$1.json"
}
