# llm-server - starts tests/programs/llm-server.c; sourced
# shellcheck shell=sh disable=SC2034

# start_server PROGRAM SCRIPT LOG: sets server, its process, and port, and
# exports the base URLs. Holds no descriptor of bats.
start_server() {
	mkfifo "$3.port" || return
	"$1" "$2" "$3" >"$3.port" 3>&- &
	server=$!
	read -r port <"$3.port"
	rm "$3.port"
	export ANTHROPIC_BASE_URL="http://127.0.0.1:$port"
	export OPENAI_BASE_URL="http://127.0.0.1:$port/v1"
}
