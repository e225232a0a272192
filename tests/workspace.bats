load setup
load loop

# A folder for an agent, made from a tiny kernel.

setup() {
	tiny_tree
	ln -s "$ROOT/kernels/include" kernels/include
	own_build cp -p
	mkdir -p $x/exp_0001
	echo "a lesson" >$x/LESSONS.md
	echo "# exp_0001: reject" >$x/exp_0001/result.md
	echo "try less" >$k/hints.md
}

mk() {
	make -s --no-print-directory -C "$ROOT" BUILD="$PWD/build" \
		KERNEL=scale DEVICE=cpu KERNELS="$PWD/kernels" \
		WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
}

@test "a workspace has what is edited, what is read, the rules and ./step" {
	run -0 mk workspace DIR="$PWD/w"
	[ "$output" = "$PWD/w" ]
	cmp w/solution.c $k/solution.c
	grep -qx 'HYPOTHESIS:' w/proposal.txt
	[ -s w/brief.md ]
	[ "$(cat w/records/hints.md)" = "try less" ]
	[ "$(cat w/records/lessons.md)" = "a lesson" ]
	[ "$(cat w/records/exp_0001.md)" = "# exp_0001: reject" ]
	cmp w/CLAUDE.md "$ROOT/CLAUDE.md"
	diff -r w/.claude "$ROOT/.claude"
	[ -x w/step ]
}

@test "reference, workloads and tools are not in a workspace" {
	mk workspace DIR="$PWD/w"
	[ -z "$(find w -name 'reference*' -o -name '*.jsonl' -o -name tools)" ]
}

@test "a workspace is a git repository of its own, with nothing changed" {
	git init -q .
	mkdir home
	printf '[core]\n\thooksPath = %s\n' "$PWD/hooks" >home/.gitconfig
	mkdir hooks
	printf '#!/bin/sh\ntouch %s\n' "$PWD/hit" >hooks/post-commit
	chmod +x hooks/post-commit
	HOME=$PWD/home mk workspace DIR="$PWD/w"
	[ "$(git -C w rev-parse --show-toplevel)" = "$PWD/w" ]
	[ -z "$(git -C w status --porcelain)" ]
	[ ! -e hit ]
}

@test "only the candidate and the proposal are writable" {
	mk workspace DIR="$PWD/w"
	[ "$(find w -path w/.git -prune -o -type f -perm -u=w -printf '%P\n' |
		sort | xargs)" = "proposal.txt solution.c" ]
}

@test "what is there is not made again, and a failure leaves nothing" {
	mkdir w
	run -2 mk workspace DIR="$PWD/w"
	[[ $output == *"w: is there already"* ]]
	mv $k/solution.c solution.c
	run -2 mk workspace DIR="$PWD/v"
	[ -z "$(ls -d v* 2>/dev/null)" ]
}

@test "a workspace needs a folder, and a name that make and sh take" {
	run -2 mk workspace
	[[ $output == *"want DIR="* ]]
	run -2 mk workspace DIR="$PWD/a b"
	run -2 mk workspace DIR='$(id)'
}

@test "./step there speaks of its kernel, wherever it is called from" {
	mk workspace DIR="$PWD/w"
	cd /
	run -0 "$BATS_TEST_TMPDIR/w/step" read hints
	[ "$output" = "try less" ]
	run -0 env KERNEL=other DEVICE=cuda "$BATS_TEST_TMPDIR/w/step" status
	[[ $output == *$'\n'scale$'\n'* ]]
	echo junk >"$BATS_TEST_TMPDIR/w/solution.c"
	run -0 "$BATS_TEST_TMPDIR/w/step" copy
	cmp "$BATS_TEST_TMPDIR/w/solution.c" "$BATS_TEST_TMPDIR/$k/solution.c"
}

@test "./step there refuses what ./step at the root refuses" {
	mk workspace DIR="$PWD/w"
	for words in '--eval=x' 'SHELL=/bin/sh' 'status;id' 'read ../x' \
		'read /etc/passwd' 'bench stride x' 'status
id' 'Status' 'try x'; do
		# shellcheck disable=SC2086
		run -2 w/step $words
		run -2 w/step "$words"
	done
}

@test "./step there says when the repository is gone" {
	mk workspace DIR="$PWD/w"
	chmod u+w w/.step/where
	sed -i 's,^repository=.*,repository=/nowhere,' w/.step/where
	run -2 w/step status
	[ "$output" = "step: /nowhere: the repository is not there: make workspace again" ]
}
