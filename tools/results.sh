#!/bin/sh
# results - a table of how far each recorded history came, for the README
#
# results.sh SUMMARIZE FOLDER...: one row a device of each folder that holds a
# ledger.jsonl, from what `SUMMARIZE -s` says.
summarize=$1
shift
echo '| records | device | experiments | accepted | against the start |'
echo '|---|---|---|---|---|'
for folder; do
	[ ! -s "$folder/ledger.jsonl" ] || "$summarize" -s -e "$folder" |
		awk -v folder="$folder" '
			/^(cpu|cuda): / {
				device = substr($1, 1, length($1) - 1)
				accepted = $2
				total = $2 + $4 + $6 + $8
			}
			/^  the shipped solution stands/ { gain = "1" }
			/^  exp_[0-9]+ stands/ { gain = $3 + 0 ? $3 : "-" }
			/ stands/ {
				printf "| %s | %s | %d | %d | %s |\n", \
					folder, device, total, accepted, gain
			}'
done
