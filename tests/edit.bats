load setup

# A reply's way into a solution: what is read, applied, refused and why.

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf 'int a;\nint b;\nint a;\nint c;\n' >solution.c
}

# reply BLOCKS: a reply with good fields, and applies it to solution.c.
reply() {
	printf 'HYPOTHESIS: h\nMECHANISM: m\nPREDICTS: 1.2\nRISK: r\n' >reply
	printf "$1" >>reply
	shift
	apply "$@"
}

apply() {
	"$BUILD/tests/edit-check" "${2-solution.c}" reply "${1-}"
}

replace='<<<<<<< REPLACE solution.c\n'

@test "lines that stand there once are replaced, all else stays" {
	run -0 reply "${replace}int b;\n=======\nint B;\nint d;\n>>>>>>>\n"
	[ "$output" = $'int a;\nint B;\nint d;\nint a;\nint c;' ]
}

@test "several blocks find their lines in the solution as it was" {
	run -0 reply "${replace}int c;\n=======\nint b;\n>>>>>>>\n\n${replace}int b;\n=======\nint c;\n>>>>>>>\n"
	[ "$output" = $'int a;\nint c;\nint a;\nint b;' ]
}

@test "lines can be removed, and a whole file given" {
	run -0 reply "${replace}int b;\nint a;\n=======\n>>>>>>>\n"
	[ "$output" = $'int a;\nint c;' ]
	run -0 reply '<<<<<<< WHOLE solution.c\nint z;\n>>>>>>>\n'
	[ "$output" = 'int z;' ]
}

@test "words before the fields, fences and blanks around blocks are passed over" {
	printf 'Here it is.\n\n' >reply
	printf 'HYPOTHESIS: h\n\nMECHANISM: it\n  goes on\nPREDICTS: 2x\nRISK: r\n\n' >>reply
	printf '```c\n<<<<<<< REPLACE solution.c  \n```c\nint b;\n```\n=======  \n```\nint d;\n```\n>>>>>>>\n```\n' >>reply
	run -0 apply
	[ "$output" = $'int a;\nint d;\nint a;\nint c;' ]
}

@test "a last line without its newline is a line" {
	printf 'int a;\nint b;' >solution.c
	run -0 reply "${replace}int b;\n=======\nint d;\n>>>>>>>"
	[ "$output" = $'int a;\nint d;' ]
}

@test "a reply without code is refused" {
	run -1 reply ''
	[[ $output == 'there is no block "<<<<<<< REPLACE file"'* ]]
	run -1 reply '```c\nint z;\n```\n'
	[ "$output" = 'line 6: text outside the fields and blocks' ]
	printf 'I cannot help.\n' >reply
	run -1 apply
	[ "$output" = 'there is no line "HYPOTHESIS: ..."' ]
	: >reply
	run -1 apply
}

@test "two codes for one file are refused" {
	whole='<<<<<<< WHOLE solution.c\nint z;\n>>>>>>>\n'
	run -1 reply "$whole$whole"
	[[ $output == "solution.c: more than one block beside a WHOLE one"* ]]
	run -1 reply "$whole${replace}int b;\n=======\nint d;\n>>>>>>>\n"
	[[ $output == "solution.c: more than one block"* ]]
}

@test "a file that is not to be edited is refused, whatever its path" {
	for name in definition.json reference.c ../solution.c ./solution.c \
		/etc/passwd kernels/k/solution.c 'solution.c x' '$(id)' ''; do
		run -1 reply "<<<<<<< WHOLE $name\nint z;\n>>>>>>>\n"
		[[ $output == *"may not be edited, only: solution.c" ]]
	done
	[ "$(ls)" = $'reply\nsolution.c' ]
}

@test "a link in the kernel's folder gives a block no way out" {
	ln -s /etc/passwd link.c
	run -1 reply '<<<<<<< WHOLE link.c\nint z;\n>>>>>>>\n'
	[[ $output == *"'link.c' may not be edited"* ]]
}

@test "only sources of a JSON solution that settings list are edited" {
	cat >solution.json <<-'END'
	{"name": "s", "sources": [{"path": "a.cu", "content": "int a;\n"},
	 {"path": "inc/b.h", "content": "int b;\n"}], "spec": {"x": 1}}
	END
	run -0 reply '<<<<<<< REPLACE inc/b.h\nint b;\n=======\nint d;\n>>>>>>>\n' '' solution.json
	[[ $output == *'"content": "int d;\n"'*'"x": 1'* ]]
	run -1 reply '<<<<<<< WHOLE inc/b.h\nint d;\n>>>>>>>\n' a.cu solution.json
	[[ $output == *"'inc/b.h' may not be edited, only: a.cu" ]]
	run -1 reply '<<<<<<< WHOLE solution.json\n{}\n>>>>>>>\n' '' solution.json
	[[ $output == *"may not be edited, only: a.cu, inc/b.h" ]]
}

