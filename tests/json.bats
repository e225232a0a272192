load setup

# The strict reader and exact writer of JSON, by way of json-check.

setup() {
	PATH=$BUILD/tests:$PATH
	cd "$BATS_TEST_TMPDIR"
}

# refuses TEXT LINE REASON: the text (with printf's escapes) is refused so.
refuses() {
	printf '%b' "$1" >t.json
	run -2 json-check t.json
	[ "$output" = "json-check: t.json:$2: $3" ] || {
		echo "got: $output"
		return 1
	}
}

# keeps TEXT: what is read is written again, byte for byte.
keeps() {
	printf '%s\n' "$1" >t.json
	json-check t.json | diff t.json -
}

@test "key order, unknown words and digits are kept" {
	keeps '{"z": 1, "a": [1.50, 1e5, -0, 0.1E+2], "": null, "m": {"b": true, "a": false}}'
}

@test "integers beyond 2^53 and long decimals keep their digits" {
	keeps '[9007199254740993, 18446744073709551615, 0.1000000000000000055511151231257827]'
}

@test "text outside ASCII is kept, escapes become what they mean" {
	keeps '["é", "→", "😀"]'
	printf '"\\u00e9\\ud83d\\ude00\\/\\u0009\\u001f\\u007f"' >t.json
	run -0 json-check t.json
	[ "$output" = '"é😀/\t\u001f'$'\x7f"' ]
}

@test "keys that differ in case alone are two keys" {
	keeps '{"a": 1, "A": 2}'
}

@test "an indented document is laid out as python's json does" {
	printf '{"a":[1,{"b":[]}],"c":{}}' >t.json
	json-check -i 2 t.json >got
	printf '{\n  "a": [\n    1,\n    {\n      "b": []\n    }\n  ],\n  "c": {}\n}\n' | diff - got
}

@test "the words Infinity and NaN are numbers in quotes" {
	printf '["Infinity", "-Infinity", "NaN", "infinity"]' >t.json
	run -0 json-check -n t.json
	[ "$output" = $'1: number inf\n1: number -inf\n1: number nan' ]
}

@test "integers are read exactly, also beyond 2^53, or not at all" {
	printf '[9007199254740993,\n9223372036854775807,\n9223372036854775808,\n1.0,\n1e3]' >t.json
	run -0 json-check -n t.json
	[[ "$output" == *"1: integer 9007199254740993"* ]]
	[[ "$output" == *"2: integer 9223372036854775807"* ]]
	[ "$(grep -c integer <<<"$output")" -eq 2 ]
}

@test "a number beyond what double holds is no number" {
	printf '[1e999]' >t.json
	run -0 json-check -n t.json
	[ "$output" = "" ]
}

@test "duplicate keys are refused at the second one's line" {
	refuses '{"a": 1,\n"b": 2,\n"a": 3}' 3 'the key "a" appears twice'
	refuses '{"a": 1, "\\u0061": 3}' 1 'the key "a" appears twice'
	refuses '[{"x": {"k": 1,\n"k": 1}}]' 2 'the key "k" appears twice'
}

@test "a key with control characters cannot break the message" {
	refuses '{"a\\n\\u001b": 1, "a\\n\\u001b": 3}' 1 'the key "a??" appears twice'
}

@test "trailing text is refused" {
	refuses '{}\nx' 2 "want nothing after the value, got 'x'"
	refuses '1 2' 1 "want nothing after the value, got '2'"
	refuses '{}\0' 1 'want nothing after the value, got byte 0x00'
}

@test "an empty text and blanks alone are refused" {
	refuses '' 1 'want a JSON value, got the end of the text'
	refuses ' \n\n' 3 'want a JSON value, got the end of the text'
}

@test "a byte order mark is refused" {
	refuses '\xef\xbb\xbf{}' 1 'want a JSON value, got byte 0xef'
}

@test "NUL in a string is refused, raw and escaped" {
	refuses '"\\u0000"' 1 'a string holds \u0000'
	refuses '"a\0b"' 1 'want control characters to be escaped, got byte 0x00'
}

@test "raw control characters in a string are refused" {
	refuses '"a\nb"' 1 'want control characters to be escaped, got byte 0x0a'
	refuses '["ok",\n"\t"]' 2 'want control characters to be escaped, got byte 0x09'
}

@test "invalid UTF-8 is refused: overlong, surrogate, too large, cut off" {
	for bytes in '\xc0\xaf' '\xe0\x80\xaf' '\xed\xa0\x80' '\xf4\x90\x80\x80' \
		'\xf8\x88\x80\x80\x80' '\x80' '\xff' '\xc3' '\xe2\x82'; do
		refuses "\"$bytes\"" 1 'a string is not valid UTF-8'
	done
}

