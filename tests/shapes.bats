load setup

# Tables of shapes, for a definition of two axes that vary, a scalar and an index.
setup() {
	PATH=$BUILD/tests:$PATH
	cd "$BATS_TEST_TMPDIR"
	cat >rows.json <<-'END'
	{"name": "rows", "op_type": "test",
	 "axes": {"n": {"type": "var"}, "m": {"type": "var"},
	          "k": {"type": "const", "value": 4}},
	 "inputs": {"x": {"shape": ["n", "k"], "dtype": "float32"},
	            "index": {"shape": ["m"], "dtype": "int32"},
	            "scale": {"shape": null, "dtype": "float32"},
	            "flag": {"shape": null, "dtype": "bool"}},
	 "outputs": {"y": {"shape": ["m", "k"], "dtype": "float32"}},
	 "reference": "def run(x, index, scale, flag):\n    return x\n"}
	END
}

start() { # writes what is on standard input to t.tsv, tabs for blanks
	tr ' ' '\t' >t.tsv
	rm -rf kernels workloads
	run new-kernel -d cpu -k kernels/rows -w workloads/rows.jsonl -s t.tsv \
		rows.json
}

list=workloads/rows.jsonl

refuses() { # TEXT-AFTER-THE-NAME, table on standard input
	start
	[ "$status" -eq 2 ]
	[ "$output" = "new-kernel: t.tsv$1" ] || {
		echo "got: $output"
		return 1
	}
	[ ! -e kernels ] && [ ! -e workloads ]
}

@test "a line of the table is a workload; names, comments, CRLF as they come" {
	start <<-'END'
	# comment
	m n

	2 3
	END
	[ "$status" -eq 0 ]
	[ "$(wc -l <$list)" -eq 1 ]
	grep -q '"axes": {"n": 3, "m": 2}' $list
	grep -q '"x": {"type": "random"}' $list
	grep -q '"scale": {"type": "scalar", "value": 1}, "flag": {"type": "scalar", "value": true}' $list
	printf 'n\tm\r\n3\t2\r\n' >t.tsv
	cp $list before
	rm -r kernels workloads
	new-kernel -d cpu -k kernels/rows -w $list -s t.tsv rows.json
	cmp before $list
}

@test "inputs: a scalar's value, a stored tensor's PATH#KEY, - for random" {
	start <<-'END'
	n m scale flag index
	3 2 -0.50 false blob/a.safetensors#index
	3 2 2 true -
	END
	[ "$status" -eq 0 ]
	data-check workload rows.json $list | cmp - $list
	grep -q '"index": {"type": "safetensors", "path": "blob/a.safetensors", "tensor_key": "index"}' $list
	grep -q '"value": -0.50}, "flag": {"type": "scalar", "value": false}' $list
}

@test "a uuid is made of the shape, the same every time, or is as given" {
	start <<<$'n m\n3 2\n4 2'
	one=$(sha256sum <$list)
	grep -qE '"uuid": "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"' $list
	start <<<$'m n\n2 3\n2 4'
	[ "$one" = "$(sha256sum <$list)" ]
	start <<<$'n m uuid\n3 2 mine'
	grep -q '"uuid": "mine"' $list
}

@test "weights become settings, and 1 needs none" {
	start <<<$'n m weight uuid\n3 2 0.25 a\n4 2 1 b\n5 2 1e2 c'
	[ "$status" -eq 0 ]
	[ "$(grep ^weight kernels/rows/settings)" = $'weight.a = 0.25\nweight.c = 1e2' ]
}

@test "a table's columns are the definition's, each once" {
	refuses ':1: batch is no axis, input, weight or uuid' <<<$'n m batch\n1 2 3'
	refuses ':1: k is no axis that varies' <<<$'n m k\n1 2 4'
	refuses ':1: m has no column' <<<$'n\n1'
	refuses ':1: n heads two columns' <<<$'n m n\n1 2 3'
	refuses ':1: a column without a name is no axis, input, weight or uuid' <<<$'n m \n1 2 3'
}

@test "a row has a cell for each column" {
	refuses ':2: the row has fewer cells than there are columns' <<<$'n m\n1'
	refuses ':3: the row has more cells than there are columns' <<<$'n m\n1 2\n1 2 3'
}

@test "cells are what their columns want" {
	refuses ':2: n wants a number of elements' <<<$'n m\nx 2'
	refuses ':2: n wants a number of elements' <<<$'n m\n-1 2'
	refuses ':2: m wants a number of elements' <<<$'n m\n1 2.5'
	refuses ':2: weight wants a number above zero' <<<$'n m weight\n1 2 0'
	refuses ':2: weight wants a number above zero' <<<$'n m weight\n1 2 much'
	refuses ':2: weight wants a number above zero' <<<$'n m weight\n1 2 -1'
	refuses ':2: scale wants a number' <<<$'n m scale\n1 2 half'
	refuses ':2: scale wants a number' <<<$'n m scale\n1 2 "1"'
	refuses ':2: flag wants true or false' <<<$'n m flag\n1 2 1'
	refuses ':2: index wants PATH#KEY, or - for random' <<<$'n m index\n1 2 a.safetensors'
	refuses ":2: index wants a path beneath the trace set's folder, got \"../a\"" <<<$'n m index\n1 2 ../a#k'
	refuses ':2: want "tensor_key" to be a string that is not empty' <<<$'n m index\n1 2 a#'
	refuses ':2: the uuid wants printable ASCII without blanks, at most 100 bytes' \
		<<<$'n m uuid\n1 2 a\x01b'
}

@test "a shape that is there twice is one with a weight" {
	start <<<$'n m\n1 2\n1 2'
	[ "$status" -eq 2 ]
	[[ $output == "new-kernel: t.tsv:3: the uuid "*" stands on line 2 too" ]]
}

@test "a shape beyond memory, a table without shapes, and no table are refused" {
	start <<<$'n m uuid\n9223372036854775807 2 u'
	[ "$output" = "new-kernel: t.tsv:2: u is larger than any memory" ]
	refuses ': holds no shape' <<<$'n m'
	refuses ': holds no shape' <<<'# nothing'
	refuses ': holds no shape' </dev/null
	run -2 new-kernel -d cpu -k kernels/rows -w $list -s nowhere.tsv rows.json
	[ "$output" = "new-kernel: nowhere.tsv: No such file or directory" ]
	run -2 new-kernel -d cpu -k kernels/rows -w $list -s . rows.json
	[ ! -e kernels ]
}
