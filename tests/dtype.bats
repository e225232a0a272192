load setup

# Element types, by way of dtype-check. Its `codes` derives every number a
# second way (counting up from zero, binade by binade); python's struct and
# ml_dtypes, where there are such, are a third and fourth.

setup() {
	PATH=$BUILD/tests:$PATH
	python=${PYTHON:-python3}
}

stores() { # TYPE CODE NUMBER...
	local type=$1 code=$2
	shift 2
	for number; do
		run -0 dtype-check store "$type" "$number"
		[ "$output" = "$code" ] || {
			echo "$type $number: want $code, got $output"
			return 1
		}
	done
}

# agrees TYPE EXPRESSION: python's number for code c, over all codes.
agrees() {
	dtype-check table "$1" >"$BATS_TEST_TMPDIR/table"
	"$python" - "$BATS_TEST_TMPDIR/table" "$2" <<-'PY'
	import math, struct, sys
	lines = [line.split() for line in open(sys.argv[1])]
	assert len(lines) in (16, 256, 65536)
	number = eval("lambda c: " + sys.argv[2])
	for c, x in lines:
	    want, got = float(number(int(c))), float.fromhex(x)
	    same = want == got and math.copysign(1, want) == math.copysign(1, got)
	    if not (same or want != want and got != got):
	        sys.exit(f"code {c}: want {want}, got {got}")
	PY
}

@test "all 65,536 codes of float16 load and store" {
	dtype-check codes float16
}

@test "all 65,536 codes of bfloat16 load and store" {
	dtype-check codes bfloat16
}

@test "all 256 codes of float8_e4m3fn load and store" {
	dtype-check codes float8_e4m3fn
}

@test "all 256 codes of float8_e5m2 load and store" {
	dtype-check codes float8_e5m2
}

@test "all 16 codes of float4_e2m1 load and store" {
	dtype-check codes float4_e2m1
}

@test "python's struct agrees about every code of float16 and bfloat16" {
	"$python" -c '' 2>/dev/null || skip "no python3"
	agrees float16 'struct.unpack("<e", struct.pack("<H", c))[0]'
	agrees bfloat16 'struct.unpack("<f", struct.pack("<I", c << 16))[0]'
}

@test "ml_dtypes agrees about every code of every small float" {
	"$python" -c 'import ml_dtypes' 2>/dev/null || skip "no ml_dtypes"
	one='__import__("numpy").array([c], "%s").view(__import__("ml_dtypes").%s)[0]'
	# shellcheck disable=SC2059
	for pair in bfloat16:uint16:bfloat16 float8_e4m3fn:uint8:float8_e4m3fn \
		float8_e5m2:uint8:float8_e5m2 float4_e2m1:uint8:float4_e2m1fn; do
		IFS=: read -r type integer name <<<"$pair"
		agrees "$type" "$(printf "$one" "$integer" "$name")"
	done
}

@test "ml_dtypes agrees about rounding random numbers" {
	"$python" -c 'import ml_dtypes' 2>/dev/null || skip "no ml_dtypes"
	"$python" - <<-'PY'
	import ml_dtypes, numpy, random, subprocess
	random.seed(1)
	for name in "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn":
	    most = 400 if name == "float8_e4m3fn" else 60000
	    low = {"float16": -26, "bfloat16": -30, "float8_e5m2": -18,
	           "float8_e4m3fn": -11}[name]
	    # what float32 holds, so that nobody rounds twice
	    numbers = [float(numpy.float32(random.choice([-1, 1]) *
	               min(2.0 ** random.uniform(low, 16), most)))
	               for _ in range(3000)]
	    kind = getattr(ml_dtypes, name, None) or numpy.float16
	    codes = numpy.array(numbers, "float32").astype(kind)
	    codes = codes.view("uint16" if "16" in name else "uint8")
	    got = subprocess.run(["dtype-check", "store", name] +
	                         [x.hex() for x in numbers], check=True,
	                         capture_output=True, text=True).stdout.split()
	    for x, want, have in zip(numbers, codes, got, strict=True):
	        assert int(want) == int(have, 16), (name, x, want, have)
	PY
}

@test "every midpoint between neighbours rounds to the even one" {
	for type in float16 bfloat16 float8_e4m3fn float8_e5m2 float4_e2m1; do
		dtype-check rounding $type
	done
}

