# status - where kernels stand and what is at work, for a person and for a script
load setup
load loop
load history

setup() {
	tiny_tree
	mkdir -p build/lock
}

state() {
	status -b build -e experiments "$@"
}

@test "a kernel is a line: what stands, by how much, how it went" {
	round accept - 1.5
	round reject slower 0.8
	round accept - 2
	LC_ALL=C.UTF-8 run -0 state
	[[ ${lines[1]} =~ ^scale\ +cpu\ +exp_0003\ +3.00x.*\ 3\ accept\ +[0-9]+\ (min|h|d)$ ]]
	[[ ${lines[1]} == *█*▁* ]]
	LC_ALL=C run -0 state
	[[ ${lines[1]} == *8*1* ]] && [[ ${lines[1]} != *█* ]]
}

@test "without records it says how to begin" {
	rm -rf experiments
	run -0 state
	[ "${lines[0]}" = "no experiments yet: make optimize" ]
	run -0 state -j
	[ "$(jq -c '[.kernels, .unfinished]' <<<"$output")" = '[[],[]]' ]
}

@test "the page of all kernels, which lies among them, is no kernel" {
	round accept - 1.5
	state >before
	echo '<!doctype html>' >experiments/index.html
	state >after
	cmp before after
}

@test "what was begun says which step it waits for, and whether somebody works" {
	round accept - 1.5
	propose_one >/dev/null
	run -0 state
	[[ $output == *"waiting: scale exp_0002: build"* ]]
	touch $x/exp_0002/build.json $x/exp_0002/verify.jsonl
	spend -e $x reserve -k judge 'exp_0002/judge#1' gpu_s=60
	exec 8>build/lock/scale.cpu
	flock 8
	run -0 state 8>&-
	[[ $output =~ "running: scale exp_0002: bench, at most "(5[0-9]|60)" s left" ]]
	[ "$(state -j 8>&- | jq -c '.unfinished[0] | [.step, .running, .seconds_left > 50]')" = '["bench",true,true]' ]
}

@test "a device that is measured on is busy" {
	exec 8>/tmp/ratchet-cpu.lock
	flock -w 30 8
	run -0 state 8>&-
	[[ $output == *"CPU: a judgement measures there"* ]]
	[ "$(state -j 8>&- | jq '.devices[0].busy')" = true ]
	exec 8>&-
}

@test "a loop that stopped itself says why, without control characters" {
	round accept - 1.5
	printf 'the GPU hangs \033[31m\nmore\n' >$x/stopped.cpu
	run -0 state
	[[ $output == *'stopped: scale on cpu: the GPU hangs \x1b[31m (make resume)'* ]]
	[ "$(state -j | jq -r '.kernels[0].stopped')" = "$(printf 'the GPU hangs \033[31m\nmore\n')" ]
}

@test "names of records are printed without controls and hidden characters" {
	hostile=$(printf 'k\302\233[31m\342\200\256\n\377')
	round accept - 1.5
	propose_one >/dev/null
	echo why >$x/stopped.cpu
	mv $x "experiments/$hostile"
	mv "experiments/$hostile/exp_0002" "experiments/$hostile/exp_$hostile"
	LC_ALL=C run -0 state
	[[ $output == *"k??[31m????? "*"cpu"* ]]
	[[ $output == *"waiting: k??[31m????? exp_k??[31m?????: build"* ]]
	[[ $output == *"stopped: k??[31m????? on cpu: why"* ]]
	run -1 env LC_ALL=C grep -P '[^ -~]' <<<"$output"
}

@test "no line is longer than 80 columns, whatever a kernel is called" {
	long=$(printf 'k%.0s' $(seq 60))
	round accept - 1.5
	mv $x experiments/$long
	LC_ALL=C run -0 state
	for line in "${lines[@]}"; do
		[ ${#line} -le 80 ]
	done
}

@test "the JSON has what the lines have" {
	round accept - 1.5
	round reject wrong null
	run -0 state -j
	[ "$(jq -c '.kernels[0] | [.kernel, .device, .incumbent, .speedup, .experiments, .accepted, .last.outcome, .last.reason, .last.speedup]' <<<"$output")" = \
		'["scale","cpu","exp_0001",1.5,2,1,"reject","wrong",null]' ]
	jq -e '.build_bytes >= 0 and .experiments_bytes > 0' <<<"$output"
}

@test "a thousand experiments are read in half a second" {
	history 1000
	limit=500
	[[ $BUILD != */sanitize ]] || limit=2000
	for _ in 1 2 3; do # the machine may be busy
		from=$(date +%s%N)
		state >/dev/null
		took=$((($(date +%s%N) - from) / 1000000))
		[ "$took" -ge "$limit" ] || break
	done
	echo "$took ms"
	[ "$took" -lt "$limit" ]
}

@test "a ledger that is broken is trouble, and its line is told" {
	round accept - 1.5
	echo garbage >>$x/ledger.jsonl
	run -2 state
	[[ $output == "status: experiments/scale/ledger.jsonl:2: "* ]]
	run -2 state -j
}

@test "a full disk is trouble; so is a missing folder on the command line" {
	run -2 bash -c 'status -b build -e experiments >/dev/full'
	run -2 status -e experiments
	run -2 status -b build -e experiments more
}
