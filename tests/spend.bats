load setup

# What is charged, what a budget allows, and what survives a kill.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir x
	log=x/spend.jsonl
	unset BUDGET_USD BUDGET_TOKENS BUDGET_GPU_S PRICES BENCH_S PROPOSER MODEL
}

reserve() {
	spend -e x reserve -k judge "$@"
}

# The cell of total's row $1 under column $2.
cell() {
	spend -e x total | awk -F'\t' -v row="$1" -v column="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
		$1 == row { print $at }'
}

# A process ends within some seconds.
is_gone() {
	for _ in $(seq 50); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

@test "a reservation is charged at its cap, and settled at what it cost" {
	reserve exp_0001/judge#1 gpu_s=45
	[ "$(cell judge gpu_s)" = 45 ] && [ "$(cell judge unsettled)" = 1 ]
	spend -e x settle exp_0001/judge#1 gpu_s=31.2
	[ "$(cell judge gpu_s)" = 31.2 ] && [ "$(cell all unsettled)" = 0 ]
	[ "$(wc -l <$log)" -eq 2 ]
}

@test "a cost beyond the cap is charged in full" {
	reserve a gpu_s=1
	spend -e x settle a gpu_s=7
	[ "$(cell all gpu_s)" = 7 ]
	BUDGET_GPU_S=7 run -1 --separate-stderr reserve b gpu_s=1
	[[ $stderr == "spend: BUDGET_GPU_S: 1 do not fit into 7: 7 are charged"* ]]
}

@test "the budgets count the whole history, each on its own" {
	export BUDGET_USD=1 BUDGET_TOKENS=100 BUDGET_GPU_S=10
	reserve a usd=0.6 tokens=60 gpu_s=6
	run -1 reserve b usd=0.5
	[[ $output == *BUDGET_USD* ]]
	run -1 reserve b tokens=41
	[[ $output == *BUDGET_TOKENS* ]]
	run -1 reserve b gpu_s=4.01
	[[ $output == *BUDGET_GPU_S* ]]
	reserve b usd=0.4 tokens=40 gpu_s=4
	[ "$(wc -l <$log)" -eq 2 ]
}

@test "decimal fractions that fit exactly do fit" {
	export BUDGET_USD=0.3
	for i in 1 2 3; do
		reserve $i usd=0.1
	done
	run -1 reserve 4 usd=0.000001
}

@test "budgets that change between runs hold for what was charged before" {
	reserve a gpu_s=50
	BUDGET_GPU_S=40 run -1 reserve b gpu_s=0
	BUDGET_GPU_S=60 run -0 reserve b gpu_s=10
	run -0 reserve c gpu_s=1000000
}

@test "an empty budget is none, and one of 0 is spent" {
	BUDGET_USD='' run -0 reserve a usd=5
	BUDGET_TOKENS=0 run -1 reserve b tokens=1
	BUDGET_TOKENS=0 run -0 reserve c gpu_s=1
}

@test "a budget that is no number is refused by its name" {
	for name in BUDGET_USD BUDGET_GPU_S BUDGET_TOKENS; do
		for value in x -1 nan NaN inf infinity 1e400 0x10 1,5 ' 1' '1 ' 1e 5usd .; do
			run -2 env "$name=$value" spend -e x reserve -k llm a usd=0
			[[ $output == "spend: $name=$value: want a "* ]]
			run -2 env "$name=$value" spend -e x check
		done
	done
	BUDGET_TOKENS=1.5 run -2 reserve a usd=0
	BUDGET_TOKENS=9223372036854775808 run -2 reserve a usd=0
	[ ! -s $log ]
}

@test "an amount that is no number of 0 or more is refused, and charges nothing" {
	for word in usd=-1 usd=nan usd=inf usd=1e400 usd= usd=0x1 usd=1x \
		gpu_s=-0 gpu_s=+1 gpu_s=NaN tokens=1.5 tokens=-1 tokens=1e3 \
		tokens=99999999999999999999 eur=1 usd USD=1 'usd= 1' =1; do
		run -2 reserve a "$word"
		run -2 spend -e x settle a "$word"
	done
	[ ! -s $log ]
}

@test "huge amounts neither wrap around nor pass a budget" {
	for i in 1 2 3; do
		reserve $i tokens=9223372036854775807 usd=1e308
	done
	[ "$(cell all tokens)" = 9223372036854775807 ]
	[ "$(cell all usd)" = inf ]
	BUDGET_TOKENS=9223372036854775806 run -1 reserve 4 tokens=1
	BUDGET_USD=1e308 run -1 reserve 4 usd=0
	grep -q '"tokens": 9223372036854775807' $log
}

@test "an id is charged once" {
	reserve a gpu_s=1
	run -2 reserve a gpu_s=1
	[ "$output" = "spend: $log: a is reserved already" ]
	spend -e x settle a gpu_s=1
	run -2 reserve a gpu_s=1
	[ "$(cell all charges)" = 1 ]
}

@test "settling the same twice changes nothing, otherwise is refused" {
	reserve a gpu_s=9
	spend -e x settle a gpu_s=5
	cp $log before
	run -0 spend -e x settle a gpu_s=5
	run -2 spend -e x settle a gpu_s=4
	[ "$output" = "spend: $log: a is settled already, otherwise" ]
	cmp $log before
}

@test "settling what was not reserved is refused" {
	run -2 spend -e x settle nobody gpu_s=5
	[ "$output" = "spend: $log: nobody was not reserved" ]
	reserve a gpu_s=9
	run -2 spend -e x settle A gpu_s=5
	[ "$(wc -l <$log)" -eq 1 ]
}

@test "ids and kinds are plain words" {
	for id in '' 'a b' $'a\nb' 'a"b' 'é' "$(printf 'x%.0s' {1..201})"; do
		run -2 reserve "$id" gpu_s=1
	done
	run -2 spend -e x reserve -k bribe a gpu_s=1
	[ "$output" = "spend: bribe: want a kind: llm, agent or judge" ]
	run -2 spend -e x reserve a gpu_s=1
	[ ! -s $log ]
}

@test "a torn last line is passed over, and cut by the next charge" {
	reserve a gpu_s=5
	cp $log whole
	for size in 1 20 60; do
		{ cat whole; head -c $size whole; } >$log
		[ "$(cell all charges)" = 1 ]
	done
	reserve b gpu_s=6
	[ "$(wc -l <$log)" -eq 2 ]
	[ "$(cell all gpu_s)" = 11 ]
}

@test "a foreign line stops every charge, and is named" {
	reserve a gpu_s=5
	cp $log whole
	while read -r line; do
		{ cat whole; echo "$line"; } >$log
		run -2 reserve b gpu_s=1
		[[ $output == "spend: $log:2: "* ]]
		run -2 spend -e x total
		run -2 spend -e x check
		[ "$(wc -l <$log)" -eq 2 ]
	done <<-'EOF'
		hello
		[]
		{}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": 0, "tokens": 0, "at": ""}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": -5, "tokens": 0, "gpu_s": 0, "at": ""}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": 0, "tokens": -1, "gpu_s": 0, "at": ""}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": 0, "tokens": 0.5, "gpu_s": 0, "at": ""}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": 0, "tokens": 0, "gpu_s": "NaN", "at": ""}
		{"event": "reserve", "id": "b", "kind": "llm", "usd": "-Infinity", "tokens": 0, "gpu_s": 0, "at": ""}
		{"event": "reserve", "id": "a", "kind": "llm", "usd": 0, "tokens": 0, "gpu_s": 0, "at": ""}
		{"event": "refund", "id": "a", "usd": 0, "tokens": 0, "gpu_s": -5, "at": ""}
		{"event": "settle", "id": "b", "usd": 0, "tokens": 0, "gpu_s": 0, "at": ""}
	EOF
}

