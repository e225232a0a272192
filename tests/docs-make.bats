# docs-make - the commands of make in README and in the pages, typed as they stand
# there; docs.bats sees to it that none is forgotten
load setup
load docs
load runner
source "$BATS_TEST_DIRNAME/llm-server.sh"

setup() {
	docs_tree
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	[ -z "${group-}" ] || kill -KILL -- "-$group" 2>/dev/null || true
	[ -z "${CRONTAB-}" ] || $CRONTAB -r 2>/dev/null || true
	[ -z "${SSHD_PID-}" ] || sshd_stop
}

# The tiny kernel with fewer passes.
change() {
	sed 's/PASSES 8/PASSES 1/' kernels/scale/solution.c
}

@test "a first win, and where it stands" {
	typed <<-'END'
		make deps optimize
	END
	[[ $(tail -n 1 "$said") == "verdict: "*" speedup "* ]]
	typed <<-'END'
		make optimize
		make optimize ITERATIONS=10
		make verify
		make bench
		make report
		make report KERNEL=gemm_n128_k2048
		make plot
		make status
		make -s status JSON=1 | jq .unfinished
		make ab A=shipped B=current
		make audit
	END
	[ -e experiments/scale/exp_0004/result.md ]
	[ -s experiments/index.html ] && [ -s experiments/scale/index.html ]
}

@test "what there is, what it says of itself, and what measurements suggest" {
	typed <<-'END'
		make help
		make doctor
		make facts
		make resume
		make results
		make precision
		make quick QUICK_S=20
		make sanitize
		make inspect
		make profile
		make workloads
	END
	[ -s experiments/scale/workload_profile.md ] && [ -s experiments/scale/profile.cpu.md ]
}

@test "a change by hand is judged, adopted, and gone back from" {
	change >my.c
	typed <<-'END'
		make try SOLUTION=my.c
		make try SOLUTION=my.cu
	END
	cp my.c kernels/scale/solution.c
	echo '/* mine */' >>kernels/scale/solution.c
	typed <<-'END'
		make adopt
		make revert EXP=exp_0003
		make rejudge EXP=exp_0003
		make workspace DIR=w
	END
	[ -e experiments/scale/exp_0004/result.md ]
	[ -x w/step ]
}

@test "a target that wants a word more says which" {
	unset KERNEL
	typed 2 'want ' <<-'END'
		make new
		make new PROJECT=folder
		make rejudge
		make research
		make revert
		make schedule
		make try
		make try NODEDUP=1
		make workspace
	END
}

# What a person writes of a new kernel; its list has one shape.
write_kernel() { # NAME
	cp tests/tiny/kernels/scale/{reference.c,settings} "kernels/$1/"
	change >"kernels/$1/solution.c"
}

definition() { # NAME
	sed "s/\"scale\"/\"$1\"/" kernels/scale/definition.json
}

@test "a kernel of one's own" {
	definition my_kernel >my_kernel.json
	definition mine >mine.json
	definition rope_h64 >rope_h64.json
	printf 'n\tweight\n16\t2\n32\t1\n' >shapes.tsv
	change >mine.c
	cp mine.c rope.c
	typed <<-'END'
		make new KERNEL=my_kernel DEFINITION=my_kernel.json
		make new KERNEL=mine DEFINITION=mine.json FROM=mine.cu
		make new KERNEL=rope_h64 DEFINITION=rope_h64.json SHAPES=shapes.tsv FROM=rope.cu
	END
	write_kernel my_kernel
	KERNEL=my_kernel make -s verify
	[ "$(wc -l <workloads/rope_h64.jsonl)" -eq 2 ]
	cmp kernels/mine/solution.c mine.c
}

@test "a project of one's own" {
	mkdir folder
	echo COST=100 >folder/answer.sh
	unset KERNEL
	typed <<-'END'
		make new KERNEL=mine PROJECT=folder
	END
	sed -i 's/^edit =$/edit = answer.sh/; s/^build = .*/build = true/' kernels/mine/settings
	sed -i 's/^validate = .*/validate = true/; s/^measure = .*/measure = echo 1/' kernels/mine/settings
	export KERNEL=mine
	make -s ground
	typed <<-'END'
		make unpack OUT=folder
		build/unpack-project -d cpu kernels/mine kernels/mine/solution.txtar folder
	END
	[ "$(cat folder/answer.sh)" = COST=100 ]
}

