load setup
source "$BATS_TEST_DIRNAME/llm-server.sh"

# ask over HTTP: real sockets, and a server on the loopback that gives what its
# script says (tests/programs/llm-server.c).

setup() {
	cd "$BATS_TEST_TMPDIR"
	x=experiments/k
	c=$x/exp_0001/code
	mkdir -p $c
	echo 'You improve kernels.' >$c/system.md
	echo 'What to do.' >$c/1.prompt.md
	export KEY=sk-test-0123456789abcdef
	export ANTHROPIC_API_KEY=$KEY OPENAI_API_KEY=$KEY
	export MODEL=mock-1 MAX_TOKENS=1000
	export ASK_BACKOFF_S=0.01 ASK_STALL_S=1 ASK_LIMIT_S=3 ASK_ATTEMPTS=3
	printf 'model\tinput\toutput\tcache_read\tcache_write\n%s\n' \
		$'mock\t1000\t2000\t100\t1250' >prices.tsv
	export PRICES=$PWD/prices.tsv
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	# Whatever happened, nobody wrote the key down.
	rm -f script
	! grep -rl "$KEY" .
}

# serve SCENARIO...: starts the server, one scenario a request.
serve() {
	printf '%s\n' "$@" >script
	start_server "$BUILD/tests/llm-server" script log 2>server-errors
}

ask() {
	command ask -e $x -p "${p-anthropic}" $c
}

field() {
	sed -n "s/^ *\"$1\": //p" $c/1.reply.json | sed 's/,$//; s/^"//; s/"$//'
}

requests() {
	wc -l <log
}

# reserve or settle lines, and the tokens that they are about in all.
charges() {
	grep -c "\"event\": \"$1\"" $x/spend.jsonl
}

text='One two three four five six seven eight nine ten. Der zwölfte Wörterbuchbäcker übt.'

@test "both APIs: the reply is on file, with what it took" {
	serve plain
	for p in anthropic openai; do
		rm -f $c/1.reply.json
		run -0 ask
		[ -z "$output" ]
		[ "$(field text)" = "$text" ]
		[ "$(field proposer)" = $p ]
		[ "$(field model)" = mock-1 ]
		[ "$(field requests)" = 1 ]
		[ "$(field input_tokens)" = 100 ]
		[ "$(field output_tokens)" = 40 ]
		grep -q '"prompt_sha256": "'"$(sha256sum <$c/1.prompt.md | cut -c 1-64)" \
			$c/1.reply.json
	done
	[ "$(field stop_reason)" = stop ]
	[ "$(field cache_read_tokens)" = 60 ]
	# 100 * 1000 + 40 * 2000 + 60 * 100 per million
	[ "$(field usd)" = 0.186 ]
}

@test "the Messages API gets its version, its key and marks for its cache" {
	serve plain
	EFFORT=high ask
	grep -q '"key": "right"' log
	grep -q '"anthropic-version": "2023-06-01"' log
	grep -q '"system": \[{"type": "text", "text": "You improve kernels.\\n", "cache_control": {"type": "ephemeral"}}\]' log
	grep -q '"max_tokens": 1000, "stream": true' log
	grep -q '"output_config": {"effort": "high"}' log
	grep -q '"thinking": {"type": "adaptive"}' log
	echo 'And now?' >$c/2.prompt.md
	ask
	tail -n 1 log | grep -q '"messages": \[{"role": "user", "content": \[{"type": "text", "text": "What to do.\\n"}\]}, {"role": "assistant", "content": \[{"type": "text", "text": "One two.*"}\]}, {"role": "user", "content": \[{"type": "text", "text": "And now?\\n", "cache_control"'
	! tail -n 1 log | grep effort
}

@test "chat completions get what that API calls the same things" {
	serve plain
	p=openai EFFORT=low ask
	grep -q '"key": "right"' log
	grep -q '"line": "POST /v1/chat/completions HTTP/1.1"' log
	grep -q '"reasoning_effort": "low"' log
	grep -q '"stream_options": {"include_usage": true}' log
	grep -q '"messages": \[{"role": "system", "content": "You improve kernels.\\n"}, {"role": "user"' log
}