@test "the largest and smallest numbers are those of the formats" {
	run -0 dtype-check load float8_e4m3fn 0x7e 0x01 0x08 0xfe
	[ "$output" = $'448\n0.001953125\n0.015625\n-448' ]
	run -0 dtype-check load float8_e5m2 0x7b 0x01 0x04 0x7c 0xfc
	[ "$output" = $'57344\n1.52587890625e-05\n6.103515625e-05\ninf\n-inf' ]
	run -0 dtype-check load float16 0x7bff 0x3c00 0xc000
	[ "$output" = $'65504\n1\n-2' ]
	run -0 dtype-check load float4_e2m1 0 1 2 3 4 5 6 7 15
	[ "$output" = $'0\n0.5\n1\n1.5\n2\n3\n4\n6\n-6' ]
}

@test "float8_e4m3fn and float4_e2m1 saturate, also at infinity" {
	stores float8_e4m3fn 0x7e 448 464 465 1e9 inf
	stores float8_e4m3fn 0xfe -1e9 -inf
	stores float4_e2m1 0x7 6 7 100 inf
	stores float4_e2m1 0xf -100 -inf
}

@test "float8_e5m2, float16 and bfloat16 overflow to infinity" {
	stores float8_e5m2 0x7b 57344 61439
	stores float8_e5m2 0x7c 61440 1e9 inf
	stores float16 0x7bff 65504 65519.99
	stores float16 0x7c00 65520 1e9 inf
	stores bfloat16 0x7f80 3.3962e38 1e300 inf
	stores float32 0x7f800000 1e39 inf
}

@test "NaN stays NaN where there is one" {
	stores float8_e4m3fn 0x7f nan
	stores float16 0x7e00 nan
	stores bfloat16 0x7fc0 nan
	stores float8_e5m2 0x7e nan
	stores float4_e2m1 0x7 nan
	stores int32 0 nan
}

@test "zeros keep their sign, and what is too small becomes zero" {
	stores float16 0x8000 -0 -1e-8
	stores float16 0 0 2.9e-8
	stores float16 0x1 3e-8
	stores bfloat16 0x8000 -1e-300
}

@test "a double is rounded once, not by way of float" {
	# just above the midpoint by less than float can say
	stores float16 0x3c01 0x1.00200000001p0
	stores bfloat16 0x3f81 0x1.0100000001p0
	stores bfloat16 0x3f80 0x1.01p0
}

@test "integers round to even and saturate" {
	stores int8 0x7f 127 127.5 1e30 inf
	stores int8 0x80 -128 -128.5 -1e30
	stores int8 0x2 1.5 2.5
	stores int16 0x8000 -32768 -40000
	stores int32 0x7fffffff 2147483647 3e9
	stores int64 0x7fffffffffffffff 9.3e18 inf
	stores int64 0x8000000000000000 -9.3e18
	stores bool 0x1 1 0.25 -3
	stores bool 0 0 -0
}

@test "integers load with their sign" {
	run -0 dtype-check load int8 0xff 0x80 0x7f
	[ "$output" = $'-1\n-128\n127' ]
	run -0 dtype-check load int16 0xffff
	[ "$output" = -1 ]
	run -0 dtype-check load int64 0xffffffffffffffff
	[ "$output" = -1 ]
	run -0 dtype-check load bool 0 1 2
	[ "$output" = $'0\n1\n1' ]
}

@test "elements lie side by side, float4's two a byte, low one first" {
	run -0 dtype-check pack float4_e2m1 1 6 -0.5
	[ "$output" = "72f9 1 6 -0.5" ]
	run -0 dtype-check pack bfloat16 1 -2
	[ "$output" = "803f00c0 1 -2" ]
	run -0 dtype-check pack int16 258 -1 3
	[ "$output" = "0201ffff0300 258 -1 3" ]
	run -0 dtype-check pack bool 0 5 1
	[ "$output" = "000101 0 1 1" ]
	run -0 dtype-check pack int64 -2
	[ "$output" = "feffffffffffffff -2" ]
}

@test "the spacing follows the exponent and ends at the format's edges" {
	run -0 dtype-check ulp float16 1 0.75 -1 0 1e-9 1e9 inf
	[ "$output" = $'0x1p-10\n0x1p-11\n0x1p-10\n0x1p-24\n0x1p-24\n0x1p+5\n0x1p+5' ]
	run -0 dtype-check ulp float8_e4m3fn 1 448 500 0.001
	[ "$output" = $'0x1p-3\n0x1p+5\n0x1p+5\n0x1p-9' ]
	run -0 dtype-check ulp float32 1
	[ "$output" = 0x1p-23 ]
	run -0 dtype-check ulp int32 7
	[ "$output" = 0x0p+0 ]
}

@test "an unknown type is refused" {
	for name in float8 FLOAT32 double '' uint8; do
		run -2 dtype-check load "$name" 0
		[ "$output" = "dtype-check: unknown type $name" ]
	done
}
