# serve - the pages of records, to a browser on this machine and to nobody else
load setup
load loop
load history

setup() {
	tiny_tree
	round accept - 1.5
	start
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	wait
}

# The server on a port of its own; url is what it said.
start() {
	serve -p 0 experiments "$ROOT/tools/report.sh" "$BUILD" kernels \
		workloads experiments scale >said 2>words 3>&- &
	server=$!
	for _ in $(seq 100); do
		[ ! -s said ] || break
		sleep 0.05
	done
	url=$(sed -n 's/^serving \(http:[^ ]*\) .*/\1/p' said)
	port=${url##*:}
	port=${port%/}
}

ask() { # PATH [CURL OPTION...]
	curl -sS --max-time 20 "${@:2}" "$url$1"
}

status_of() { # PATH [CURL OPTION...]
	curl -sS --max-time 20 -o /dev/null -w '%{http_code}' "${@:2}" "$url$1"
}

# Bytes, as they are, and what comes back.
say() {
	exec 7<>"/dev/tcp/127.0.0.1/$port"
	printf "$1" >&7
	timeout 20 cat <&7
	exec 7>&-
}

@test "it gives the page of a kernel, and the one of all" {
	ask '' >all
	grep -q '<a href="scale/index.html' all
	ask scale/ | grep -c 'exp_0001'
	ask scale/index.html | grep -c 'exp_0001'
	ask index.html | grep -c '<title>'
	[ "$(ask scale/ -I | grep -c '^HTTP/1.1 200')" -eq 1 ]
}

@test "what it gives may ask for the stamp here, and for nothing else" {
	ask scale/ >page
	grep -q "default-src 'none'; connect-src 'self'; style-src 'sha256-" page
	grep -q "<meta name=\"stamp\" content=\"$(ask stamp)\">" page
	run -1 grep -q 'connect-src' experiments/scale/index.html
	run -1 grep -q 'name="stamp"' experiments/scale/index.html
	ask scale/ -I >head
	for i in "Content-Security-Policy: frame-ancestors 'none'" \
		'X-Content-Type-Options: nosniff' 'Cache-Control: no-store' \
		'Cross-Origin-Resource-Policy: same-origin'; do
		grep -q "^$i" head
	done
}

@test "an experiment that lands is on the page that is asked for next" {
	before=$(ask stamp)
	[ "$(ask stamp)" = "$before" ]
	[ "$(ask scale/ | grep -c exp_0002)" -eq 0 ]
	round reject slower 0.8
	[ "$(ask stamp)" != "$before" ]
	ask scale/ | grep -c exp_0002
}

@test "another name than this machine's gets nothing" {
	[ "$(status_of scale/ -H 'Host: evil.example')" = 403 ]
	[ "$(status_of scale/ -H "Host: 127.0.0.1.evil.example:$port")" = 403 ]
	[ "$(status_of scale/ -H 'Host: 127.0.0.1')" = 403 ]
	[ "$(status_of stamp -H 'Host: evil.example')" = 403 ]
	[ "$(status_of scale/ -H 'Host:')" = 400 ]
	[ "$(status_of scale/ -H "Host: localhost:$port")" = 200 ]
	[ "$(status_of scale/ -H "Host: [::1]:$port")" = 200 ]
}

@test "only GET and HEAD are served" {
	for i in POST PUT DELETE OPTIONS TRACE get; do
		[ "$(status_of scale/ -X $i)" = 405 ]
	done
	ask scale/ -X POST -D - -o /dev/null | grep -q '^Allow: GET, HEAD'
}

@test "only pages can be asked for, wherever a path leads" {
	echo secret >secret
	mkdir experiments/plain
	ln -s "$PWD" experiments/outside
	echo secret >index.html
	for i in scale ../secret scale/../../secret scale/ledger.jsonl plain/ \
		outside/ outside/index.html %2e%2e/secret scale//index.html \
		.git/config scale/index.html/ scale/%00; do
		[ "$(status_of "$i" --path-as-is)" = 404 ]
	done
}

@test "what is no request is told so, and hurts nobody" {
	for i in 'hello\r\n\r\n' 'GET / HTTP/2\r\nHost: a\r\n\r\n' \
		'GET  / HTTP/1.1\r\nHost: a\r\n\r\n' '\r\n\r\n' \
		'GET / HTTP/1.1\r\n\r\n' \
		'GET /\001 HTTP/1.1\r\nHost: a\r\n\r\n' \
		'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'; do
		[[ "$(say "$i")" == "HTTP/1.1 400 "* ]]
	done
	[[ "$(say "GET / HTTP/1.1\r\nX: $(printf '%9000s' '')\r\n\r\n")" == "HTTP/1.1 400 "* ]]
	[ "$(status_of "$(printf '%0300d' 1)")" = 400 ]
	[ "$(status_of scale/)" = 200 ]
}

@test "who is slow, or says nothing, keeps nobody waiting, and is sent away" {
	for i in 1 2 3; do
		(
			exec 8<>"/dev/tcp/127.0.0.1/$port"
			[ "$i" -eq 1 ] || printf 'GET / HT' >&8
			timeout 30 cat <&8 >"slow.$i"
		) 3>&- &
		slow="${slow-} $!"
	done
	sleep 0.3
	[ "$(status_of scale/ --max-time 5)" = 200 ]
	wait $slow
	[ ! -s slow.1 ]
	[ "$(status_of scale/)" = 200 ]
}

@test "many ask at once" {
	seq 40 | xargs -P 40 -I{} curl -sS --max-time 20 -o /dev/null \
		-w '%{http_code}\n' "${url}scale/" >codes 3>&-
	[ "$(sort codes | uniq -c | tr -s ' ')" = " 40 200" ]
}

@test "a report that fails is told, and the old pages stay" {
	ask scale/ >/dev/null
	echo garbage >>experiments/scale/ledger.jsonl
	ask scale/ | grep -c exp_0001
	grep -q 'failed: the pages are as they were' words
}

@test "Ctrl-C ends it well, and a taken port is told with the remedy" {
	run -2 serve -p "$port" experiments true
	[ "$output" = "serve: port $port is taken: say another, PORT=$((port + 1))" ]
	kill -INT "$server"
	wait "$server"
	server=
}

@test "a port that is none, and nothing to make pages with, is a mistake" {
	for word in x 70000 -1 ''; do
		run -2 serve -p "$word" experiments true
		[ "$output" = "serve: -p: want a port, got '$word'" ]
	done
	run -2 serve experiments
	run -2 serve -z experiments true
}