@test "a base URL may have its /v1 and a slash, or not" {
	serve plain
	host=http://localhost:$port
	for url in $host $host/ $host/v1 $host/v1/; do
		for p in anthropic openai; do
			rm -f $c/1.reply.json
			ANTHROPIC_BASE_URL=$url OPENAI_BASE_URL=$url ask
		done
	done
	[ "$(grep -c '"line": "POST /v1/messages HTTP/1.1"' log)" -eq 4 ]
	[ "$(grep -c '"line": "POST /v1/chat/completions HTTP/1.1"' log)" -eq 4 ]
	rm $c/1.reply.json
	p=openai OPENAI_BASE_URL=$host/api/v2 ask
	tail -n 1 log | grep -q '"line": "POST /api/v2/chat/completions HTTP/1.1"'
}

@test "a server of one's own needs no key, the API's own does" {
	unset ANTHROPIC_API_KEY OPENAI_API_KEY
	serve plain
	for p in anthropic openai; do
		rm -f $c/1.reply.json
		run -0 ask
	done
	[ "$(grep -c '"key": "none"' log)" -eq 2 ]
	rm $c/1.reply.json
	unset ANTHROPIC_BASE_URL
	p=anthropic run -2 ask
	[[ $output == *"ANTHROPIC_API_KEY: not set"* ]]
}

@test "statuses that may pass are tried again, until one passes" {
	for code in 408 409 429 500 502 503 529; do
		rm -rf $c/1.reply.json log
		serve "status $code" plain
		run -0 ask
		[[ $output == *"status $code, the server says"*"again in"*"(1 of 3)"* ]]
		[ "$(field requests)" = 2 ]
		[ "$(requests)" -eq 2 ]
		kill "$server"
	done
}

@test "statuses that stay are not tried again, and the server's words are shown" {
	for code in 400 401 402 403 404 413 422; do
		rm -f log
		serve "status $code"
		for p in anthropic openai; do
			run -2 ask
			[[ $output == *"status $code, the server says \"the key "* ]]
			[[ $output == *"got $code, \\x1b[2J\\nsaid he\""* ]]
			[[ $output == *'****'* ]]
		done
		[ "$(requests)" -eq 2 ]
		kill "$server"
	done
	[ ! -e $c/1.reply.json ]
	# Nothing was served, so nothing is charged.
	[ "$(charges reserve)" -eq "$(charges settle)" ]
	! grep '"settle"' $x/spend.jsonl | grep -v '"tokens": 0'
}

@test "after the last attempt: 75, no reply, nothing charged for refusals" {
	serve 'status 529'
	run -75 ask
	[ "$(requests)" -eq 3 ]
	[ "$(charges reserve)" -eq 3 ]
	[ "$(charges settle)" -eq 3 ]
	[ ! -e $c/1.reply.json ]
	# Later it goes on counting.
	run -75 ask
	grep -q '"exp_0001/code/1#6"' $x/spend.jsonl
}

@test "retry-after is waited for, in seconds and as a date" {
	serve 'status 429 retry-after 1' plain
	start=$(date +%s%N)
	run -0 ask
	[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]
	kill "$server"
	rm $c/1.reply.json
	serve "status 503 retry-after $(LC_ALL=C TZ=GMT date -d '+3 seconds' '+%a, %d %b %Y %H:%M:%S GMT')" plain
	start=$(date +%s%N)
	run -0 ask
	[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]
	kill "$server"
	rm $c/1.reply.json
	serve 'status 429 retry-after soon' 'status 429 retry-after -5' plain
	run -0 timeout 5 ask -e $x -p anthropic $c
}

@test "what breaks off or makes no sense is tried again, and stays charged" {
	for fault in truncate cut garbage reorder hang 'error overloaded_error late'; do
		for p in anthropic openai; do
			rm -rf $c/1.reply.json $x/spend.jsonl log
			serve "$fault" plain
			run -0 ask
			echo "$p $fault: $output"
			[ "$(field text)" = "$text" ]
			[ "$(field requests)" = 2 ]
			[ "$(charges reserve)" -eq 2 ]
			[ "$(charges settle)" -eq 1 ]
			kill "$server"
		done
	done
}

@test "a stream without an answer in it is charged nothing if it only says no" {
	serve 'error overloaded_error' 'error rate_limit_error' plain
	run -0 ask
	[ "$(field requests)" = 3 ]
	[ "$(charges settle)" -eq 3 ]
	kill "$server"
	rm $c/1.reply.json
	serve 'error authentication_error' plain
	run -2 ask
	[[ $output == *'status 401, the server says "as the script says"'* ]]
}

