#!/bin/sh
# new-project - starts a kernel that is a project, judged by its own commands
#
# usage: new-project.sh KERNEL_DIR WORKLOADS PROJECT
# What is there already stays.
set -u

dir=$1
workloads=$2
name=$(basename "$dir")

[ -d "$3" ] || {
	echo "new-project: PROJECT=$3: no such folder" >&2
	exit 2
}
mkdir -p "$dir" "$(dirname "$workloads")" || exit 2
project=$(realpath --relative-to="$dir" "$3") || exit 2

# put FILE: what standard input holds, unless it is there.
put() {
	if [ -e "$1" ]; then
		echo "kept   $1"
		cat >/dev/null
	else
		cat >"$1.$$" && mv "$1.$$" "$1" && echo "wrote  $1"
	fi || exit 2
}

put "$dir/definition.json" <<END
{"name": "$name", "op_type": "user-harness", "axes": {}, "inputs": {},
 "outputs": {"number": {"shape": [], "dtype": "float32"}},
 "reference": "def run():\n    raise NotImplementedError('settings: validate')"}
END
put "$workloads" <<END
{"definition": "$name", "solution": null, "evaluation": null, "workload": {"uuid": "project", "axes": {}, "inputs": {}}}
END
put "$dir/settings" <<END
# A project that its own commands judge; ratchet-files(5) explains each line.
project = $project
# the files that may change, a blank between; all others, and the commands, are
# the harness, which may not
edit =
# build products and the like, which are not copied: *.o bench
ignore =
# run in a copy of the project, each time a fresh one
build = make -s
validate = make -s check
# its last line is one number; the smaller the better, or direction = higher
measure = ./bench
unit = us
direction = lower
END
echo "next: fill in $dir/settings, then make optimize KERNEL=$name"
