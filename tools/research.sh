#!/bin/sh
# research - ask for a plan until one holds against the records, or none does
#
# usage: research.sh DEVICE. make gives the rest in the environment: BUILD
# KERNEL KERNELS WORKLOADS EXPERIMENTS PROPOSER. Status 1: no plan held, or a
# budget is spent.
set -u

experiments=$EXPERIMENTS/$KERNEL
case $PROPOSER in
tune | person)
	echo "research: PROPOSER=$PROPOSER: want one that reads: anthropic," \
		"openai, claude, command or replay" >&2
	exit 2
	;;
esac
while :; do
	next=$("$BUILD/research" -d "$1" -e "$experiments" \
		-k "$KERNELS/$KERNEL" -w "$WORKLOADS/$KERNEL.jsonl" \
		-b "$BUILD/run/$KERNEL.$1/incumbent/build.json") || exit
	case $next in
	*/plan.md)
		echo "see $next"
		exit 0
		;;
	esac
	"$BUILD/ask" -p "$PROPOSER" -e "$experiments" "$next" || exit
done
