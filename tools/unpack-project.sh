#!/bin/sh
# unpack-project - puts the files of a solution.txtar where a project has them
#
# usage: unpack-project.sh SOLUTION FOLDER
# FOLDER is a copy of the project, or the project: only files that are there
# are written.
set -u

folder=$2
sed -n 's/^-- \(.*\) --$/\1/p' "$1" | while read -r name; do
	case /$name/ in
	*/../*) false ;;
	*) [ -f "$folder/$name" ] && [ ! -L "$folder/$name" ] ;;
	esac || {
		echo "unpack-project: $folder/$name: no such file" >&2
		exit 2
	}
	awk -v name="$name" '/^-- .+ --$/ { on = $0 == "-- " name " --"; next }
		on' "$1" >"$folder/$name.$$" &&
		chmod --reference="$folder/$name" "$folder/$name.$$" &&
		mv "$folder/$name.$$" "$folder/$name" &&
		echo "wrote  $folder/$name" || exit 2
done
