#!/bin/sh
# gpu-triton.sh - Python on a GPU: Triton kernels that must be right or refused,
# one as incumbent under the tuner, one against CUDA; definitions' own
# references; and what cannot be captured, timed by the host's clock
#
#	tests/gpu-triton.sh [check|tune|reference|host|allowed...]	all if none is said
#
# Needs a GPU, nvcc, jq, and a python3 (or $PYTHON) with torch and triton. Works
# in OUT (build/triton), where the experiments stay. Exits 1 if a check fails.
#
# Environment: OUT, ITERATIONS of the tuner (6), BENCH_S of a judgement (40).
set -u

cd "$(dirname "$0")/.." || exit 2
out=${OUT:-build/triton}
mkdir -p "$out" || exit 2
out=$(cd "$out" && pwd)
kernel=rmsnorm_h4096
work=$out/work
failed=0
[ $# -gt 0 ] || set -- check tune reference host allowed
export LC_ALL=C BENCH_S="${BENCH_S:-40}"

say() {
	echo "== $(date -u +%H:%M:%S) $*"
}

# Only a kernel's definition and settings, and what is given.
kernel_folder() { # kernel
	rm -rf "$work"
	mkdir -p "$work/kernels/$1" &&
		cp -R kernels/include "$work/kernels/" &&
		cp "kernels/$1/definition.json" "kernels/$1/settings" \
			"$work/kernels/$1/"
}

ours() { # target, variable=value...
	make -s --no-print-directory DEVICE=cuda "KERNEL=$kernel" \
		"KERNELS=$work/kernels" "EXPERIMENTS=$out/experiments" "$@"
}

# judged WORDS: main.py, of standard input, gets a verification that says so.
judged() {
	cat >"$work/main.py"
	tests/gpu/solution.sh "$kernel" "$work/main.py" >"$work/candidate.json"
	ours verify "SOLUTION=$work/candidate.json" MODE=quick \
		>"$work/said" 2>&1
	if grep -qF -- "$1" "$work/said"; then
		echo "ok: $1"
	else
		echo "not ok: want $1, got $(tail -n 3 "$work/said" | cut -c1-500)"
		failed=1
	fi
}

run_is() { # lines of run
	sed '/^def run/,$d' tests/gpu/rmsnorm_triton.py
	printf 'import torch\nkept = []\ndef launch(x, w, y):\n'
	printf '    normalize[(triton.cdiv(len(x), 8),)](x, w, y, len(x), HIDDEN=4096, ROWS=8)\n'
	printf 'def run(x, w, y):\n'
	printf '    %s\n' "$@"
}

check() {
	kernel_folder "$kernel" && cp "kernels/$kernel/reference.cu" \
		"$work/kernels/$kernel/"
	tests/gpu/solution.sh "$kernel" tests/gpu/rmsnorm_triton.py \
		>"$work/kernels/$kernel/solution.json"
	run_is 'launch(x, w, y)' | judged 'right on'
	run_is 't = torch.empty_like(y[:9]); launch(x[:9], w, t)' 'y[:9].copy_(t)' \
		'len(x) > 9 and launch(x[9:], w, y[9:])' | judged 'right on'
	run_is 't = torch.empty_like(y); launch(x, w, t); y.copy_(t)' |
		judged 'more than the setting scratch allows'
	run_is 'pass' | judged 'it launches nothing'
	run_is 'launch(x, x[0], y)' | judged '"status": "wrong"'
	run_is 'launch(x, w, x)' | judged '"status": "input-mutated"'
	run_is 'y.copy_(x.float() * w)' | judged 'a kernel of a library'
	run_is 'launch(x, w, y); y.sum().item()' | judged '"status": "unsupported"'
	run_is 'launch(x, w, y); 1 / 0' | judged 'ZeroDivisionError'
	run_is 'import os; os._exit(0)' | judged '"status": "died"'
	run_is 'while True: pass' | judged '"status": "timeout"'
	run_is 'launch(x, w, kept[0] if kept else y); kept or kept.append(y)' |
		judged '"status": "unwritten"'
	run_is 'import urllib.request as u; u.urlopen("http://127.0.0.1")' |
		judged '"status": "unsupported"'
	run_is 'open("/etc/passwd").read(); launch(x, w, y)' |
		judged 'FileNotFoundError'
	say 'against the CUDA kernel'
	ours ab A=current "B=$PWD/kernels/$kernel/solution.cu" || failed=1
	say 'under compute-sanitizer'
	ours sanitize SANITIZERS=memcheck || failed=1
}

tune() {
	kernel_folder "$kernel" && cp "kernels/$kernel/reference.cu" \
		"$work/kernels/$kernel/"
	tests/gpu/solution.sh "$kernel" tests/gpu/rmsnorm_triton.py \
		>"$work/kernels/$kernel/solution.json"
	rm -rf "$out/experiments"
	ours optimize "ITERATIONS=${ITERATIONS:-6}" || failed=1
	grep -h '' "$out/experiments/$kernel/summary.md" | head -n 40
	grep -lq '"outcome": "accept"' "$out/experiments/$kernel"/exp_*/verdict.json || {
		echo 'not ok: nothing was accepted'
		failed=1
	}
	"${BUILD:-build}/audit" -k "$work/kernels/$kernel" \
		-e "$out/experiments/$kernel" -d cuda || failed=1
}

reference() {
	for kernel in rmsnorm_h4096 gemm_n128_k2048; do
		kernel_folder "$kernel" &&
			cp "kernels/$kernel/solution.cu" "$work/kernels/$kernel/"
		say "$kernel by its definition's Python"
		ours verify || failed=1
		ours bench MODE=quick BENCH_S=20 | tail -n 3
	done
	kernel=rmsnorm_h4096
}

# tried WORDS FILE [VARIABLE=VALUE...]: a candidate's verdict
tried() {
	words=$1
	file=$2
	shift 2
	ours try "SOLUTION=$file" BENCH_S=30 NODEDUP=1 "$@" >"$work/said" 2>&1
	if grep -qF -- "$words" "$work/said"; then
		echo "ok: $(grep '^verdict' "$work/said")"
	else
		echo "not ok: want $words, got $(tail -n 4 "$work/said" | cut -c1-500)"
		failed=1
	fi
}

# An incumbent in PyTorch, and candidates.
torch_kernel() {
	kernel_folder "$kernel" && cp "kernels/$kernel/reference.cu" \
		"$work/kernels/$kernel/"
	rm -rf "$out/experiments"
	printf '%s\n' 'import torch' 'def run(x, weight, y):' \
		'    value = x.float()' \
		'    mean = (value * value).mean(dim=1, keepdim=True)' \
		'    y.copy_(value / torch.sqrt(mean + 1e-5) * weight.float())' \
		>"$work/torch.py"
	tests/gpu/solution.sh "$kernel" "$work/torch.py" python \
		>"$work/kernels/$kernel/solution.json"
	tests/gpu/solution.sh "$kernel" tests/gpu/rmsnorm_triton.py \
		>"$work/triton.json"
	sed 's/return ratchet_launched();/cudaDeviceSynchronize();\n&/' \
		"kernels/$kernel/solution.cu" >"$work/waits.cu"
}

host() {
	torch_kernel
	# Each process takes seconds to load PyTorch: enough of them to refuse.
	printf '%s = 3\n' processes max_processes \
		>>"$work/kernels/$kernel/settings"
	ours ab A=current "B=$PWD/kernels/$kernel/solution.cu" || failed=1
	tried 'reject unsupported' "$work/triton.json"
	tried 'reject unsupported' "$work/waits.cu"
	grep -h '^# timing' "$out/experiments/$kernel"/exp_*/bench.tsv | sort |
		uniq -c
	run_is 'y.copy_(x * w)' >"$work/wrong.py"
	tests/gpu/solution.sh "$kernel" "$work/wrong.py" python >"$work/wrong.json"
	tried 'reject wrong' "$work/wrong.json" ALLOW_HOST_TIMED=1
	"${BUILD:-build}/audit" -k "$work/kernels/$kernel" \
		-e "$out/experiments/$kernel" -d cuda || failed=1
}

# Takes minutes.
allowed() {
	torch_kernel
	tried 'verdict: accept' "$work/triton.json" ALLOW_HOST_TIMED=1 BENCH_S=200
	"${BUILD:-build}/audit" -k "$work/kernels/$kernel" \
		-e "$out/experiments/$kernel" -d cuda || failed=1
}

for i; do
	say "$i"
	case $i in
	check) check ;;
	tune) tune ;;
	reference) reference ;;
	host) host ;;
	allowed) allowed ;;
	*)
		echo "gpu-triton.sh: $i: want check, tune, reference, host or allowed" >&2
		exit 2
		;;
	esac
done
exit "$failed"