@test "a charge that is settled twice in the file is not believed" {
	reserve a gpu_s=5
	spend -e x settle a gpu_s=5
	sed -n 2p $log | sed 's/"gpu_s": 5/"gpu_s": 0/' >more
	cat more >>$log
	run -2 spend -e x total
	[ "$output" = "spend: $log:3: a is settled twice" ]
}

@test "an unknown price is refused under a budget of money, and may be mended" {
	BUDGET_GPU_S=5 run -0 reserve a gpu_s=1
	spend -e x settle a gpu_s=1
	sed -i 's/"usd": 0/"usd": null/' $log
	[ "$(cell all unpriced)" = a ]
	BUDGET_USD=9 run -2 reserve b usd=1
	[[ $output == *"a has no price: spend settle a usd=..." ]]
	spend -e x settle a usd=8.5 gpu_s=1
	BUDGET_USD=9 run -1 reserve b usd=1
	BUDGET_USD=9 run -0 reserve b usd=0.5
	run -2 spend -e x settle a usd=1 gpu_s=1
}

@test "of 20 processes that race for a budget of 7, 7 get it" {
	export BUDGET_GPU_S=7.5
	for i in $(seq 20); do
		(
			status=0
			reserve "exp_0001/judge#$i" gpu_s=1 2>/dev/null || status=$?
			echo $status >"status.$i"
		) &
	done
	wait
	[ "$(cat status.* | grep -c '^0$')" -eq 7 ]
	[ "$(cat status.* | grep -c '^1$')" -eq 13 ]
	[ "$(cell all gpu_s)" = 7 ]
}

