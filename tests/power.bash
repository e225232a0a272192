# power_kernel NAME STEPS N...: kernels/NAME and workloads/NAME.jsonl here, of
# tests/kernels/power with so many needless steps; a workload nN for each N
power_kernel() {
	local name=$1 steps=$2 n
	shift 2
	mkdir -p "kernels/$name" workloads
	cp -r "$ROOT/kernels/include" kernels/
	cp "$ROOT/tests/kernels/power/definition.json" \
		"$ROOT"/tests/kernels/power/*.c "kernels/$name/"
	sed -i "s/\"power\"/\"$name\"/" "kernels/$name/definition.json"
	sed -i "s/#define PAD .*/#define PAD $steps/" "kernels/$name/solution.c"
	for n; do
		echo "{\"definition\": \"$name\", \"solution\": null, \"workload\": {\"uuid\": \"n$n\", \"axes\": {\"n\": $n}, \"inputs\": {\"x\": {\"type\": \"random\"}}}, \"evaluation\": null}"
	done >"workloads/$name.jsonl"
}
