#!/bin/sh
# workspace - makes an agent's folder: what it may edit, and what it may read
#
# usage: workspace.sh DEVICE DIR [BRIEF]; make gives the rest in the
# environment: BUILD KERNEL KERNELS WORKLOADS EXPERIMENTS. BRIEF is a file to
# be brief.md; without, it is the prompt that a model would get.
# The folder is there whole or not at all.
set -u

device=$1
dir=$2
brief=${3-}
kernel=$KERNELS/$KERNEL
experiments=$EXPERIMENTS/$KERNEL
run=$BUILD/run/$KERNEL.$device

fail() {
	echo "workspace: $*" >&2
	exit 2
}

case $PWD$dir in
*[!A-Za-z0-9._/-]*) fail "$PWD, $dir: want letters, digits and ._/- in paths" ;;
esac
[ ! -e "$dir" ] || fail "$dir: is there already"
mkdir -p "$(dirname "$dir")" || exit 2
new=$(mktemp -d "$dir.XXXXXX") && chmod 755 "$new" || exit 2
trap 'rm -rf "$new"' EXIT

# What is judged, and what a proposal says.
[ "$device" = cuda ] && ext=cu || ext=c
[ -f "$kernel/solution.$ext" ] || ext=json
[ -f "$kernel/solution.$ext" ] || ext=txtar
tools/candidate.sh "$kernel/solution.$ext" "$new" >/dev/null || exit 2

# What is only read: FROM... into a name of its own, if it is there.
mkdir "$new/records" "$new/.step" || exit 2
keep() {
	[ ! -f "$1" ] || cp "$1" "$new/records/$2" || exit 2
}
keep "$kernel/definition.json" definition.json
keep "$kernel/settings" settings
keep "$kernel/notes.md" notes.md
keep "$kernel/hints.md" hints.md
keep "$kernel/solution.$ext" "incumbent.$ext"
keep "$experiments/summary.md" summary.md
keep "$experiments/LESSONS.md" lessons.md
keep "$experiments/plan.md" plan.md
keep "$experiments/profile.$device.md" profile.md
keep "$experiments/workload_profile.md" workloads.md
keep kernels/include/ratchet.h ratchet.h
for page in $(ls -d "$experiments"/exp_*/result.md 2>/dev/null | tail -n 5); do
	exp=${page%/result.md}
	keep "$page" "${exp##*/}.md"
done
if [ -n "$brief" ]; then
	cp "$brief" "$new/brief.md" || exit 2
else
	"$BUILD/propose" -n -p claude -d "$device" -k "$kernel" \
		-e "$experiments" -w "$WORKLOADS/$KERNEL.jsonl" \
		-b "$run/incumbent/build.json" >"$new/brief.md" || exit 2
fi

# Its rules, and its one command.
cp -R .claude CLAUDE.md "$new" && cp tools/door.sh "$new/step" || exit 2
absolute() {
	case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac
}
cat >"$new/.step/where" <<END || exit 2
repository=$PWD
KERNEL=$KERNEL
DEVICE=$device
BUILD=$(absolute "$BUILD")
KERNELS=$(absolute "$KERNELS")
WORKLOADS=$(absolute "$WORKLOADS")
EXPERIMENTS=$(absolute "$EXPERIMENTS")
END
find "$new" -type f ! -name 'solution.*' ! -name proposal.txt \
	-exec chmod a-w {} + && chmod 555 "$new/step" || exit 2

# A repository of its own, so that an agent takes no other for its own; with
# nothing of the user's configuration.
git() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 command git \
		-C "$new" -c user.name=ratchet -c user.email=ratchet@localhost "$@"
}
git init -q -b main --template= && git add -A &&
	git commit -q -m "$KERNEL on $device, as it was given" || exit 2
mv -T "$new" "$dir" || exit 2
trap - EXIT
echo "$dir"
