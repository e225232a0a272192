# shellcheck shell=sh disable=SC2154 # the runner has them
# ship - what runners that bring jobs by node.sh share; they read it with `.`
#
# The runner has: say, fail, here, tmp (a folder of its own), job, nonce, and
# node WORD..., which is node.sh there.

# What a machine says is text, and no terminal's commands.
plain() {
	tr -cd '\11\12\15\40-\176'
}

# Prints what judge reads of the environment, as words of node.sh.
judge_settings() {
	value=''
	for name in SANDBOX GPU_WAIT_S CUDA_VISIBLE_DEVICES; do
		eval "value=\${$name-}"
		case $value in
		*[!A-Za-z0-9.,-]*) fail "$name=$value: want letters and digits" ;;
		?*) printf ' %s=%s' "$name" "$value" ;;
		esac
	done
}

# Large files once, whichever job they are of.
ship_blobs() {
	: >"$tmp/blobs"
	[ ! -d "$job/blob" ] ||
		(cd "$job" && find blob -type f -exec sha256sum {} +) >"$tmp/blobs"
	cut -d ' ' -f 1 "$tmp/blobs" | sort -u | node lacks >"$tmp/lacks" || return
	while read -r sum path; do
		grep -qx "$sum" "$tmp/lacks" || continue
		node blob "$sum" "$(wc -c <"$job/$path")" <"$job/$path" || return
	done <"$tmp/blobs"
}

ship_job() {
	: >"$tmp/whole"
	ship_blobs &&
		tar -cf - -C "$job" --exclude=./blob . -C "$tmp" blobs whole |
		node put "$nonce"
}
