# experiment - makes the files of an experiment, as if a judge had been there

load samples

# hash WORD: a made-up hash
hash() {
	printf %s "$1" | sha256sum | cut -d' ' -f1
}

# A kernel in kernels/k.
kernel() {
	mkdir -p kernels/k
	echo '{"name": "k"}' >kernels/k/definition.json
	: >kernels/k/settings
	echo 'int incumbent;' >kernels/k/solution.c
}

# base EXP: experiments/k/EXP with its source and base.json
base() {
	X=experiments/k/$1
	mkdir -p "$X"
	echo "int $1;" >"$X/solution.c"
	cat >"$X/base.json" <<-END
	{"experiment": "$1", "kernel": "k", "device": "cpu",
	 "proposer": "tune", "incumbent": "shipped",
	 "created_at": "2026-01-01T00:00:00Z", "knobs": {},
	 "hashes": {"source": "$(sha256sum <"$X/solution.c" | cut -c1-64)",
	  "incumbent_source": "$(sha256sum <kernels/k/solution.c | cut -c1-64)",
	  "incumbent_object": "$(hash incumbent)",
	  "definition": "$(sha256sum <kernels/k/definition.json | cut -c1-64)",
	  "reference": "$(hash r)", "settings": "$(sha256sum <kernels/k/settings | cut -c1-64)",
	  "workloads": "$(hash w)", "judge": "$(hash j)", "toolchain": "$(hash t)"}}
	END
}

# build STATUS [OBJECT]
build() {
	local object="\"$(hash "${2:-candidate}")\""
	[ "$1" = ok ] || object=null
	cat >"$X/build.json" <<-END
	{"status": "$1", "kernel": "k", "device": "cpu", "source": "solution.c",
	 "source_sha256": "$(sha256sum <"$X/solution.c" | cut -c1-64)",
	 "object_sha256": $object, "key": "$(hash key)",
	 "symbol": "__tvm_ffi_run", "command": ["gcc"], "compiler": "gcc 12",
	 "toolchain_sha256": "$(hash t)", "arch": null, "seconds": 0.5}
	END
}

# verify STATUS: of workload u2; u1 is right
verify() {
	cat >"$X/verify.jsonl" <<-END
	{"judge_version": "3", "kernel": "k", "device": "cpu", "device_name": "test", "driver": "-", "timing": "cpu", "sandbox": "none", "hidden": "none", "sets": 4, "seed": "0x00000000000000aa", "workloads": 2, "finished": true}
	{"uuid": "u1", "axes": {}, "status": "ok", "detail": "", "launches": 4}
	{"uuid": "u2", "axes": {}, "status": "$1", "detail": "element 7", "launches": 4}
	END
}

# bench SPEEDUP [VARIABLE=VALUE...], with its compare.tsv
bench() {
	samples_file "$X/bench.tsv" 0x1 "$@"
	compare -d cpu -s kernels/k/settings -o "$X/compare.tsv" "$X/bench.tsv"
}

# confirm [SPEEDUP [VARIABLE=VALUE...]]
confirm() {
	samples_file "$X/confirm.tsv" 0x2 "$@"
	sed -i 's/T03:04:05Z/T03:05:06Z/' "$X/confirm.tsv"
}

# An experiment that was accepted, but for its verdict.
accepted() {
	base "$1"
	build ok "$1"
	verify ok
	bench 1.05
	confirm 1.04
}
