load setup
load samples

# Projects that their own commands judge. Most tests have one in shell, whose
# code says itself what it costs: answer.sh may change, the rest is the harness.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p kernels/mine workloads experiments
	k=kernels/mine
	w=workloads/mine.jsonl
	x=experiments/mine
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" KERNEL=mine \
		KERNELS="$PWD/kernels" WORKLOADS="$PWD/workloads" \
		EXPERIMENTS="$PWD/experiments" BENCH_S=2 "$@"
}

# The project in shell, at project/, and its kernel.
shell_project() {
	mkdir project
	printf '%s\n' COST=100 'answer() { echo 42; }' >project/answer.sh
	printf '%s\n' '. ./answer.sh' '[ "$(answer)" = 42 ]' >project/check.sh
	printf '%s\n' '. ./answer.sh' 'answer >/dev/null' 'echo "$COST"' \
		>project/measure.sh
	settings 'validate = sh check.sh' 'measure = sh measure.sh' \
		'unit = us' 'edit = answer.sh'
	mk new PROJECT="$PWD/project"
	"$ROOT/tools/pack-project.sh" $k '' $k/solution.txtar
}

# settings LINE...: of a judgement that takes a second.
settings() {
	printf '%s\n' 'project = ../../project' 'processes = 5' \
		'max_processes = 5' 'timeout_s = 5' "$@" >$k/settings
}

# candidate LINE...: answer.sh with these lines, as c.txtar
candidate() {
	printf '%s\n' '-- answer.sh --' "$@" >c.txtar
}

build() {
	build-project -c cache -d cpu -o "$1.json" $k "${2-$1.txtar}"
}

# Builds, proves and times c.txtar, as far as it gets.
judged() {
	build inc $k/solution.txtar
	build c || return 1
	verify -k $k -w $w -c cache -o verify.jsonl inc.json c.json || return 1
	bench -t 4 -k $k -w $w -c cache -V verify.jsonl -o bench.tsv \
		inc.json c.json inc.json
}

# The statuses of the candidate's rows, each once.
statuses() {
	awk -F '\t' '$4 == "candidate" { print $NF }' bench.tsv | sort -u
}

@test "make new PROJECT= writes what is missing, and keeps what is there" {
	mkdir project
	echo 'edit = fast.c' >$k/settings
	run -0 mk new PROJECT="$PWD/project"
	[[ $output == *"kept   $PWD/$k/settings"* ]]
	[[ $output == *"wrote  $PWD/$k/definition.json"* ]]
	rm $k/settings
	run -0 mk new PROJECT="$PWD/project"
	grep -qx 'project = ../../project' $k/settings
	grep -qx 'edit =' $k/settings
	run -2 mk new PROJECT="$PWD/nowhere"
	[[ $output == *"PROJECT=$PWD/nowhere: no such folder"* ]]
}

@test "a project of C++ is tuned to an accept, and its records say by whose word" {
	command -v c++ >/dev/null || skip "no C++ compiler"
	cp -R "$BATS_TEST_DIRNAME/project/cpp" project
	settings 'build = make -s' 'validate = make -s check' \
		'measure = ./bench' 'unit = us' 'edit = fast.cpp'
	mk new PROJECT="$PWD/project"
	run -0 --separate-stderr mk optimize ITERATIONS=2
	[[ $output == *"verdict: accept - speedup "* ]]
	grep -qx '#define TIMES 1' $k/solution.txtar
	cmp "$BATS_TEST_DIRNAME/project/cpp/fast.cpp" project/fast.cpp
	exp=$(sed -n 's/.*"experiment": "\(exp_[0-9]*\)".*"accept".*/\1/p' \
		$x/ledger.jsonl | tail -n 1)
	grep -q '^+#define TIMES 1$' $x/"$exp"/change.diff
	grep -q '"trust": "user-harness"' $x/"$exp"/verify.jsonl
	grep -qx '# trust user-harness' $x/"$exp"/bench.tsv
	grep -qx '# unit us' $x/"$exp"/confirm.tsv
	grep -q '"trust": "user-harness"' $x/"$exp"/verdict.json
	grep -q '^trust: user-harness' $x/"$exp"/result.md
	grep -q '^trust: user-harness' $x/summary.md
	hash=$(sed -n 's/^# harness //p' $x/"$exp"/bench.tsv)
	[ "$hash" = "$(sha256sum <$x/project.harness | cut -c -64)" ]
	for file in base.json build.json verify.jsonl verdict.json; do
		grep -q "$hash" $x/"$exp"/$file
	done
	run -0 --separate-stderr mk audit
	[[ $output == *" 0 passed over, 0 problems"* ]]
	[[ ${lines[-1]} == "current is "*" times as fast as shipped" ]]
	run -0 mk status
	[[ $output == *"$exp stands, "* ]]
	mk report >/dev/null
	grep -q '<dt>trust</dt><dd>user-harness' $x/index.html
	grep -q 'candidate us' $x/index.html
	! grep -q 'times the floor' $x/index.html
	run -0 mk unpack OUT="$PWD/project"
	grep -qx '#define TIMES 1' project/fast.cpp
	run -2 mk unpack OUT="$PWD/workloads"
	[[ $output == *"workloads/fast.cpp: want a file that is there"*"No such file"* ]]
	run -0 mk revert EXP=shipped
	grep -qx '#define TIMES 16' $k/solution.txtar
}