@test "processes that settle and reserve at once lose no line" {
	for i in $(seq 8); do
		(
			for n in 1 2 3 4 5; do
				reserve "$i/judge#$n" gpu_s=2
				spend -e x settle "$i/judge#$n" gpu_s=1
			done
		) &
	done
	wait
	[ "$(wc -l <$log)" -eq 80 ]
	[ "$(cell all gpu_s)" = 40 ] && [ "$(cell all unsettled)" = 0 ]
}

@test "a full disk charges nothing that it does not say, and loses nothing" {
	unshare -rm true 2>/dev/null || skip "no mounts of our own here"
	run -0 unshare -rm bash -c '
		mount -t tmpfs -o size=16k none x || exit 9
		spend -e x reserve -k judge first gpu_s=1 || exit 8
		head -c 1M /dev/zero >x/filler 2>/dev/null
		n=0
		while spend -e x reserve -k judge "a$n" gpu_s=1 2>said; do
			n=$((n + 1))
			[ $n -lt 200 ] || exit 7
		done
		grep -q "^spend: x/spend.jsonl: No space left" said || exit 6
		rm x/filler
		spend -e x reserve -k judge last gpu_s=1 || exit 5
		spend -e x total >total
		grep -c "" x/spend.jsonl >lines
		echo $((n + 2)) >want'
	[ "$(cat lines)" = "$(cat want)" ]
}

@test "a folder that is missing or not ours is trouble" {
	run -2 spend -e nowhere reserve -k judge a gpu_s=1
	[ "$output" = "spend: nowhere/spend.jsonl: No such file or directory" ]
	ln -s /etc/passwd $log
	run -2 reserve a gpu_s=1
	rm $log
	mkdir $log
	run -2 reserve a gpu_s=1
	run -2 spend -e x total
}

@test "total to a full disk is trouble" {
	run -2 bash -c 'spend -e x total >/dev/full'
}

@test "check says whether amounts would fit, and charges nothing" {
	export BUDGET_TOKENS=100
	run -0 spend -e x check
	run -0 spend -e x check tokens=100
	run -1 spend -e x check tokens=101
	[[ $output == "spend: BUDGET_TOKENS: 101 do not fit into 100"* ]]
	[ ! -e $log ]
}

@test "total knows kinds and experiments" {
	spend -e x reserve -k llm exp_0001/code/1#1 usd=0.5 tokens=10
	spend -e x reserve -k agent exp_0010/code/1#1 usd=2
	reserve exp_0001/judge#1 gpu_s=3
	[ "$(cell llm usd)" = 0.5 ] && [ "$(cell agent usd)" = 2 ]
	[ "$(cell all charges)" = 3 ]
	run -0 spend -e x total exp_0001
	[[ ${lines[4]} == $'all\t2\t2\t0.5\t10\t3\t-' ]]
	run -0 spend -e x total exp_000
	[[ ${lines[4]} == $'all\t0\t'* ]]
}

@test "run charges a command by the clock, and has its status" {
	run -7 spend run -e x -k judge exp_0001/judge gpu_s=45 -- sh -c 'sleep 0.3; exit 7'
	[ "$(cell judge unsettled)" = 0 ]
	[ "$(cell judge gpu_s | cut -c 1-3)" = 0.3 ]
	run -0 spend -e x run -k judge exp_0001/judge gpu_s=45 -- true -k x
	grep -q '"id": "exp_0001/judge#2"' $log
	run -127 spend -e x run -k judge exp_0001/judge gpu_s=45 -- ./none
	run -143 spend -e x run -k judge exp_0001/judge gpu_s=45 -- sh -c 'kill $$'
	[ "$(cell judge charges)" = 4 ] && [ "$(cell judge unsettled)" = 0 ]
}