@test "lines that stand there twice, or not, are refused with where" {
	run -1 reply "${replace}int a;\n=======\nint d;\n>>>>>>>\n"
	[[ $output == "the block at line 5: its lines stand more than once in solution.c, at lines 1 and 3"* ]]
	run -1 reply "${replace}int z;\n=======\nint d;\n>>>>>>>\n"
	[[ $output == *"its first line does not stand in solution.c"* ]]
	run -1 reply "${replace}int b;\nint x;\n=======\nint d;\n>>>>>>>\n"
	[[ $output == *"first 1 lines stand at line 2 of solution.c, but then line 3 there is: int a;" ]]
}

@test "part of a line is no line" {
	run -1 reply "${replace}nt b;\n=======\nnt d;\n>>>>>>>\n"
	run -1 reply "${replace}int b\n=======\nint d\n>>>>>>>\n"
}

@test "blocks over the same lines are refused" {
	run -1 reply "${replace}int b;\nint a;\n=======\nx\n>>>>>>>\n${replace}int b;\n=======\ny\n>>>>>>>\n"
	[[ $output == *"replace the same lines of solution.c" ]]
}

@test "an empty edit is refused" {
	run -1 reply "${replace}int b;\n=======\nint b;\n>>>>>>>\n"
	[ "$output" = "the blocks change nothing" ]
	run -1 reply "${replace}=======\nint b;\n>>>>>>>\n"
	[[ $output == *"no lines to replace"* ]]
}

@test "a block that is cut off, or holds a marker, is refused" {
	run -1 reply "${replace}int b;\n=======\nint d;\n"
	[[ $output == *"was the reply cut off?" ]]
	run -1 reply "${replace}int b;\n"
	[[ $output == *'has no line "=======": was the reply cut off?' ]]
	run -1 reply "${replace}int b;\n=======\nint d;\n=======\nint e;\n>>>>>>>\n"
	[[ $output == "line 9: a marker inside the block"* ]]
	run -1 reply "${replace}int b;\n$replace"
	[[ $output == "line 7: a marker inside"* ]]
	run -1 reply '<<<<<<< DELETE solution.c\n>>>>>>>\n'
	[[ $output == 'line 5: want "<<<<<<< REPLACE file"'* ]]
	run -1 reply '<<<< REPLACE solution.c\n>>>>>>>\n'
	[[ $output == 'line 5: want'* ]]
}

@test "words after the blocks are refused: an edit is nowhere to hide" {
	run -1 reply "${replace}int b;\n=======\nint d;\n>>>>>>>\nmake SHELL=evil\n"
	[ "$output" = "line 10: text outside the fields and blocks" ]
}

@test "terminal escapes, NUL, hidden characters and invalid UTF-8 are refused" {
	for bytes in '\x1b[31m' '\x00' '\r' '\x7f' '\xe2\x80\xae' '\xc2\x9b' \
		'\xef\xbb\xbf'; do
		run -1 reply "${replace}int b;\n=======\nint ${bytes}d;\n>>>>>>>\n"
		[ "$output" = "line 8: a control or hidden character" ]
	done
	run -1 reply "${replace}int b;\n=======\nint \xff;\n>>>>>>>\n"
	[ "$output" = "line 8: no valid UTF-8" ]
}

@test "a field that is missing, empty, out of order or too long is refused" {
	block='<<<<<<< WHOLE solution.c\nint z;\n>>>>>>>\n'
	printf "HYPOTHESIS: h\nPREDICTS: 1\nRISK: r\n$block" >reply
	run -1 apply
	[ "$output" = 'line 2: want a line "MECHANISM: ..."' ]
	printf "HYPOTHESIS:\nMECHANISM: m\nPREDICTS: 1\nRISK: r\n$block" >reply
	run -1 apply
	[ "$output" = 'line 1: HYPOTHESIS: is empty' ]
	printf "HYPOTHESIS: %02001d\nMECHANISM: m\nPREDICTS: 1\nRISK: r\n$block" 1 >reply
	run -1 apply
	[ "$output" = 'line 1: HYPOTHESIS: is longer than 2000 bytes' ]
}

@test "a prediction that is no factor is refused" {
	for word in fast 0 -1 nan inf 1e9 0x2 '1.2 or so' 15% 1.2.3; do
		printf 'HYPOTHESIS: h\nMECHANISM: m\nPREDICTS: %s\nRISK: r\n<<<<<<< WHOLE solution.c\nint z;\n>>>>>>>\n' "$word" >reply
		run -1 apply
		[[ $output == "line 3: PREDICTS: want one number"* ]]
	done
}

@test "sixty-five blocks are one too many" {
	blocks=
	for i in {1..65}; do
		blocks="$blocks${replace}int b;\n=======\nint d;\n>>>>>>>\n"
	done
	run -1 reply "$blocks"
	[[ $output == *"more than 64 blocks" ]]
}
