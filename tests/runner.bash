# runner - a real sshd on loopback, of the present user, and judgements over it

needs_sshd() {
	SSHD=$(PATH=$PATH:/usr/sbin command -v sshd) || skip "no sshd: make deps DEV=1"
	command -v ssh >/dev/null || skip "no ssh: make deps DEV=1"
}

# sshd_start [LINE...]: with these lines in its configuration.
sshd_start() {
	S=$BATS_TEST_TMPDIR/ssh
	mkdir -p "$S"
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$S/host"
	ssh-keygen -q -t ed25519 -N '' -f "$S/key"
	PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$S/sshd" <<-END
		Port $PORT
		ListenAddress 127.0.0.1
		HostKey $S/host
		AuthorizedKeysFile $S/key.pub
		PidFile $S/pid
		StrictModes no
		UsePAM no
		AcceptEnv *
		SetEnv XDG_CACHE_HOME=$S/cache
	END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$S/sshd"
	cat >"$S/config" <<-END
		Host node
		HostName 127.0.0.1
		Port $PORT
		User $(id -un)
		IdentityFile $S/key
		IdentitiesOnly yes
		UserKnownHostsFile $S/known
		StrictHostKeyChecking accept-new
		SendEnv *
	END
	"$SSHD" -D -e -f "$S/sshd" 2>"$S/log" 3>&- &
	SSHD_PID=$!
	for _ in $(seq 100); do
		grep -q 'listening on' "$S/log" && break
		sleep 0.05
	done
	# A socket's path must be short.
	XDG_RUNTIME_DIR=$(mktemp -d /tmp/ratchet-test-XXXXXX)
	export XDG_RUNTIME_DIR RUNNER=ssh SSH_HOST=node SSH_CONFIG=$S/config
}

# The connection that stays goes first.
sshd_stop() {
	[ -n "${SSHD_PID-}" ] || return 0
	for socket in "$XDG_RUNTIME_DIR"/*/*; do
		[ ! -S "$socket" ] || ssh -O exit -o ControlPath="$socket" -F "$SSH_CONFIG" node 2>/dev/null
	done
	kill "$SSHD_PID" 2>/dev/null
	wait "$SSHD_PID" 2>/dev/null
	rm -rf "$XDG_RUNTIME_DIR"
}