@test "a project of Python whose numbers are rates is tuned to an accept" {
	[ -x /usr/bin/python3 ] || skip "no python3 of the system's"
	cp -R "$BATS_TEST_DIRNAME/project/python" project
	settings 'validate = python3 check.py' 'measure = python3 rate.py' \
		'unit = M/s' 'direction = higher' 'edit = fast.py'
	mk new PROJECT="$PWD/project"
	run -0 --separate-stderr mk optimize ITERATIONS=2
	[[ $output == *"verdict: accept - speedup "* ]]
	grep -qx 'STEPS = 1' $k/solution.txtar
	grep -q 'candidate M/s | incumbent M/s' $x/exp_0001/result.md
	run -0 --separate-stderr mk ab A=current B=shipped
	[[ ${lines[-1]} =~ ^current\ is\ [0-9]{2,}\. ]]
	[[ ${lines[-2]} == "current: "*" M/s, shipped: "*" M/s" ]]
}

@test "where more is better, the same samples say the contrary" {
	shell_project
	samples_file bench.tsv 0x1 1.5
	compare -d cpu -s $k/settings -o lower.tsv bench.tsv
	echo 'direction = higher' >>$k/settings
	compare -d cpu -s $k/settings -o higher.tsv bench.tsv
	grep -q '^all.*better$' lower.tsv
	grep -q '^all.*slower$' higher.tsv
	echo 'direction = up' >>$k/settings
	sed -i '/= higher/d' $k/settings
	run -2 build inc $k/solution.txtar
	[[ $output == *"want direction to be lower or higher, got \"up\"" ]]
}

@test "a person's copy of the folder is a candidate, of which edit alone is taken" {
	shell_project
	cp -R project copy
	sed -i s/100/50/ copy/answer.sh
	echo 'echo 1' >copy/measure.sh
	run -0 --separate-stderr mk try SOLUTION="$PWD/copy"
	[[ ${lines[-1]} == "verdict: accept - speedup 2.000 [2.000, 2.000]" ]]
	run -0 --separate-stderr mk try SOLUTION="$PWD/copy"
	[[ ${lines[-1]} == "verdict: equivalent - "* ]]
	rm copy/answer.sh
	ln -s ../project/answer.sh copy/answer.sh
	run -2 mk try SOLUTION="$PWD/copy"
	[[ $output == *"copy/answer.sh: no such file, which the setting edit names"* ]]
}

# unpack ARG...: c.txtar, as an experiment's, into copy/.
unpack() {
	mkdir -p $x/exp_0001
	cp c.txtar $x/exp_0001/solution.txtar
	mk unpack EXP=exp_0001 OUT="$PWD/copy" "$@"
}

@test "unpack writes what edit names, whose permissions stay, and nothing else" {
	shell_project
	cp -R project copy
	chmod 750 copy/answer.sh
	candidate COST=50 'answer() { echo 42; }'
	run -0 unpack
	[ "$output" = "wrote  $PWD/copy/answer.sh" ]
	sed 1d c.txtar | cmp - copy/answer.sh
	[ "$(stat -c %a copy/answer.sh)" = 750 ]
	cmp project/check.sh copy/check.sh
	[ "$(ls copy)" = "$(ls project)" ]
}

@test "what a Windows editor made of the lines between files still names them" {
	shell_project
	cp -R project copy
	candidate 'echo 7'
	sed -i '1s/$/\r/' c.txtar
	run -0 unpack
	[ "$(cat copy/answer.sh)" = 'echo 7' ]
}