@test "run does not start what a budget does not allow" {
	BUDGET_GPU_S=44 run -1 spend -e x run -k judge a gpu_s=45 -- touch ran
	[[ $output == *BUDGET_GPU_S* ]]
	run -2 spend -e x run -k judge a gpu_s=-1 -- touch ran
	run -2 spend -e x run -k judge a -- touch ran
	[[ $output == *"want gpu_s=, or -d device -s settings"* ]]
	run -2 spend -e x run -k judge a gpu_s=45 touch ran
	run -2 spend -e x run -k judge a gpu_s=45 --
	[ ! -e ran ]
}

@test "run takes its cap from BENCH_S or the settings" {
	echo 'bench_s.cpu = 33' >settings
	BUDGET_GPU_S=32 run -1 spend -e x run -k judge -d cpu -s settings a -- true
	[[ $output == *"BUDGET_GPU_S: 33 do not fit"* ]]
	BUDGET_GPU_S=32 BENCH_S=34 run -1 spend -e x run -k judge -d cpu -s settings a -- true
	[[ $output == *"BUDGET_GPU_S: 34 do not fit"* ]]
	BENCH_S=x run -2 spend -e x run -k judge -d cpu -s settings a -- true
	BENCH_S=0 run -2 spend -e x run -k judge -d cpu -s settings a -- true
	echo 'bench_s = often' >settings
	run -2 spend -e x run -k judge -d cpu -s settings a -- true
	[[ $output == "spend: settings:1: want bench_s"* ]]
}

@test "run pays for what takes longer, while the budgets allow it" {
	run -0 spend -e x run -k judge a gpu_s=0.4 -- sleep 0.75
	[ "$(cell judge unsettled)" = 0 ]
	[ "$(cell judge charges)" -ge 4 ]
	grep -q '"id": "a#1+3"' $log
	awk -v s="$(cell judge gpu_s)" 'BEGIN { exit !(s >= 0.75 && s < 1.5) }'
}

@test "run ends what would overspend, with all that it started" {
	export BUDGET_GPU_S=1
	run -1 spend -e x run -k judge a gpu_s=0.8 -- \
		sh -c 'sleep 61 & echo $! >up; wait; : >late'
	[[ $output == *"BUDGET_GPU_S: 0.2 do not fit into 1"* ]]
	[ ! -e late ]
	is_gone "$(cat up)"
	[ "$(cell judge unsettled)" = 0 ]
	awk -v s="$(cell judge gpu_s)" 'BEGIN { exit !(s >= 0.99 && s < 1.5) }'
}

@test "run hands a signal on, and settles" {
	spend -e x run -k judge a gpu_s=45 -- \
		sh -c 'trap "exit 3" TERM; : >up; while :; do sleep 0.05; done' &
	pid=$!
	until [ -e up ]; do sleep 0.05; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ $status -eq 3 ]
	[ "$(cell judge unsettled)" = 0 ]
}

@test "what was killed between reserve and settle stays charged at its cap" {
	spend -e x run -k judge a gpu_s=45 -- sh -c 'echo $$ >up; exec sleep 60' &
	pid=$!
	until [ -s up ]; do sleep 0.05; done
	kill -KILL $pid
	wait $pid || true
	[ "$(cell judge gpu_s)" = 45 ] && [ "$(cell judge unsettled)" = 1 ]
	is_gone "$(cat up)"
	BUDGET_GPU_S=80 run -1 spend -e x run -k judge a gpu_s=45 -- true
	BUDGET_GPU_S=90 run -0 spend -e x run -k judge a gpu_s=45 -- true
}

@test "kill -9 at any moment leaves a file that reads, and never less charged" {
	for i in $(seq 30); do
		( reserve "a$i" gpu_s=1; echo "$i" >>done ) &
		pid=$!
		sleep 0.00$((RANDOM % 9))
		kill -KILL $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	touch done
	[ "$(cell all gpu_s)" -ge "$(wc -l <done)" ]
}