@test "a data set, from and to" {
	set=home/flashinfer-trace
	mkdir -p $set/definitions/test $set/workloads/test
	definition name >$set/definitions/test/name.json
	sed 's/"scale"/"name"/' workloads/scale.jsonl >$set/workloads/test/name.jsonl
	cp -R $set .
	cp -R $set data-set
	typed <<-'END'
		make import TRACE=data-set
		make import TRACE=flashinfer-trace DEFINITION=name
		make import TRACE=~/flashinfer-trace DEFINITION=name
		make pack traces KERNEL=rmsnorm_h4096 DEVICE=cuda OUT=~/my-trace
		make export-torch OUT=folder
		make export-torch OUT=package
		make export-torch KERNEL=rmsnorm_h4096 DEVICE=cpu OUT=/tmp/rmsnorm
	END
	export KERNEL=rmsnorm_h4096 DEVICE=cuda
	typed <<-'END'
		make pack traces OUT=~/my-trace
		make pack traces OUT=set
	END
	[ -e kernels/name/definition.json ]
	[ -s package/setup.py ] && [ -s tmp/rmsnorm/setup.py ]
	grep -q '"name"' home/my-trace/definitions/*/rmsnorm_h4096.json
}

# Answers as a program that reads the prompt.
model() {
	cat >model <<-END
	#!/bin/sh
	cat >"$PWD/asked"
	if grep -q '## Do not try' "$PWD/asked"; then
		printf '## Try\n\n- fewer passes\n\n## Do not try\n'
	else
		exec "$BUILD/tests/policy" <"$PWD/asked"
	fi
	END
	chmod +x model
	echo "policy $PWD/model" >script
	export KEY=sk-test-0123456789abcdef
	export ANTHROPIC_API_KEY=$KEY OPENAI_API_KEY=$KEY
	start_server "$BUILD/tests/llm-server" script log
}

@test "a model proposes, and plans" {
	model
	typed <<-'END'
		make optimize PROPOSER=anthropic MODEL=name ITERATIONS=20
		make research PROPOSER=anthropic MODEL=name
	END
	[ -e experiments/scale/exp_0002/result.md ]
	[ -s log ] && [ -s experiments/scale/plan.md ]
}

@test "until it is fast enough; several at once" {
	typed <<-'END'
		make optimize ITERATIONS=100 UNTIL=3 BUDGET_GPU_S=7200
		make -j optimize CANDIDATES=8 GPUS=0,1,2,3
	END
	[ -e experiments/scale/exp_0003/result.md ]
}

@test "a loop goes on until Ctrl-C" {
	interrupted 'verdict:' <<-'END'
		make loop
	END
	[ -e experiments/scale/exp_0001/result.md ]
}

@test "the page is served until Ctrl-C" {
	typed <<-'END'
		make optimize
	END
	export PORT=0
	asked='curl -sS -o all "$(grep -o "http:[^ ]*" "$said")"; grep -q scale/index.html all'
	interrupted '^serving' "$asked" <<-'END'
		make serve
	END
	interrupted '^serving' "$asked" <<-'END'
		make serve PORT=9000
	END
}

# The crontab of a user who has none; schedule.bats has another's.
@test "cron does it, and no more" {
	command -v crontab >/dev/null || skip "no crontab: apt-get install cron"
	[ "$(id -u)" -eq 0 ] || skip "not root: this user's own crontab is left alone"
	! crontab -u games -l || skip "games has a crontab"
	export CRONTAB="crontab -u games"
	typed <<-'END'
		make schedule EVERY=15m
		make schedule EVERY=30m PROPOSER=openai MODEL=name BUDGET_USD=20 ON_ACCEPT='echo "$KERNEL $SPEEDUP" | mail -s faster me'
	END
	$CRONTAB -l >line
	$CRONTAB -r
	grep -q "EVERY='30m'" line
	$CRONTAB line
	typed <<-'END'
		make unschedule
	END
	! $CRONTAB -l
}

# The machines gpu1 and node: this one, in the folder there.
@test "another machine, by ssh and by a bundle" {
	needs_sshd
	mkdir there
	sshd_start "Subsystem sftp $(find /usr/lib -name sftp-server -path '*ssh*' | head -n 1)" \
		"ForceCommand cd $PWD/there && eval \"\$SSH_ORIGINAL_COMMAND\""
	sed -i 's/^Host node/Host node gpu1/' "$SSH_CONFIG"
	ssh() { command ssh -F "$SSH_CONFIG" "$@"; }
	scp() { command scp -F "$SSH_CONFIG" "$@"; }
	export -f ssh scp
	export RUNNER=local
	change >my.c
	typed <<-'END'
		make optimize RUNNER=ssh SSH_HOST=gpu1
		make bundle SOLUTION=my.cu DEVICE=cuda ARCH=sm_90a
		scp build/bundle/gemm_n128_k2048.cuda.tar.gz gpu1:
		ssh gpu1 'tar xzf gemm*.tar.gz && SANDBOX=none gemm*.cuda/run try'
		scp gpu1:gemm_n128_k2048.cuda/results .
		make collect FROM=results DEVICE=cuda
	END
	[ -e experiments/scale/exp_0002/result.md ]
	rm -r build/bundle results
	typed <<-'END'
		make bundle
	END
	build/bundle/scale.cpu/run quick
	cp build/bundle/scale.cpu/results .
	typed <<-'END'
		make collect FROM=results
	END
	# A job, put aside, judged, and what came of it.
	ground=build/run/scale.cpu
	RUNNER=aside ASIDE=job run -75 build/verify -k kernels/scale -w workloads/scale.jsonl \
		-c build/cache -o verify.jsonl $ground/reference/build.json $ground/incumbent/build.json
	cp -R job tmp/ratchet-job-x7Gq2d
	typed <<-'END'
		build/judge /tmp/ratchet-job-x7Gq2d
	END
	cp -R tmp/ratchet-job-x7Gq2d there/job
	typed <<-'END'
		ssh node 'cd job && cat done verify.jsonl' | build/collect job -
	END
	[ -s job/verify.jsonl ]
	cd job
	typed <<-'END'
		cat done verify.jsonl
	END
}
