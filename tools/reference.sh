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

refuse() {
	echo "$dir/reference.$ext: no reference to judge by$1;" \
		"make new KERNEL=$KERNEL DEFINITION=$dir/definition.json" \
		"writes a stub of it$2" >&2
	exit 2
}

[ ! -e "$dir/reference.$ext" ] || {
	echo "$BUILD/run/$KERNEL.$1/reference/build.json"
	exit 0
}
[ "$1" = cpu ] ||
	refuse ", and the definition's Python is one for DEVICE=cpu alone" ""
find='import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))'
"$PYTHON" -I -c "$find" 2>/dev/null ||
	refuse ", and $PYTHON has no PyTorch to run the definition's own" \
		". Or: python3 -m venv V; V/bin/pip install torch; and PYTHON=V/bin/python"
echo "$dir/definition.json"
