#!/bin/sh
# candidate - puts a solution where an agent edits it, with a blank proposal
#
# usage: candidate.sh SOLUTION FOLDER
# The folder holds one solution, solution.c, .cu, .json or .txtar, and
# proposal.txt.
set -u

solution=$1
folder=$2
[ -f "$solution" ] || {
	echo "candidate: $solution: no such solution" >&2
	exit 2
}
rm -f "$folder"/solution.c "$folder"/solution.cu "$folder"/solution.json \
	"$folder"/solution.txtar
cp "$solution" "$folder/solution.${solution##*.}" &&
	cat >"$folder/proposal.txt" <<-'END' || exit 2
	HYPOTHESIS:
	MECHANISM:
	PREDICTS:
	RISK:
	END
chmod u+w "$folder/solution.${solution##*.}" "$folder/proposal.txt"
echo "$folder/solution.${solution##*.}"
