#!/bin/sh
# reference - what a kernel is judged by, as verify and bench want it
#
# usage: reference.sh DEVICE
# Prints the report of its native reference or, where it has none and PYTHON
# has PyTorch, its definition; else says what to do. make gives BUILD KERNEL
# KERNELS PYTHON.
set -u

dir=$KERNELS/$KERNEL
ext=c
[ "$1" = cpu ] || ext=cu
: "${PYTHON:=python3}"

[ ! -e "$dir/reference.$ext" ] || {
	echo "$BUILD/run/$KERNEL.$1/reference/build.json"
	exit 0
}
find='import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))'
"$PYTHON" -I -c "$find" 2>/dev/null || {
	echo "$dir/reference.$ext: no reference to judge by, and $PYTHON has no" \
		"PyTorch to run the definition's own; make new KERNEL=$KERNEL" \
		"DEFINITION=$dir/definition.json writes a stub of it. Or:" \
		"python3 -m venv V; V/bin/pip install torch; and PYTHON=V/bin/python" >&2
	exit 2
}
echo "$dir/definition.json"
