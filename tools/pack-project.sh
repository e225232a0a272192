#!/bin/sh
# pack-project - the files of a project that may change, as one: solution.txtar
#
# usage: pack-project.sh KERNEL_DIR FOLDER OUT
# FOLDER is a copy of the project; without it, the one that settings name.
set -u

settings=$1/settings
folder=$2
out=$3

# The value of a setting.
setting() {
	"$BUILD/setting" -d cpu "$settings" "$1"
}

if [ -z "$folder" ]; then
	folder=$(setting project) || exit 2
	case ${folder:=.} in /*) ;; *) folder=$1/$folder ;; esac
fi
edit=$(setting edit) || exit 2
[ -n "$edit" ] || {
	echo "pack-project: $settings: want edit: the files that may change" >&2
	exit 2
}
mkdir -p "$(dirname "$out")" || exit 2
trap 'rm -f "$out.$$"' EXIT
: >"$out.$$" || exit 2
for name in $edit; do
	[ -f "$folder/$name" ] && [ ! -L "$folder/$name" ] || {
		echo "pack-project: $folder/$name: no such file, which the" \
			"setting edit names" >&2
		exit 2
	}
	! grep -qE '^-- .+ --$' "$folder/$name" || {
		echo "pack-project: $folder/$name: a line \"-- NAME --\"" \
			"begins a file here" >&2
		exit 2
	}
	# awk ends a last line that has no end.
	printf '%s\n' "-- $name --" >>"$out.$$" && awk 1 "$folder/$name" >>"$out.$$" ||
		exit 2
done
mv "$out.$$" "$out"
