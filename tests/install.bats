load setup

# Installs the programs that the suite tests, without building again.
setup() {
	root=$BATS_TEST_TMPDIR/root
	make -s -C "$ROOT" install DESTDIR="$root" \
		PREFIX=/opt/ratchet >/dev/null
	ratchet=$root/opt/ratchet/bin/ratchet
}

@test "ratchet alone lists the installed tools" {
	run -0 "$ratchet"
	[[ ${lines[0]} == "usage: ratchet TOOL"* ]]
	[[ $output == *compare* && $output == *decide* ]]
	[[ $output != *fatbin* ]]
}

@test "ratchet TOOL runs the tool with its arguments and status" {
	run -2 "$ratchet" compare /none
	[[ $output == "compare: /none"* ]]
}

@test "ratchet runs from a link elsewhere on PATH" {
	ln -s "$ratchet" "$BATS_TEST_TMPDIR/link"
	run -2 "$BATS_TEST_TMPDIR/link" compare /none
}

@test "an unknown tool is trouble, and no path is followed" {
	run -2 "$ratchet" nothing
	[ "$output" = "ratchet: nothing: no such tool (ratchet alone lists them)" ]
	run -2 "$ratchet" ../../bin/ratchet
}

@test "man pages and the header are installed" {
	[ -s "$root/opt/ratchet/share/man/man1/ratchet-compare.1" ]
	[ -s "$root/opt/ratchet/share/man/man5/ratchet-files.5" ]
	[ -s "$root/opt/ratchet/include/ratchet/ratchet.h" ]
}

@test "what lies beside a program is found where that is installed" {
	mkdir "$BATS_TEST_TMPDIR/k"
	run -0 "$ratchet" page "$BATS_TEST_TMPDIR/k"
	[[ $output == *"<style>"*"<h1>k"* ]]
}
