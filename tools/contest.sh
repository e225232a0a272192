#!/bin/sh
# contest - the incumbents' CUPTI times beside those of the contest's winner
#
# contest.sh WORKLOADS EXPERIMENTS: for every kernel that has both a table
# WORKLOADS/K.tsv with a column winner_us and EXPERIMENTS/K/spans.tsv, a row for
# each class of workloads: means, and the geometric mean of winner / ours. The
# classes are those of lists or tokens: what one CTA does, and what many share.
head='
| kernel | workloads | winner us | ours us | winner / ours |
|---|---|---|---|---|'
for table in "$1"/*.tsv; do
	name=$(basename "$table" .tsv)
	spans=$2/$name/spans.tsv
	[ -s "$spans" ] || continue
	[ -z "$head" ] || echo "$head"
	head=
	awk -F '\t' -v name="${name%%_h[0-9]*}" '
		FNR == 1 { file++ }
		file == 1 && /^[0-9a-f-]+\t[0-9]/ { us[$1] = $2 / 1000 }
		file == 2 && FNR == 1 {
			for (i = 1; i <= NF; i++)
				column[$i] = i
		}
		file == 2 && FNR > 1 && $1 in us {
			if ("max_num_pages" in column)
				class = $column["max_num_pages"] > 32 ? \
					"one row to score" : "only copied"
			else
				class = $column["num_tokens"] > 2 ? \
					"6 to 8 tokens" : "1 or 2 tokens"
			add("all")
			add(class)
		}
		function add(class) {
			if (!(class in n))
				order[classes++] = class
			n[class]++
			winner[class] += $column["winner_us"]
			ours[class] += us[$1]
			ratio[class] += log($column["winner_us"] / us[$1])
		}
		END {
			for (i = 1; i <= classes; i++) { # all of them last
				c = order[i % classes]
				printf "| %s | %d, %s | %.2f | %.2f | %.2f |\n",
					name, n[c], c, winner[c] / n[c],
					ours[c] / n[c], exp(ratio[c] / n[c])
			}
		}' "$spans" "$table"
	sed -n "s/^# \(.*\)/<!-- ${name%%_h[0-9]*}: \1 -->/p" "$spans"
done