@test "half a surrogate pair is refused" {
	for escape in '\\ud800' '\\udc00' '\\ud800\\u0041' '\\ud800x' '\\ud83d\\ud83d'; do
		refuses "\"$escape\"" 1 'half of a surrogate pair in a string'
	done
}

@test "unknown escapes are refused" {
	for escape in '\\x41' '\\u12g4' '\\u+123' '\\u12' "\\\\'" '\\ '; do
		refuses "\"$escape\"" 1 'unknown escape in a string'
	done
}

@test "a string without an end is refused" {
	refuses '["abc' 1 'a string has no end'
	refuses '"abc\\' 1 'unknown escape in a string'
}

@test "numbers that RFC 8259 does not have are refused" {
	for number in +1 .5 01 -01 1. 1e 1e+ 0x10 --1 - 00 1.e3; do
		printf '[%s]' "$number" >t.json
		run -2 json-check t.json
		[[ "$output" == "json-check: t.json:1: want "* ]]
	done
}

@test "words that are almost JSON are refused" {
	for word in NaN Infinity nul True TRUE truefalse undefined "'a'" '// x'; do
		printf '[%s]' "$word" >t.json
		run -2 json-check t.json
		[[ "$output" == "json-check: t.json:1: want "* ]]
	done
}

@test "missing and superfluous commas, colons and brackets are refused" {
	refuses '[1,]' 1 "want a value after ',', got ']'"
	refuses '{"a": 1,}' 1 "want a value after ',', got '}'"
	refuses '[1 2]' 1 "want ',' or ']', got '2'"
	refuses '{"a" 1}' 1 "want ':', got '1'"
	refuses '{"a": 1 "b": 2}' 1 "want ',' or '}', got '\"'"
	refuses '{a: 1}' 1 "want a key in quotes, got 'a'"
	refuses '{1: 1}' 1 "want a key in quotes, got '1'"
	refuses '[,1]' 1 "want a JSON value, got ','"
	refuses '{"a":}' 1 "want a JSON value, got '}'"
	refuses '[1}' 1 "want ',' or ']', got '}'"
	refuses '[' 1 'want a JSON value, got the end of the text'
	refuses '{' 1 'want a key in quotes, got the end of the text'
	refuses ']' 1 "want a JSON value, got ']'"
}

@test "64 levels are read, 65 are refused, a million does no harm" {
	printf '%064d' 0 | tr 0 '[' >t.json
	printf '%064d' 0 | tr 0 ']' >>t.json
	json-check t.json
	refuses "[$(cat t.json)]" 1 'nested more than 64 deep'
	head -c 1000000 /dev/zero | tr '\0' '[' >t.json
	run -2 json-check t.json
	[ "$output" = 'json-check: t.json:1: nested more than 64 deep' ]
}

@test "a number of more than 63 characters is refused" {
	keeps "[$(printf '%063d' 1 | tr 0 2)]"
	refuses "[$(printf '%064d' 1 | tr 0 2)]" 1 'a number of more than 63 characters'
}

@test "a large flat document is read in time" {
	{
		printf '{"k": 0'
		for i in {1..20000}; do printf ',\n"k%d": [%d, "x"]' "$i" "$i"; done
		printf '}'
	} >t.json
	json-check t.json >/dev/null
	sed -i '$s/}/, "k77": 1}/' t.json
	run -2 json-check t.json
	[ "$output" = 'json-check: t.json:20001: the key "k77" appears twice' ]
}

@test "a missing file, a folder and a device are named" {
	run -2 json-check none.json
	[ "$output" = 'json-check: none.json: No such file or directory' ]
	run -2 json-check .
	[ "$output" = 'json-check: .: Is a directory' ]
	run -2 json-check /dev/zero
	[ "$output" = 'json-check: /dev/zero: Invalid argument' ]
}

@test "python agrees about every document of the fixtures" {
	python=${PYTHON:-python3}
	"$python" -c '' 2>/dev/null || skip "no python3"
	for file in "$ROOT"/kernels/*/definition.json; do
		json-check "$file" >got.json
		"$python" - "$file" got.json <<-'PY'
		import json, sys
		a, b = (json.load(open(p), object_pairs_hook=tuple,
		                  parse_int=str, parse_float=str)
		        for p in sys.argv[1:])
		sys.exit(a != b)
		PY
	done
}

@test "a full disk is noticed" {
	echo '[1]' >t.json
	run -2 bash -c 'json-check t.json >/dev/full'
	[[ "$output" == "json-check: standard output: "* ]]
}