@test "a connection that is refused, dropped or no HTTP is tried again" {
	serve close not-http plain
	run -0 ask
	[ "$(field requests)" = 3 ]
	rm $c/1.reply.json
	ANTHROPIC_BASE_URL=http://127.0.0.1:1 run -75 ask
	[[ $output == *"http://127.0.0.1:1/v1/messages: "* ]]
	# Nobody heard it: nothing charged.
	tail -n 1 $x/spend.jsonl | grep '"settle"'
}

@test "however a stream is cut, its text is the same" {
	serve split cr duplicate
	run -0 ask
	[ "$(field text)" = "$text" ]
	rm $c/1.reply.json
	run -0 ask
	[ "$(field text)" = "$text" ]
	rm $c/1.reply.json
	# Its chunks repeat nothing that counts.
	p=openai run -0 ask
	[ "$(field text)" = "$text" ]
}

@test "events that are there twice are no reply of the Messages API" {
	serve duplicate plain
	run -0 ask
	[[ $output == *"a second message_start"* ]]
	[ "$(field requests)" = 2 ]
}

@test "what is no UTF-8 becomes U+FFFD" {
	serve bad-utf8
	for p in anthropic openai; do
		rm -f $c/1.reply.json
		run -0 ask
		[ "$(field text)" = "${text/seven/s�ven}" ]
	done
}

@test "a server that says no usage, or no [DONE], is understood" {
	serve no-usage no-done
	p=openai run -0 ask
	[ "$(field output_tokens)" -gt 20 ]
	[ "$(field input_tokens)" -gt 50 ]
	rm $c/1.reply.json
	p=openai run -0 ask
	[ "$(field text)" = "$text" ]
}

@test "a reply cut off by its limit is a reply that says so" {
	serve max-tokens
	run -0 ask
	[ "$(field stop_reason)" = max_tokens ]
}

@test "fifty megabytes are not taken" {
	export ASK_ATTEMPTS=1 ASK_LIMIT_S=20
	for flood in huge garbage-huge; do
		serve $flood
		run -75 ask
		[[ $output == *"an event of more than"* || $output == *"longer than"* ]]
		kill "$server"
	done
	[ ! -e $c/1.reply.json ]
}

@test "one byte a second, and none at all, end in time" {
	export ASK_ATTEMPTS=1
	serve drip
	ASK_STALL_S=2 run -75 timeout 6 ask -e $x -p anthropic $c
	[[ $output == *"not done after 3 s"* ]]
	kill "$server"
	serve stall
	run -75 timeout 4 ask -e $x -p anthropic $c
	[[ $output == *"nothing heard for 1 s"* ]]
	kill "$server"
	# It may have been answered: charged.
	[ "$(charges reserve)" -eq 2 ]
	run -1 charges settle
}

@test "a redirect is not followed, and a page is not a stream" {
	serve plain
	there=$ANTHROPIC_BASE_URL
	"$BUILD/tests/llm-server" <(echo "redirect $there/v1/messages") log2 >port2 3>&- &
	second=$!
	until [ -s port2 ]; do sleep 0.02; done
	ANTHROPIC_BASE_URL=http://127.0.0.1:$(cat port2) run -2 ask
	kill $second
	[[ $output == *"redirects are not followed"* ]]
	[ ! -e log ]
	kill "$server"
	serve html
	run -2 ask
	[[ $output == *"answered with 'text/html'"*"right URL"* ]]
}

@test "only https, or http to this machine, by the host that is really meant" {
	for url in http://example.com http://127.0.0.1.example.com \
		http://localhost.example.com 'http://127.0.0.1@example.com' \
		http://user:word@127.0.0.1:1 http://10.0.0.1 \
		'http://example.com#@127.0.0.1' http://0.0.0.0 http://[::2] \
		'http://127.0.0.1?x' ftp://127.0.0.1 file:///etc/passwd \
		127.0.0.1 '' 'http://' 'http://127.0.0.1\.example.com'; do
		[ -n "$url" ] || continue
		ANTHROPIC_BASE_URL=$url run -2 ask
		echo "$url: $output"
		[[ $output == *"ANTHROPIC_BASE_URL: "* ]]
		[[ $output != *word* ]]
	done
	[ ! -e $x/spend.jsonl ]
}

@test "https to a server without a certificate that holds is refused" {
	command -v openssl >/dev/null || skip "no openssl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem \
		-out cert.pem -days 1 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost 2>/dev/null
	openssl s_server -www -accept 127.0.0.1:0 -key key.pem -cert cert.pem \
		>tls 2>&1 3>&- </dev/null &
	server=$!
	until grep -q ACCEPT tls; do sleep 0.05; done
	port=$(sed -n 's/.*ACCEPT.*:\([0-9]*\)$/\1/p' tls)
	ANTHROPIC_BASE_URL=https://localhost:$port run -2 ask
	[[ $output == *"ertificate"* ]]
	tail -n 1 $x/spend.jsonl | grep '"settle"'
	rm -f key.pem
}

