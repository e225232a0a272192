# docs-pages - the programs' EXAMPLES, and what an agent types, as they stand
# there; docs.bats sees to it that none is forgotten
load setup
load docs
source "$BATS_TEST_DIRNAME/llm-server.sh"

setup() {
	docs_tree
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
}

@test "what asks records" {
	[ -d experiments/rmsnorm_h4096 ] || skip "no records here"
	PATH=$PREFIX/bin:$PATH typed <<-'END'
		make install
		ratchet compare experiments/rmsnorm_h4096/exp_0003/bench.tsv
		build/audit -e experiments/rmsnorm_h4096 -k kernels/rmsnorm_h4096
		build/summarize -s -e experiments/gemm_n128_k2048
		build/page -p cuda -o plot.svg experiments/gemm_n128_k2048
		build/workload-profile -k kernels/rmsnorm_h4096 workloads/rmsnorm_h4096.jsonl
	END
	[ -s plot.svg ]
}

@test "an experiment, program by program" {
	make -s ground
	cp build/run/scale.cpu/incumbent/build.json incumbent.json
	typed <<-'END'
		build/propose -n -p tune -d cpu -k kernels/K -e experiments/K -b incumbent.json -w workloads/K.jsonl
		build/propose -n -p command -d cpu -k kernels/K -e experiments/K -b incumbent.json -w workloads/K.jsonl
	END
	build/propose -p tune -d cpu -k kernels/scale -e experiments/scale -b incumbent.json -w workloads/scale.jsonl
	make -s decided EXP=exp_0001
	rm experiments/scale/exp_0001/verdict.json
	typed '[01]' '"outcome": ' <<-'END'
		build/decide -k kernels/K experiments/K/exp_0007
	END
	make -s decided EXP=exp_0001
	typed <<-'END'
		build/snapshot -k kernels/K -e experiments/K -w workloads/K.jsonl experiments/K/exp_0007
	END
	[ -e experiments/scale/exp_0001/result.md ]
	command -v column >/dev/null || skip "no column: make deps DEV=1"
	typed <<-'END'
		build/compare experiments/K/exp_0007/confirm.tsv | column -t
	END
}

@test "a judgement within the budgets" {
	make -s ground
	cp build/run/scale.cpu/incumbent/build.json incumbent.json
	build/propose -p tune -d cpu -k kernels/scale -e experiments/scale -b incumbent.json -w workloads/scale.jsonl
	typed <<-'END'
		build/spend run -e experiments/K -k judge -d cpu -s kernels/K/settings exp_0007/judge -- make experiment EXP=exp_0007
		build/spend -e experiments/K total exp_0007
	END
	[ -e experiments/scale/exp_0001/result.md ]
	grep -q '^judge	[1-9]' "$said"
}

@test "a source is compiled, proved and timed" {
	sed -i 's/^workloads.cpu = \([^ ]*\) .*/workloads.cpu = \1/' kernels/rmsnorm_h4096/settings
	echo 'bench_s.cpu = 1' >>kernels/rmsnorm_h4096/settings
	typed <<-'END'
		build/build-kernel -c build/cache -d cpu -o /tmp/build.json kernels/gemm_n128_k2048 kernels/gemm_n128_k2048/solution.c
	END
	[ -s tmp/build.json ]
	for name in reference solution; do
		build/build-kernel -c build/cache -d cpu -o $name.json kernels/rmsnorm_h4096 \
			kernels/rmsnorm_h4096/$name.c
	done
	cp solution.json incumbent.json
	mv solution.json build.json
	typed <<-'END'
		build/verify -k kernels/rmsnorm_h4096 -w workloads/rmsnorm_h4096.jsonl -c build/cache -o verify.jsonl reference.json build.json
		build/bench -V verify.jsonl -k kernels/rmsnorm_h4096 -w workloads/rmsnorm_h4096.jsonl -c build/cache -o bench.tsv reference.json build.json incumbent.json
	END
	[ -s bench.tsv ]
}

@test "a project is built" {
	mkdir folder
	echo COST=100 >folder/answer.sh
	KERNEL=mine make -s new PROJECT=folder
	sed -i 's/^\(edit =\)$/\1 answer.sh/; s/^\(validate\|build\) = .*/\1 = true/' kernels/mine/settings
	KERNEL=mine make -s ground
	typed <<-'END'
		build/build-project -c build/cache -d cpu -o inc.json kernels/mine kernels/mine/solution.txtar
	END
	[ -s inc.json ]
}

@test "a kernel and a data set" {
	sed 's/"scale"/"rope_h64"/' kernels/scale/definition.json >rope_h64.json
	mkdir -p home/flashinfer-trace/{definitions,workloads}
	cp kernels/scale/definition.json home/flashinfer-trace/definitions
	cp workloads/scale.jsonl home/flashinfer-trace/workloads
	typed <<-'END'
		build/new-kernel -d cpu -k kernels/rope_h64 -w workloads/rope_h64.jsonl rope_h64.json
		build/inventory ~/flashinfer-trace | awk -F '\t' '$5 + $6'
	END
	[ -e kernels/rope_h64/solution.c ]
}

@test "what stands, after three edits by hand; what is missing" {
	make -s optimize
	for n in 2 3 4; do
		echo "/* $n */" >>kernels/scale/solution.c
		make -s adopt
	done
	typed <<-'END'
		build/incumbent -r exp_0003 -d cpu -e experiments/K -k kernels/K
	END
	[ "$(tail -n 1 kernels/scale/solution.c)" = '/* 3 */' ]
	# Nothing is, on some machines.
	typed '[01]' <<-'END'
		build/doctor | grep ^missing
	END
	! grep -v ^missing "$said"
}

@test "a local server is asked what waits" {
	c=experiments/scale/exp_0001/code
	mkdir -p $c
	echo 'You improve kernels.' >$c/system.md
	echo 'What to do.' >$c/1.prompt.md
	echo plain >script
	export KEY=sk-test-0123456789abcdef
	export OPENAI_API_KEY=$KEY
	start_server "$BUILD/tests/llm-server" script log
	typed <<-'END'
		OPENAI_BASE_URL=http://localhost:8080 MODEL=any build/ask -p openai -e experiments/K experiments/K/exp_0007/code
	END
	[ -s $c/1.reply.json ]
}

@test "an agent's steps" {
	typed <<-'END'
		./step WORD
		./step help
		./step status
		./step read notes
		./step read hints
		./step read settings
		./step inspect
		./step profile
		./step copy
	END
	sed -i 's/PASSES 8/PASSES 1/' build/agent/solution.c
	printf '%s\n' 'HYPOTHESIS: fewer passes' 'MECHANISM: less work' 'PREDICTS: 2' 'RISK: none' \
		>build/agent/proposal.txt
	typed <<-'END'
		./step verify
		./step bench
		./step bench quick
		./step bench $ARGUMENTS
		./step try
		./step log
		./step read exp_NNNN
		./step read summary
		./step read lessons
		./step read profile
		./step read workloads
	END
	[ -e experiments/scale/exp_0001/result.md ]
}

@test "what the tests keep on file is made again" {
	rm -r kernels/scale
	export KERNEL=gemm_n128_k2048 JUDGEMENTS=20 CHEATS=const_zero TWINS=no QUICK=1
	typed <<-'END'
		make prompts
		make simulate
		make test-judge
	END
}

@test "the pages are read" {
	command -v man >/dev/null || skip "no man: make deps DEV=1"
	typed <<-'END'
		man man/ratchet-judge.7
		man man/ratchet-loop.7
		man man/ratchet-propose.1
		man man/ratchet-runner.7
		man man/ratchet-spend.1
	END
}