@test "unpack refuses all of what holds a file that edit does not name" {
	shell_project
	mkdir project/.git
	echo '[core]' >project/.git/config
	cp -R project copy
	for name in .git/config check.sh new.sh ../outside "$PWD/copy/check.sh" \
		./answer.sh; do
		candidate COST=1 "-- $name --" '[core]' 'fsmonitor = ./x'
		run -2 unpack
		[[ $output == *"$name"* ]]
		diff -r project copy
		[ ! -e outside ]
	done
	echo '-- check.sh --' >c.txtar
	run -2 unpack
	[[ $output == *"check.sh is not in the setting edit"* ]]
	run -2 unpack-project -d cpu $k nowhere copy
	[[ $output == "unpack-project: nowhere: No such file"* ]]
	diff -r project copy
}

@test "unpack follows no link of the folder, and then writes nothing" {
	shell_project
	mkdir project/sub outside
	echo f | tee project/sub/f >outside/f
	sed -i 's,^edit = .*,edit = answer.sh sub/f,' $k/settings
	candidate COST=1 '-- sub/f --' changed
	for target in ../outside sub2; do
		rm -rf copy
		cp -R project copy
		mv copy/sub copy/sub2
		ln -s $target copy/sub
		run -2 unpack
		[[ $output == *"copy/sub/f: want a file that is there, through no link"* ]]
	done
	for wrong in 'ln -s ../../outside/f' 'mkfifo' 'mkdir'; do
		rm -rf copy
		cp -R project copy
		rm copy/sub/f
		$wrong copy/sub/f
		run -2 unpack
		[[ $output == *"copy/sub/f: want a file that is there"* ]]
	done
	[ "$(cat outside/f copy/answer.sh)" = "f
$(cat project/answer.sh)" ]
	rm -r copy
	cp -R project copy
	run -0 unpack
	[ "$(cat copy/sub/f)" = changed ]
}

@test "a name with a backslash is packed and unpacked as it is" {
	shell_project
	name='a\tb'
	echo old >project/"$name"
	sed -i 's,^edit = .*,edit = a\\tb,' $k/settings
	cp -R project copy
	echo new >copy/"$name"
	run -0 "$ROOT/tools/pack-project.sh" $k copy c.txtar
	printf '%s\n' "-- $name --" new | cmp - c.txtar
	cp project/"$name" copy
	run -0 unpack
	[ "$(cat copy/"$name")" = new ]
}

@test "a disk that is full while it is unpacked leaves the file that was there" {
	unshare -m true 2>/dev/null || skip "cannot mount"
	shell_project
	mkdir copy
	candidate COST=1 "$(head -c 20000 /dev/zero | tr '\0' '#')"
	export k
	run -0 unshare -m bash -c 'mount -t tmpfs -o size=8k none copy &&
		cp project/answer.sh copy && {
			unpack-project -d cpu $k c.txtar copy
			[ $? -eq 2 ]
		} && cmp project/answer.sh copy/answer.sh && [ "$(ls copy)" = answer.sh ]'
	[[ $output == "unpack-project: copy/answer.sh: No space left on device" ]]
}

@test "a model edits what edit names and nothing else, and sees the rest" {
	shell_project
	cat >reply <<-'END'
	HYPOTHESIS: less
	MECHANISM: it costs less
	PREDICTS: 2
	RISK: none
	<<<<<<< REPLACE answer.sh
	COST=100
	=======
	COST=50
	>>>>>>>
	END
	sed 's/answer.sh/measure.sh/' reply >first
	cat >model <<-'END'
	#!/bin/sh
	cat >>asked
	[ -e first ] && mv first second && exec cat second
	exec cat reply
	END
	chmod +x model
	export CMD="cd $PWD && ./model" TUNE_AFTER=0
	run -0 --separate-stderr mk optimize PROPOSER=command
	[[ ${lines[-1]} == "verdict: accept - speedup 2.000 "* ]]
	grep -q "'measure.sh' may not be edited, only: answer.sh" asked
	grep -q '^| right, if this exits 0: sh check.sh$' asked
	grep -q '^| -- measure.sh --$' asked
	! grep -q ratchet.h asked || false
	grep -qx 'COST=50' $k/solution.txtar
	run -0 "$ROOT/tools/candidate.sh" $k/solution.txtar .
	cmp solution.txtar $k/solution.txtar
}

@test "equal code is not measured, nor what was judged before" {
	shell_project
	candidate COST=200 'answer() { echo 42; }'
	run -0 --separate-stderr mk try SOLUTION="$PWD/c.txtar"
	[[ ${lines[-1]} == "verdict: reject slower speedup 0.500 "* ]]
	run -0 --separate-stderr mk try SOLUTION="$PWD/c.txtar"
	[[ ${lines[-1]} == "verdict: reject duplicate "* ]]
}

@test "an archive that holds more, less or other than edit is rejected unbuilt" {
	shell_project
	for name in measure.sh ../project/measure.sh "$PWD/project/measure.sh" \
		new.sh ./answer.sh; do
		candidate COST=1 "-- $name --" 'echo 1'
		run -1 build c
		[ "$(sed -n 's/.*"status": "\(.*\)",/\1/p' c.json)" = failed ]
		grep -q "$name" c.log
	done
	echo '-- other.sh --' >c.txtar
	run -1 build c
	[[ $output == *"other.sh is not in the setting edit"* ]]
	for text in '' 'COST=1' '-- answer.sh --\n-- answer.sh --' \
		'-- answer.sh --\n\0'; do
		printf '%b' "$text" >c.txtar
		run -1 build c
	done
	candidate COST=1 '-- measure.sh --' 'echo 1'
	run -0 --separate-stderr mk try SOLUTION="$PWD/c.txtar"
	[[ ${lines[-1]} == "verdict: reject build "* ]]
	grep -q 'measure.sh is not in the setting edit' $x/exp_0001/result.md
	grep -q ', trust: user-harness\.$' $x/exp_0001/result.md
	run -2 mk try SOLUTION="$PWD/project/answer.sh"
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "edit names files beneath the project, and no links" {
	shell_project
	ln -s ../$k/settings project/link
	mkdir project/folder
	echo x >outside
	for name in ../outside "$PWD/outside" link folder nowhere \
		folder/../answer.sh; do
		sed -i "s,^edit = .*,edit = $name," $k/settings
		run -2 build inc $k/solution.txtar
		[[ $output == *"settings: edit: $name is no file beneath $PWD/project" ]]
	done
	for line in edit validate measure unit; do
		sed -i 's,^edit = .*,edit = answer.sh,' $k/settings
		cp $k/settings kept
		sed -i "/^$line = /d" $k/settings
		run -2 build inc $k/solution.txtar
		[[ $output == *"$k/settings: want "*"$line"* ]]
		cp kept $k/settings
	done
}

@test "a build that changes the harness is rejected, and what it makes is not its" {
	needs_jail
	shell_project
	echo 'build = sh answer.sh' >>$k/settings
	candidate COST=1 'echo "echo 1" >measure.sh'
	run -1 build c
	[[ $output == *"measure.sh changed while it was built"* ]]
	candidate COST=1 'rm check.sh'
	run -1 build c
	[[ $output == *"check.sh changed while it was built"* ]]
	candidate COST=1 'rm check.sh; ln -s answer.sh check.sh'
	run -1 build c
	candidate COST=1 'mkfifo pipe'
	run -1 build c
	[[ $output == *"pipe: want a file, a folder or a link"* ]]
	candidate COST=1 'ln -s /etc/passwd product; echo more >product2'
	run -0 build c
	candidate COST=1 'exit 3'
	run -1 build c
	grep -q '^build: exit status 3$' c.log
	candidate COST=1 'sleep 60'
	sed -i 's/^timeout_s = .*/timeout_s = 0.5/' $k/settings
	run -1 build c
	grep -q '^build: its time is over$' c.log
	[ "$(cat project/measure.sh | wc -l)" -eq 3 ]
}

@test "a number that the build prints or leaves is none of measure's" {
	needs_jail
	shell_project
	echo 'build = sh answer.sh' >>$k/settings
	candidate 'echo 1; echo 1 >number' COST=200 'answer() { echo 42; }'
	run -0 judged
	[ "$(awk -F '\t' '$1 == "bench" && $4 == "candidate" { print $9 }' \
		bench.tsv | sort -u)" = 200000000000 ]
}

@test "nothing that a command leaves behind reaches the next one" {
	needs_jail
	shell_project
	candidate COST=100 'answer() { echo 42; }' \
		'for dir in . .. /tmp /dev/shm /var/tmp "$HOME"; do' \
		'[ ! -e "$dir/trace" ] || COST=1' \
		'echo >"$dir/trace"' 'done 2>/dev/null' \
		'(sleep 30; echo 1) &'
	run -0 judged
	[ "$(awk -F '\t' '$1 == "bench" && $4 == "candidate" { print $9 }' \
		bench.tsv | sort -u)" = 100000000000 ]
}

@test "a folder that a command shuts is removed all the same" {
	shell_project
	candidate COST=100 'answer() { echo 42; }' \
		'mkdir -p shut/shut; echo >shut/shut/x; chmod 0 shut/shut shut'
	run -0 judged
	[ "$(statuses)" = ok ]
	[ -z "$(ls -d /tmp/ratchet-"$(id -u)"/compile*/shut 2>/dev/null)" ]
}

@test "a candidate writes and reads nothing outside its copy" {
	needs_jail
	shell_project
	echo secret >secret
	candidate COST=100 'answer() { echo 42; }' \
		"for f in $PWD/secret $PWD/$k/settings $PWD/project/measure.sh; do" \
		'[ ! -e "$f" ] || COST=1' 'echo x >>"$f"' 'done 2>/dev/null'
	find . -type f ! -name c.txtar | sort | xargs sha256sum >before
	run -0 judged
	[ "$(statuses)" = ok ]
	! grep -qP '\t1000000000\t' bench.tsv || false
	grep -v before before | sha256sum -c --quiet
}

@test "what is no number above zero is the candidate's failure: no-number" {
	shell_project
	build inc $k/solution.txtar
	for number in '' fast nan NaN inf -1 0 0.0 -0 0x10 1e99 1e-9 '12 us' \
		'1,5' '1 2' '$(head -c 5000 /dev/zero | tr "\0" 9)'; do
		candidate "COST=\"$number\"" 'answer() { echo 42; }'
		build c
		run -1 bench -t 2 -k $k -w $w -c cache -o bench.tsv inc.json \
			c.json inc.json
		[ "$(statuses)" = no-number ]
		grep -q '^# detail workload project: measure: want a number from' \
			bench.tsv
	done
	candidate 'COST="$(printf "x\n\n 12.5e0 \n\n")"' 'answer() { echo 42; }'
	run -0 judged
	[ "$(statuses)" = ok ]
	candidate 'COST="$(printf "\377\n")"' 'answer() { echo 42; }'
	run -0 --separate-stderr mk try SOLUTION="$PWD/c.txtar"
	[[ ${lines[-1]} == "verdict: reject no-number "* ]]
	grep -q 'measure: want a number' $x/exp_0001/result.md
}

@test "validate that fails is wrong, or flaky; that hangs, timeout" {
	shell_project
	candidate COST=1 'answer() { echo 41; echo "no answer" >&2; }'
	run -1 judged
	grep -q '"status": "wrong", "detail": "validate: exit status 1: no answer"' verify.jsonl
	[ ! -e bench.tsv ]
	candidate COST=1 "sh -c 'kill -SEGV \$\$'; exit \$?"
	run -1 judged
	grep -q '"status": "wrong", "detail": "validate: exit status 139' verify.jsonl
	sed -i 's/^timeout_s = .*/timeout_s = 0.5/' $k/settings
	candidate COST=1 'sleep 60'
	run -1 judged
	grep -q '"status": "timeout", "detail": "validate: its time is over' verify.jsonl
	run -0 --separate-stderr mk try SOLUTION="$PWD/c.txtar"
	[[ ${lines[-1]} == "verdict: reject timeout "* ]]
}

@test "measure that fails or hangs is the candidate's; the incumbent's is trouble" {
	shell_project
	sed -i 's/^timeout_s = .*/timeout_s = 0.5/' $k/settings
	echo 'MEASURES=yes' >project/env.sh
	sed -i '1i . ./env.sh' project/measure.sh
	rm $k/solution.txtar
	"$ROOT/tools/pack-project.sh" $k '' $k/solution.txtar
	candidate COST=1 'answer() { echo 42; }' '[ -z "$MEASURES" ] || exit 3'
	run -1 judged
	[ "$(statuses)" = died ]
	grep -q 'measure: exit status 3' bench.tsv
	candidate COST=1 'answer() { echo 42; }' '[ -z "$MEASURES" ] || sleep 60'
	run -1 judged
	[ "$(statuses)" = timeout ]
	sed 's/COST=.*/COST=none/' $k/solution.txtar >c.txtar
	cp c.txtar $k/solution.txtar
	candidate COST=1 'answer() { echo 42; }'
	run -75 judged
	[[ $output == *"what it is measured against: no-number"* ]]
}

@test "a changed harness is refused, with its name and what to do, until it is put back" {
	shell_project
	candidate COST=100 'answer() { echo 42; }' ': another'
	run -0 mk try SOLUTION="$PWD/c.txtar"
	cp -R project good
	changed() {
		for target in optimize bench audit "try SOLUTION=$PWD/c.txtar" \
			"ab A=exp_0001 B=current"; do
			run -2 mk $target
			[[ $output == *"$1 changed since $PWD/$x/project.harness was written"*"Put it back"* ]]
		done
	}
	echo '# slower' >>project/measure.sh
	changed measure.sh
	rm -R project && cp -R good project
	echo 'x' >project/added
	changed added
	rm project/added project/check.sh
	changed check.sh
	cp good/check.sh project
	sed -i 's/^measure = .*/measure = sh -x measure.sh/' $k/settings
	changed measure
	sed -i 's/^measure = .*/measure = sh measure.sh/' $k/settings
	echo 'COST=1' >project/answer.sh
	run -0 mk bench
	[ "$(ls -d $x/exp_* | wc -l)" -eq 1 ]
}

@test "what .git and ignore hold is no part of the harness" {
	shell_project
	echo 'ignore = *.o /out' >>$k/settings
	build inc $k/solution.txtar -l lines
	mkdir -p project/.git project/out project/sub
	echo x | tee project/.git/x project/out/x project/x.o project/sub/x.o
	build-project -c cache -d cpu -l one -o inc.json $k $k/solution.txtar
	! grep -q x.o one || false
	mkdir project/sub/out
	echo x >project/sub/out/x
	build-project -c cache -d cpu -l two -o inc.json $k $k/solution.txtar
	diff one two | grep -q '^> .*  sub/out/x$'
}

@test "two builds under different harnesses are not compared, nor files decided on" {
	shell_project
	build inc $k/solution.txtar
	echo '# other' >>project/measure.sh
	candidate COST=50 'answer() { echo 42; }'
	build c
	run -2 bench -t 4 -k $k -w $w -c cache -o bench.tsv inc.json c.json inc.json
	[[ $output == *"inc.json: built under another harness than"* ]]
	[ ! -e bench.tsv ]
	run -0 mk try SOLUTION="$PWD/c.txtar"
	e=$x/exp_0001
	hash=$(sed -n 's/^# harness //p' $e/bench.tsv)
	for file in build.json verify.jsonl bench.tsv confirm.tsv; do
		cp $e/$file kept
		sed -i "s/$hash/$(printf %064d 0)/" $e/$file
		run -2 decide -k $k $e
		[[ $output == *"$file: "*harness* ]]
		cp kept $e/$file
	done
	run -0 decide -k $k $e
}

@test "what was built is made again where the cache was touched" {
	shell_project
	run -0 build inc $k/solution.txtar
	key=$(sed -n 's/^  "key": "\(.*\)",$/\1/p' inc.json)
	echo 'echo 1' >cache/"$key"/tree/measure.sh
	run -0 build inc $k/solution.txtar
	cmp project/measure.sh cache/"$key"/tree/measure.sh
}

@test "what asks for a kernel is refused for a project" {
	shell_project
	for target in precision sanitize profile pack; do
		run -2 mk $target
		[[ $output == *"KERNEL=mine: a project"*"$target is for kernels"* ]]
	done
	run -2 mk ab A=current B=shipped MODE=warm
	[[ $output == *"MODE=warm: a project's numbers have no modes"* ]]
}

@test "without a jail a stranger's candidate is refused, our own text is tuned, loudly" {
	unshare -m true 2>/dev/null || skip "cannot hide bubblewrap"
	command -v bwrap >/dev/null || skip "no bubblewrap to hide"
	shell_project
	candidate COST=1 'answer() { echo 42; }'
	export -f mk
	export ROOT BUILD
	without() {
		env -u SANDBOX unshare -m bash -c 'mount --bind /dev/null "$(command -v bwrap)" && '"$1"
	}
	run -2 without 'mk try SOLUTION=$PWD/c.txtar'
	[[ $output == *"no jail for foreign code"*"SANDBOX=none"* ]]
	[ ! -e $x/exp_0001 ]
	run -2 without 'mk optimize'
	[[ $output == *"NO JAIL HERE"* ]]
	[[ $output == *"no knobs to tune"* ]]
}