@test "proxies and password files of the environment are not used for loopback" {
	serve plain
	printf 'machine 127.0.0.1 login a password b\n' >.netrc
	HOME=$PWD http_proxy=http://me:word@127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
		run -0 ask
	! grep -i authorization log
}

@test "a key with a newline, a blank or a letter beyond ASCII is refused unseen" {
	serve plain
	for key in $'sk-secret\nx: y' 'sk-sec ret' 'sk-sécret' $'sk-secret\r'; do
		ANTHROPIC_API_KEY=$key run -2 ask
		[[ $output == *"ANTHROPIC_API_KEY: want printable ASCII"* ]]
		[[ $output != *sk-s* ]]
	done
	[ ! -e log ]
}

@test "the key is in one header: not in argv, environ, files, or what is echoed" {
	serve stall
	unset OPENAI_API_KEY
	ASK_STALL_S=20 ASK_LIMIT_S=20 RECORD=1 command ask -e $x -p anthropic $c >out 2>&1 3>&- &
	pid=$!
	until [ -s log ]; do sleep 0.02; done
	! tr '\0' '\n' </proc/$pid/cmdline | grep -F "$KEY"
	! tr '\0' '\n' </proc/$pid/environ | grep -F "$KEY"
	kill $pid
	kill "$server"
	serve echo-key 'status 401'
	for p in anthropic openai; do
		OPENAI_API_KEY=$KEY RECORD=1 run -0 ask
		[[ $(field text) == *'****'* ]]
		[ "$p" = openai ] || rm $c/1.reply.json
		printf 'echo-key\n' >script
	done
	[[ $output != *"$KEY"* ]]
	# teardown looks into every file
}

@test "no core is left that would hold the key" {
	serve stall
	ulimit -c unlimited 2>/dev/null || true
	ASK_STALL_S=20 ASK_LIMIT_S=20 command ask -e $x -p anthropic $c >out 2>&1 3>&- &
	pid=$!
	until [ -s log ]; do sleep 0.02; done
	grep -q 'Max core file size *0 ' /proc/$pid/limits
	kill -ABRT $pid
	run ! wait $pid
	[ -z "$(find . -name 'core*')" ]
}

@test "a budget stops before the request, and says which" {
	serve plain
	BUDGET_TOKENS=900 run -1 ask
	[[ $output == *BUDGET_TOKENS* ]]
	BUDGET_USD=0.5 run -1 ask
	[[ $output == *BUDGET_USD* ]]
	[ ! -e log ]
	# 1000 tokens of output at 2000 a million, and the prompt
	BUDGET_USD=3 run -0 ask
	[ "$(requests)" -eq 1 ]
}

@test "a price that nobody knows and a budget in money do not go together" {
	serve plain
	MODEL=unheard-of BUDGET_USD=100 run -2 ask
	[[ $output == *PRICES* ]]
	[ ! -e log ]
	MODEL=unheard-of run -0 ask
	[ "$(field usd)" = null ]
}

@test "a budget also stops attempts that break off, since each may cost" {
	serve truncate
	ASK_ATTEMPTS=9 BUDGET_TOKENS=2500 run -1 ask
	[ "$(requests)" -eq 2 ]
}

@test "killed while it waits: the reservation stays, the next start asks again" {
	serve stall plain
	ASK_STALL_S=20 ASK_LIMIT_S=20 command ask -e $x -p anthropic $c >out 2>&1 3>&- &
	pid=$!
	until [ -s log ]; do sleep 0.02; done
	kill -KILL $pid
	run ! wait $pid
	[ ! -e $c/1.reply.json ]
	run -0 ask
	[ "$(charges reserve)" -eq 2 ]
	[ "$(charges settle)" -eq 1 ]
	grep '"settle"' $x/spend.jsonl | grep -q '1#2'
}