@test "a forecast without history states what it assumes" {
	cd "$BATS_TEST_TMPDIR"
	BENCH_S=36 run -0 spend -e x forecast -d cpu -n 10
	[[ ${lines[0]} == "forecast: 10 experiments of about 36 s (bench_s: none was made here yet): 100 an hour, until 20"*" UTC" ]]
	[[ ${lines[1]} == "forecast: each 0 USD, 0 tokens, 36 device seconds (bench_s)"* ]]
	BENCH_S=36 PROPOSER=anthropic MODEL=claude-sonnet-4-5 run -0 spend -e x forecast -d cpu -n 10
	[[ ${lines[1]} == "forecast: each 0.36 USD, 56000 tokens, 36 device seconds (assumed: 2 requests of 20000 tokens in and 8000 out, and bench_s): 36 USD an hour, 3.6 in all" ]]
	BENCH_S=36 PROPOSER=openai MODEL=unheard-of run -0 spend -e x forecast -d cpu -n 10
	[[ ${lines[1]} == "forecast: each of unknown price, 56000 tokens"* ]]
	BENCH_S=36 BUDGET_GPU_S=100 run -0 spend -e x forecast -d cpu -n 10
	[[ ${lines[2]} == "forecast: BUDGET_GPU_S leaves 100: enough for about 2 of the 10" ]]
}

@test "a forecast goes by what the last experiments took" {
	for i in 1 2 3; do
		echo '{"experiment": "exp_000'$i'", "device": "cpu", "proposer": "tune", "outcome": "reject", "at": "2026-01-01T00:10:00Z", "seconds": 6'$i'}'
	done >x/ledger.jsonl
	reserve exp_0002/judge#1 gpu_s=45 usd=0.3
	sed -i 's/"at": "[^"]*"/"at": "2026-01-01T00:08:00Z"/' $log
	BENCH_S=36 run -0 spend -e x forecast -d cpu -n 10
	[[ ${lines[0]} == "forecast: 10 experiments of about 63 s (the median of the last 3 here)"* ]]
	[[ ${lines[1]} == "forecast: each 0.1 USD, 0 tokens, 15 device seconds (the mean of the last 3)"* ]]
	BENCH_S=36 run -0 spend -e x forecast -d cuda -n 10
	[[ ${lines[0]} == *"about 36 s (bench_s"* ]]
}

@test "a forecast refuses what is no number of iterations" {
	for n in 0 -1 x 1.5 ''; do
		BENCH_S=36 run -2 spend -e x forecast -d cpu -n "$n"
	done
	BENCH_S=36 run -2 spend -e x forecast -d cpu
	BENCH_S=36 run -2 spend -e x forecast -n 1
}

@test "a table of prices is read strictly, and the longest name counts" {
	export BENCH_S=36 PROPOSER=openai PRICES=$BATS_TEST_TMPDIR/p MODEL=big-2
	head='model	input	output	cache_read	cache_write'
	printf '# ours\n%s\nbig-2\t1\t0\t0\t0\nbig\t100\t0\t0\t0\nlocal\t0\t0\t0\t0\n' "$head" >p
	run -0 spend -e x forecast -d cpu -n 1
	[[ ${lines[1]} == *"each 0.04 USD"* ]]
	MODEL=big-1 run -0 spend -e x forecast -d cpu -n 1
	[[ ${lines[1]} == *"each 4 USD"* ]]
	MODEL=bi run -0 spend -e x forecast -d cpu -n 1
	[[ ${lines[1]} == *"unknown price"* ]]
	for url in http://127.0.0.1:80/v1 http://localhost 'http://[::1]:8/'; do
		MODEL=bi OPENAI_BASE_URL=$url run -0 spend -e x forecast -d cpu -n 1
		[[ ${lines[1]} == *"each 0 USD"* ]]
	done
	for url in http://127.0.0.1.evil.example http://localhostess https://x/127.0.0.1; do
		MODEL=bi OPENAI_BASE_URL=$url run -0 spend -e x forecast -d cpu -n 1
		[[ ${lines[1]} == *"unknown price"* ]]
	done
	for row in 'big-2	1	0	0' 'big-2	1	0	0	0	0' 'big-2	-1	0	0	0' \
		'big-2	nan	0	0	0' 'big-2 1 0 0 0' '	1	0	0	0' 'big-2	1	0	0	'; do
		printf '%s\n%s\n' "$head" "$row" >p
		run -2 spend -e x forecast -d cpu -n 1
		[[ $output == "spend: $PRICES:2: want a model and four prices"* ]]
	done
	echo 'big-2	1	0	0	0' >p
	run -2 spend -e x forecast -d cpu -n 1
	[[ $output == "spend: $PRICES:1: want the columns"* ]]
	PRICES=/none run -2 spend -e x forecast -d cpu -n 1
}

