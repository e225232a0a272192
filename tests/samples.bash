# samples - makes bench.tsv files whose truth is known

SAMPLES_HEADER=$(printf 'phase\tprocess\tpair\tside\tmode\tworkload\tset\tcalls\ttime_ns\twall_ns\tsm_mhz\tthrottled\tstatus')

# samples SPEEDUP [VARIABLE=VALUE...]: processes, pairs, workloads (names),
# noise (of a process, in ln), skew (of the second incumbent), mode, phase,
# late (by so much one side of each pair, in turns).
# worse=UUID is slower by the factor `by`.
samples() {
	awk -v speedup="$1" -v processes=8 -v pairs=3 -v workloads="u1 u2" \
		-v noise=0.001 -v mode=cold -v skew=1 -v by=1.05 \
		$(for v in "${@:2}"; do printf -- '-v\n%s\n' "${v// /,}"; done) \
		'function row(side, ns) {
			if (late && q % 3 == turn[side])
				ns *= exp(late)
			printf "bench\t%d\t%d\t%s\t%s\t%s\t0\t4\t%d\t%d\t0\t0\tok\n",
				p, q, side, mode, w[k], 4 * ns, 4 * ns
		}
		BEGIN {
			OFS = "\t"
			turn["incumbent"] = 1; turn["incumbent2"] = 2
			n = split(workloads, w, /[ ,]/)
			for (p = 1; p <= processes; p++)
				for (q = 1; q <= pairs; q++)
					for (k = 1; k <= n; k++) {
						t = 1000000 * k
						# as far up as down over eight processes
						e = noise * ((p * 5 % 8) - 3.5) / 3.5
						s = w[k] == worse ? speedup / by : speedup
						row("candidate", t / s * exp(e))
						row("incumbent", t)
						row("incumbent2", t * skew * exp(-e / 2))
					}
		}'
}

# samples_file NAME SEED SPEEDUP [VARIABLE=VALUE...]
samples_file() {
	printf '# seed %s\n# judge_version 3\n# device_name test\n' "$2"
	printf '# started_at 2026-01-02T03:04:05Z\n%s\n' "$SAMPLES_HEADER"
	[ -z "$3" ] || samples "${@:3}"
} >"$1"