@test "killed after the reply is on file: the next start settles and asks nobody" {
	serve plain
	RECORD=1 ask
	# What a kill between the two leaves: the reply, and no settlement.
	grep -v '"settle"' $x/spend.jsonl >left
	cp left $x/spend.jsonl
	rm $x/transcript.jsonl
	RECORD=1 run -0 ask
	[ "$(charges settle)" -eq 1 ]
	grep '"settle"' $x/spend.jsonl | grep -q '"tokens": 200'
	[ "$(wc -l <$x/transcript.jsonl)" -eq 1 ]
	cp $x/spend.jsonl before
	RECORD=1 run -0 ask
	cmp before $x/spend.jsonl
	[ "$(requests)" -eq 1 ]
}

@test "killed at any moment, it pays once for the reply that is on file" {
	kills=0
	for us in $(seq 0 500 14500); do
		rm -rf $c/1.reply.json $x/spend.jsonl $x/transcript.jsonl log
		serve plain
		RECORD=1 command ask -e $x -p anthropic $c >out 2>&1 3>&- &
		pid=$!
		sleep "$(printf '0.%06d' "$us")"
		kill -KILL $pid 2>/dev/null || true
		wait $pid || kills=$((kills + 1))
		RECORD=1 run -0 ask
		# A reservation each, and at most one that asked nobody.
		asked=$(requests)
		[ "$(charges reserve)" -ge "$asked" ]
		[ "$(charges reserve)" -le $((asked + 1)) ]
		[ "$asked" -le 2 ]
		[ "$(charges settle)" -eq 1 ]
		[ "$(wc -l <$x/transcript.jsonl)" -eq 1 ]
		[ "$(ls $c)" = $'1.prompt.md\n1.reply.json\nsystem.md' ] ||
			ls $c | grep -qE '^1.reply.json\.[A-Za-z0-9]{6}$'
		rm -f $c/1.reply.json.*
		kill "$server"
	done
	echo "$kills kills"
	[ "$kills" -ge 5 ]
}

@test "SIGINT and SIGTERM while it waits end it at once; the turn still waits" {
	for signal in INT TERM; do
		rm -f log
		serve stall
		ASK_STALL_S=20 ASK_LIMIT_S=20 bash -c \
			"trap - INT; exec ask -e $x -p anthropic $c" >out 2>&1 3>&- &
		pid=$!
		until [ -s log ]; do sleep 0.02; done
		# A script's background jobs ignore SIGINT from their start.
		kill -s $signal $pid
		[ $signal = TERM ] || kill -s TERM $pid
		run ! wait $pid
		kill "$server"
	done
	[ ! -e $c/1.reply.json ]
	[ -z "$(find $c -name '*.reply.json*')" ]
}

@test "progress on a standard error that nobody reads does not kill it" {
	serve 'status 529' 'status 529' plain
	run -0 bash -c "{ ask -e $x -p anthropic $c; echo \$? >status; } 2>&1 | true; cat status"
	[ "$output" = 0 ]
	[ "$(field requests)" = 3 ]
}

@test "nothing is asked where the reservation cannot be written" {
	serve plain
	ln -s /dev/full $x/spend.jsonl
	run -2 ask
	[ ! -e log ]
	[ ! -e $c/1.reply.json ]
}

@test "the server's log reconciles with the ledger of charges" {
	serve plain 'status 529' plain truncate split
	for turn in 1 2 3; do
		[ $turn = 1 ] || echo "Turn $turn" >$c/$turn.prompt.md
		run -0 ask
	done
	[ "$(requests)" -eq "$(charges reserve)" ]
	served=$(grep -E '"scenario": "(plain|split)"' log |
		grep -o '"tokens": [0-9]*' | awk '{ n += $2 } END { print n }')
	settled=$(grep '"settle"' $x/spend.jsonl |
		grep -o '"tokens": [0-9]*' | awk '{ n += $2 } END { print n }')
	[ "$served" -eq "$settled" ]
	[ "$(charges settle)" -eq 4 ]
}

@test "a reply of a scripted policy goes the same way" {
	printf '#!/bin/sh\ngrep -o "What to do" | head -n 1\n' >policy
	chmod +x policy
	serve "policy ./policy"
	run -0 ask
	[ "$(field text)" = 'What to do\n' ]
}

@test "settings that are no numbers, and a missing model, are named" {
	serve plain
	for setting in ASK_ATTEMPTS=0 ASK_ATTEMPTS=1.5 ASK_STALL_S=x MAX_TOKENS=-1 \
		ASK_LIMIT_S=nan; do
		run -2 env $setting ask -e $x -p anthropic $c
		[[ $output == *"$setting: want a "*"number from"* ]]
	done
	MODEL='' run -2 ask
	[[ $output == *"MODEL: not set"* ]]
	[ ! -e log ]
}
