#!/bin/sh
# quick - which workloads a quick look should take, by a whole measurement
#
# usage: quick.sh DEVICE SECONDS; make gives what measure.sh wants.
# Prints lines for the settings: `quick`, one workload of each stratum (times
# within a factor of two) at least and then the heaviest, as many as SECONDS
# have room for; `quick_s`, by which a quick look takes no longer; and a wider
# guard for workloads that weigh less than the mean.
set -u

device=$1
seconds=$2
out=$BUILD/measured/$KERNEL.$device

case $seconds in
*[!0-9]* | '' | 0*)
	echo "quick: QUICK_S=$seconds: want seconds, 1 or more" >&2
	exit 2
	;;
esac
guard=$("$BUILD/setting" -d "$device" "$KERNELS/$KERNEL/settings" guard) || exit 2
processes=$("$BUILD/setting" -d "$device" "$KERNELS/$KERNEL/settings" processes) || exit 2
tools/measure.sh "$device" bench full current current >&2 || exit 2
# A slot's part of the whole, resets and the start of processes included.
slot=$(awk -F '\t' '/^# wall_s / { split($0, word, " "); wall = word[3] }
	$1 == "bench" { slots++ }
	END { if (slots) print wall / slots }' "$out/bench.tsv")
awk -F '\t' -v slot="$slot" -v processes="${processes:-8}" \
	-v seconds="$seconds" -v device="$device" -v guard="${guard:-0.01}" '
	/^#/ { next }
	!head {
		for (i = 1; i <= NF; i++) at[$i] = i
		head = 1
		next
	}
	$at["scope"] == "workload" && $at["weight"] != "-" {
		uuid[++n] = $at["workload"]
		weight[n] = $at["weight"]
		stratum[n] = int(log($at["incumbent_us"]) / log(2) + 1000)
	}
	# The heaviest that is not taken, of a stratum that has none yet.
	function heaviest(fresh, i, best) {
		best = 0
		for (i = 1; i <= n; i++)
			if (!taken[i] && !(fresh && has[stratum[i]]) &&
			    (!best || weight[i] > weight[best]))
				best = i
		return best
	}
	function take(i) {
		taken[i] = has[stratum[i]] = 1
		cost += each
		count++
	}
	END {
		if (!n)
			exit 1
		# One pair of each process; proving has the rest of the time,
		# as JOB_SHARE_BENCH says.
		each = processes * 3 * slot
		room = 0.4 * seconds
		while ((i = heaviest(1)))
			take(i)
		while ((i = heaviest(0)) && cost + each <= room)
			take(i)
		printf "# %d of %d workloads, timed in %.1f s at least", count, n, cost
		if (cost > room) {
			printf ": no less shows every stratum"
			seconds = int(cost / 0.4 + 1)
		}
		stride = int(n * each / room) + 1
		printf "; MODE=stride STRIDE=%d takes as many\nquick_s.%s = %d\nquick.%s =",
			stride, device, seconds, device
		for (i = 1; i <= n; i++)
			if (taken[i])
				printf " %s", uuid[i]
		print ""
		for (i = 1; i <= n; i++)
			if (weight[i] * n < 0.999) {
				wide = guard / (weight[i] * n)
				printf "guard.%s.%s = %.3g\n", uuid[i], device,
					wide < 0.1 ? wide : 0.1
			}
	}' "$out/compare.tsv" || {
	echo "quick: $out/compare.tsv: nothing was measured" >&2
	exit 2
}
