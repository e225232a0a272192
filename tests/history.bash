# history - a long history that nobody lived through, written in a moment

# history N: experiments/scale with N experiments, one in 25 accepted, diffs of
# 300 lines, prices and tokens
history() {
	mkdir -p experiments/scale
	seq -f "experiments/scale/exp_%04g" "$1" | xargs mkdir
	awk -v n="$1" '
	function put(file, text) {
		file = dir "/" file
		printf "%s", text >file
		close(file)
	}
	function hash(word) {
		return sprintf("%064d", word)
	}
	function hashes(i) {
		return sprintf("{\"source\": \"%s\", \"incumbent_source\": \"%s\", \"incumbent_object\": \"%s\"}", \
			hash(i), hash(0), hash(9))
	}
	function times(i, speed, text, w) {
		text = ""
		for (w = 1; w <= 24; w++)
			text = text sprintf("%s{\"uuid\": \"%08d-0000-4000-8000-%012d\", \"status\": \"ok\", \"candidate_us\": %.3f, \"incumbent_us\": %.3f, \"speedup\": %.6f}", \
				w > 1 ? ", " : "", w, w, w * now / speed, w * now, speed)
		return text
	}
	function diff(i, text, l) {
		text = "--- a/solution.c\n+++ b/solution.c\n@@ -1,300 +1,300 @@\n"
		for (l = 1; l <= 100; l++)
			text = text sprintf(" \tint x%d;\n-\ty[%d] = a[i] * %d;\n+\ty[%d] = a[i] * %d + b[i];\n", l, l, i, l, i)
		return text
	}
	BEGIN {
		srand(7)
		incumbent = "shipped"
		now = 40
		x = "experiments/scale"
		for (i = 1; i <= n; i++) {
			exp_ = sprintf("exp_%04d", i)
			dir = x "/" exp_
			speed = i % 25 == 1 ? 1 + 0.2 / (1 + i / 50) : 0.9 + 0.1 * rand()
			outcome = i % 25 == 1 ? "accept" : i % 7 == 3 ? "equivalent" : i % 5 == 2 ? "noisy" : "reject"
			reason = outcome == "reject" ? (i % 11 == 0 ? "floor" : i % 3 == 0 ? "wrong" : "slower") : "-"
			timed = reason != "wrong" && reason != "floor"
			s = timed ? sprintf("%.6f", speed) : "null"
			lo = timed ? sprintf("%.6f", speed * 0.99) : "null"
			hi = timed ? sprintf("%.6f", speed * 1.01) : "null"
			at = sprintf("2026-01-%02dT%02d:%02d:00Z", 1 + i / 500, i / 60 % 24, i % 60)
			put("base.json", sprintf("{\"experiment\": \"%s\", \"kernel\": \"scale\", \"device\": \"cpu\", \"proposer\": \"anthropic\", \"incumbent\": \"%s\", \"created_at\": \"%s\", \"knobs\": {}, \"direction\": \"improve\", \"parent\": \"%s\", \"model\": \"model-1\", \"predicted\": 1.1, \"turns\": 1, \"hashes\": %s}\n", \
				exp_, incumbent, at, incumbent, hashes(i)))
			put("build.json", sprintf("{\"status\": \"ok\", \"kernel\": \"scale\", \"device\": \"cpu\", \"source\": \"solution.c\", \"source_sha256\": \"%s\", \"object_sha256\": \"%s\", \"key\": \"%s\", \"symbol\": \"__tvm_ffi_run\", \"command\": [\"cc\", \"-O2\"], \"compiler\": \"cc 1.0\", \"toolchain_sha256\": \"%s\", \"arch\": null, \"seconds\": 0.5}\n", \
				hash(i), hash(i), hash(i), hash(1)))
			put("build.log", "solution.c:7: warning: made up\n")
			put("proposal.md", sprintf("# %s, proposed by anthropic\n\nHYPOTHESIS: idea number %d keeps more of the row in registers\n\nMECHANISM: fewer loads\n\nPREDICTS: 1.1 times as fast\n\nRISK: spills\n", exp_, i))
			put("change.diff", diff(i))
			put("verdict.json", sprintf("{\"experiment\": \"%s\", \"kernel\": \"scale\", \"device\": \"cpu\", \"device_name\": \"a processor\", \"outcome\": \"%s\", \"reason\": \"%s\", \"detail\": %s, \"speedup\": %s, \"ci_low\": %s, \"ci_high\": %s, \"workloads\": [%s], \"sandbox\": \"bwrap\", \"launches_checked\": 900, \"failure_rate_detected\": 0.003, \"judged_at\": \"%s\"}\n", \
				exp_, outcome, reason, timed ? "null" : "\"element 7 of y\"", s, lo, hi, timed ? times(i, speed) : "", at))
			put("result.md", "# " exp_ "\n")
			printf "{\"experiment\": \"%s\", \"device\": \"cpu\", \"proposer\": \"anthropic\", \"outcome\": \"%s\", \"reason\": \"%s\", \"speedup\": %s, \"ci_low\": %s, \"ci_high\": %s, \"incumbent\": \"%s\", \"source_sha256\": \"%s\", \"object_sha256\": \"%s\", \"incumbent_source_sha256\": \"%s\", \"knobs\": {}, \"at\": \"%s\", \"seconds\": 12}\n", \
				exp_, outcome, reason, s, lo, hi, incumbent, hash(i), hash(i), hash(0), at >(x "/ledger.jsonl")
			for (c = 1; c <= 2; c++) {
				id = exp_ (c == 1 ? "/code/1#1" : "/judge#1")
				printf "{\"event\": \"reserve\", \"id\": \"%s\", \"kind\": \"%s\", \"usd\": 1, \"tokens\": 9000, \"gpu_s\": 30, \"at\": \"%s\"}\n", id, c == 1 ? "llm" : "judge", at >(x "/spend.jsonl")
				printf "{\"event\": \"settle\", \"id\": \"%s\", \"usd\": %s, \"tokens\": %d, \"gpu_s\": %d, \"at\": \"%s\"}\n", id, c == 1 ? 0.05 : 0, c == 1 ? 8000 : 0, c == 1 ? 0 : 12, at >(x "/spend.jsonl")
			}
			if (outcome == "accept") {
				incumbent = exp_
				now /= speed
			}
		}
	}'
}