@test "the table that is shipped reads, and has each model once" {
	PROPOSER=anthropic MODEL=claude-opus-4-5-20251101 BENCH_S=36 run -0 spend -e x forecast -d cpu -n 1
	[[ ${lines[1]} == *"each 0.6 USD"* ]]
	[ -z "$(grep -v '^#' "$ROOT/tools/spend/prices.tsv" | cut -f 1 | sort | uniq -d)" ]
}

# An experiment x/exp_000$1 that was published, with outcome $2.
published() {
	mkdir -p "x/exp_000$1"
	printf '{\n  "outcome": "%s",\n  "reason": "-",\n  "speedup": 1.25,\n}\n' \
		"$2" >"x/exp_000$1/verdict.json"
	: >"x/exp_000$1/result.md"
}

@test "ON_ACCEPT runs once for an accept, with its environment" {
	export ON_ACCEPT='echo "$EXPERIMENT $KERNEL $SPEEDUP" >>said'
	on=$ROOT/tools/on-accept.sh
	published 1 accept
	published 2 reject
	"$on" mark x/exp_0001
	"$on" mark x/exp_0002
	"$on" run x
	"$on" run x
	[ "$(cat said)" = "x/exp_0001 x 1.25" ]
	[ ! -e x/exp_0001/on-accept ] && [ ! -e x/exp_0002/on-accept ]
}

@test "ON_ACCEPT waits for result.md, and passes over what was accepted before" {
	export ON_ACCEPT='echo "$EXPERIMENT" >>said'
	on=$ROOT/tools/on-accept.sh
	published 1 accept
	published 2 accept
	"$on" mark x/exp_0002
	rm x/exp_0002/result.md
	"$on" run x
	[ ! -e said ]
	: >x/exp_0002/result.md
	"$on" run x
	[ "$(cat said)" = x/exp_0002 ]
}

@test "an ON_ACCEPT that fails, or is gone, is said and is not fatal" {
	on=$ROOT/tools/on-accept.sh
	published 1 accept
	ON_ACCEPT='exit 5' "$on" mark x/exp_0001
	ON_ACCEPT='exit 5' run -0 "$on" run x
	[ "$output" = "on-accept: x/exp_0001: ON_ACCEPT failed, status 5" ]
	ON_ACCEPT='exit 5' "$on" mark x/exp_0001
	ON_ACCEPT='' run -0 "$on" run x
	[[ $output == *"ON_ACCEPT is not set any more"* ]]
	run -2 "$on"
	run -2 "$on" walk x
}

@test "the status has what was spent, for each percent gained, and what is left" {
	echo '{"experiment": "exp_0001", "device": "cpu", "proposer": "tune", "outcome": "accept", "incumbent": "shipped", "at": "2026-01-01T00:10:00Z", "seconds": 60, "speedup": 1.5}' >x/ledger.jsonl
	run -0 summarize -s -e x
	[[ $output != *spent* && $output != *left* ]]
	reserve exp_0001/judge#1 gpu_s=100 usd=5
	BUDGET_USD=7 run -0 summarize -s -e x
	[[ $output == *"spent: 5 USD, 0 tokens, 100.0 device seconds"* ]]
	[[ $output == *"cpu: 50.0 % gained, 0.1 USD and 2 device seconds for each"* ]]
	[[ $output == *"not settled (1): 5 USD"* ]]
	[[ $output == *"left of BUDGET_USD=7: 2"* ]]
	[[ $output != *"left of BUDGET_TOKENS"* ]]
	BUDGET_USD=much run -2 summarize -s -e x
	echo junk >>$log
	run -2 summarize -s -e x
}

@test "a speedup is reached when the steps multiplied reach it" {
	step() {
		echo '{"experiment": "exp_000'$1'", "device": "cpu", "proposer": "tune", "outcome": "accept", "incumbent": "'$2'", "at": "2026-01-01T00:10:00Z", "seconds": 60, "speedup": 1.5}' >>x/ledger.jsonl
	}
	run -1 summarize -u 1.01 -d cpu -e x
	run -0 summarize -u 1 -d cpu -e x
	step 1 shipped
	run -1 summarize -u 2.2 -d cpu -e x
	step 2 exp_0001
	run -0 summarize -u 2.2 -d cpu -e x
	run -1 summarize -u 2.3 -d cpu -e x
	run -1 summarize -u 2.2 -d cuda -e x
	[ -z "$output" ]
	for until in 0 -1 x nan inf 1e999 ''; do
		run -2 summarize -u "$until" -d cpu -e x
	done
	run -2 summarize -u 2 -e x
	[ ! -e x/summary.md ]
}
