# jail - how a run is confined, by whose text it is; sourced
#
# Without bubblewrap only our own text is run, which is said; a stranger's text
# is refused unless the user says SANDBOX. $BUILD/doctor knows what works here.
# shellcheck shell=sh

# What the user said stands.
said=${SANDBOX-}

jail_own() {
	[ -z "$said" ] || return 0
	export SANDBOX=own
	[ "$("$BUILD/doctor" -s)" = bwrap ] || [ -n "${told-}" ] || {
		told=yes
		echo "jail: NO JAIL HERE: kernels run as you, with all your" \
			"rights; make doctor says what is missing" >&2
	}
}

jail_foreign() {
	[ -z "$said" ] || return 0
	unset SANDBOX
	"$BUILD/doctor" -s >/dev/null || exit 2
}
