load setup
load loop

# make schedule and make unschedule with the real crontab(1), on the crontab of
# a user who has none; what is there is put back.

USER_OF_TESTS=nobody

setup() {
	command -v crontab >/dev/null || skip "no crontab: apt-get install cron"
	[ "$(id -u)" -eq 0 ] || skip "not root: this user's own crontab is left alone"
	export CRONTAB="crontab -u $USER_OF_TESTS" KEYS='OPENAI_API_KEY' PATH
	export KERNEL=scale DEVICE=cpu EVERY=15m
	tiny_tree
	had=yes
	$CRONTAB -l >had 2>/dev/null || had=
	$CRONTAB -r 2>/dev/null || true
}

teardown() {
	[ -n "${had+set}" ] || return 0
	if [ -n "$had" ]; then $CRONTAB had; else $CRONTAB -r 2>/dev/null || true; fi
}

# The script in a folder, as if there were a clone.
schedule() {
	"$ROOT/tools/schedule.sh" make "${device-cpu}" "$@"
}

list() {
	$CRONTAB -l
}

# A crontab as people write it.
full() {
	printf '%s\n' '# my own' 'MAILTO=""' '' \
		'	*/5 * * * *	date +\%F >/dev/null # ratchet, not' \
		"0 0 * * * echo 'a  b' \"\$HOME\" \\\\ # ratchet 'other.cpu' '$PWD'" \
		'# */15 * * * * true # ratchet '"'scale.cpu' '$PWD'" \
		'@reboot true' '' >mine
	$CRONTAB mine
	list >before
	cmp mine before
}

# The command of the only line, as cron hands it to the shell.
command_of() {
	list | sed 's/^\([^ ]* \)\{5\}//; s/\\%/%/g'
}

@test "it is one line, scheduled twice or not, and the last EVERY counts" {
	schedule KERNEL DEVICE EVERY
	EVERY=2h schedule KERNEL DEVICE EVERY
	[ "$(list | wc -l)" -eq 1 ]
	[[ $(list) == "0 */2 * * * cd '$PWD' && "*" EVERY='2h' "*"'make' -es scheduled "* ]]
}

@test "unscheduled, the crontab is what it was, byte for byte" {
	full
	schedule KERNEL DEVICE EVERY
	[ "$(list | wc -l)" -eq $(($(wc -l <before) + 1)) ]
	list | head -n -1 | cmp before -
	schedule
	list | cmp before -
}

@test "who had no crontab has none after it" {
	schedule KERNEL
	run -0 schedule
	[[ $output == "removed: */15 * * * * cd "* ]]
	run -1 $CRONTAB -l
	[[ $output == *"no crontab for"* ]]
}

@test "what is not scheduled is not unscheduled, which is said" {
	full
	run -0 schedule
	[ "$output" = "schedule: scale on cpu is not scheduled from $PWD" ]
	list | cmp before -
}

@test "two kernels, two devices and two clones have lines of their own" {
	full
	schedule KERNEL
	KERNEL=scale2 schedule KERNEL
	device=cuda schedule KERNEL
	mkdir clone
	(cd clone && schedule KERNEL)
	[ "$(list | grep -c ' -es scheduled ')" -eq 4 ]
	schedule
	[ "$(list | grep -c ' -es scheduled ')" -eq 3 ]
	[ "$(list | grep -c "# ratchet 'scale.cpu' '$PWD/clone'\$")" -eq 1 ]
	KERNEL=scale2 schedule
	device=cuda schedule
	(cd clone && schedule)
	list | cmp before -
}

@test "cron's shell gets what was typed, whatever characters there are" {
	mkdir "a 50% b'c\"d\$e#f;g"
	cd "a 50% b'c\"d\$e#f;g"
	cat >fake <<-'END'
	#!/bin/sh
	pwd >got
	printf '%s\n' "$ON_ACCEPT" "$KERNEL" "$PATH" "$@" >>got
	END
	chmod +x fake
	export ON_ACCEPT="echo '100%' \"\$SPEEDUP\" \\n; # x"
	"$ROOT/tools/schedule.sh" "$PWD/fake" cpu KERNEL ON_ACCEPT
	env -i HOME=/ PATH=/usr/bin:/bin SHELL=/bin/sh sh -c "$(command_of)"
	printf '%s\n' "$PWD" "$ON_ACCEPT" scale "$PATH" -es scheduled | cmp - got
	schedule
	run -1 $CRONTAB -l
}

@test "what a crontab cannot say is refused with words, and nothing is changed" {
	full
	ON_ACCEPT='two
lines' run -2 schedule KERNEL ON_ACCEPT
	[[ $output == *"a line of a crontab holds no newline"* ]]
	ON_ACCEPT='printf 5\%' run -2 schedule KERNEL ON_ACCEPT
	[[ $output == *"a crontab cannot say a backslash before %"* ]]
	ON_ACCEPT=$(head -c 1000 /dev/zero | tr '\0' x) run -2 schedule KERNEL ON_ACCEPT
	[[ $output == *"longer than crontab's 998 characters"* ]]
	list | cmp before -
}

@test "EVERY is what cron can keep" {
	for bad in 7m 0m 61m 5h 25h 2d 15 m 15s 1.5h '* * * * * rm' '' 015m; do
		EVERY=$bad run -2 schedule KERNEL
		[[ $output == "schedule: EVERY=$bad: want minutes that divide 60"* ]]
	done
	run -1 $CRONTAB -l
	for good in '1m:*/1 * * * *' '60m:*/60 * * * *' '12h:0 */12 * * *' '1d:0 0 * * *'; do
		EVERY=${good%%:*} schedule KERNEL
		[[ $(list) == "${good#*:} cd "* ]]
	done
}

@test "no key gets into the crontab" {
	OPENAI_API_KEY=secret run -2 schedule KERNEL OPENAI_API_KEY
	[[ $output == "schedule: OPENAI_API_KEY: no key belongs in this line"* ]]
	OPENAI_API_KEY=secret schedule KERNEL
	[[ $(list) != *secret* ]]
}

@test "a crontab that cannot be read is not written" {
	full
	CRONTAB="crontab -u no-such-user" run -2 schedule KERNEL
	[[ $output == "schedule: crontab -u no-such-user -l: "* ]]
	CRONTAB=no-such-crontab run -2 schedule KERNEL
	[ "$output" = "schedule: no-such-crontab: not found: apt-get install cron" ]
	list | cmp before -
}

@test "the line that make schedule writes makes an experiment, and says so in its log" {
	ln -s "$ROOT/kernels/include" kernels/include
	fake_judge
	run -0 make -s --no-print-directory -C "$ROOT" schedule EVERY=15m \
		BUILD="$PWD/build" KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" \
		FAKES="$PWD/fakes" ON_ACCEPT="echo \"\$SPEEDUP\" >$PWD/accepted"
	[[ $(list) == *" # ratchet 'scale.cpu' '$ROOT'" ]]
	[[ $(list) != *CRONTAB* ]]
	log=$ROOT/build/schedule.scale.cpu.log
	rm -f "$log"
	env -i HOME=/ PATH=/usr/bin:/bin SHELL=/bin/sh sh -c "$(command_of)"
	grep -q '^verdict: ' "$log"
	rm -f "$log"
	[ -e $x/exp_0001/result.md ] && [ ! -e $x/exp_0002 ]
	! grep -q 'verdict: accept' $x/exp_0001/result.md || [ -s accepted ]
	make -s -C "$ROOT" unschedule KERNELS="$PWD/kernels" DEVICE=cpu
	run -1 $CRONTAB -l
}
