load setup

# "key = value" files, by way of settings-check, which knows the keys atol,
# sets, cflags, quick, bench_s.cpu and hidden.ANYTHING.

setup() {
	PATH=$BUILD/tests:$PATH
	cd "$BATS_TEST_TMPDIR"
}

refuses() {
	printf '%b' "$1" >s
	run -2 settings-check s cpu
	[ "$output" = "settings-check: s$2" ] || {
		echo "got: $output"
		return 1
	}
}

# gives TEXT DEVICE KEY VALUE
gives() {
	printf '%b' "$1" >s
	run -0 settings-check s "$2" "$3"
	[ "$output" = "$4" ] || {
		echo "got: $output"
		return 1
	}
}

@test "values come without the blanks around them and without comments" {
	gives '  quick =\ta b  c \t# why\n#atol = 1\n\n \t\n' cpu quick 'a b  c'
	gives 'quick=a=b\r\n' cpu quick 'a=b'
	gives 'quick =' cpu quick ''
	gives 'atol = 1' cpu quick '-'
	gives '' cpu quick '-'
}

@test "a last line needs no end" {
	gives 'atol = 1\nquick = x' cpu quick x
}

@test "the device's own value wins, wherever it stands" {
	text='cflags.cpu = -O3\ncflags = -O2\ncflags.cuda = -lineinfo\n'
	gives "$text" cpu cflags -O3
	gives "$text" cuda cflags -lineinfo
	gives "$text" '' cflags -O2
	gives 'cflags = -O2' cuda cflags -O2
	gives 'hidden.M.cuda = 1..8' cuda hidden.M 1..8
	gives 'hidden.M.cuda = 1..8' cpu hidden.M -
	gives 'bench_s.cpu = 45' cpu bench_s 45
}

@test "an unknown key is refused at its line" {
	refuses 'atol = 1\natoll = 2\n' ':2: unknown key atoll'
	refuses 'hidden. = 1' ':1: unknown key hidden.'
	refuses 'atol.gpu = 1' ':1: unknown key atol.gpu'
	refuses 'ATOL = 1' ':1: unknown key ATOL'
	refuses 'bench_s.cuda = 1' ':1: unknown key bench_s.cuda'
}

@test "a key that stands twice is refused with both lines" {
	refuses 'atol = 1\n\natol = 2' ':3: atol stands on line 1 already'
}

@test "what is no key = value is refused" {
	refuses 'atol 1' ':1: want "key = value", got "atol 1"'
	refuses '= 1' ':1: "" is no key'
	refuses 'a b = 1' ':1: "a b" is no key'
	refuses 'atol\\ = 1' ':1: "atol\" is no key'
}

@test "bytes that no editor shows are refused" {
	refuses 'quick = a\x01b' ':1: quick holds byte 0x01'
	refuses 'quick = a\x7f' ':1: quick holds byte 0x7f'
	refuses 'quick = a\0b' ': holds a NUL byte'
}

@test "a number outside its range or with other text is refused" {
	for value in 3 -1 nan inf 0x1 1e 1,5 '1 2' '' 1e999 one; do
		printf '\natol = %s\n' "$value" >s
		run -2 settings-check s cpu atol:0:2
		[ "$output" = "settings-check: s:2: want atol to be a number from 0 to 2, got \"$value\"" ]
	done
	printf 'atol.cpu = 7' >s
	run -2 settings-check s cpu atol:0:2
	[ "$output" = 'settings-check: s:1: want atol.cpu to be a number from 0 to 2, got "7"' ]
}

@test "a number in its range is read, its ends included" {
	printf 'atol = 1e-2\nsets = 4' >s
	run -0 settings-check s cpu atol:0.01:2 sets:1:4 quick:0:1
	[ "$output" = $'0.01\n4\n-1' ]
}

@test "a missing file, a folder and a huge file are named" {
	run -2 settings-check none cpu
	[ "$output" = 'settings-check: none: No such file or directory' ]
	run -2 settings-check . cpu
	[ "$output" = 'settings-check: .: Is a directory' ]
	head -c 1048577 /dev/zero >huge
	run -2 settings-check huge cpu
	[ "$output" = 'settings-check: huge: File too large' ]
}

@test "scripts get a value as programs do, its device's first" {
	printf '\tunit = us # micro\nedit.cpu = a.c  b.c\nedit = c.cu\n' >s
	run -0 setting -d cpu s unit
	[ "$output" = us ]
	run -0 setting -d cpu s edit
	[ "$output" = 'a.c  b.c' ]
	run -0 setting -d cuda s edit
	[ "$output" = c.cu ]
	run -0 setting -d cpu s measure
	[ -z "$output" ]
	echo 'nonsense = 1' >s
	run -2 setting -d cpu s edit
	[[ $output == "setting: s:1: "* ]]
}
