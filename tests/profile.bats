load setup

# profile's page, with what it is made of absent in turn; and the parsers of
# what compilers, disassemblers and ncu print, by way of profile-check.

K=gemm_n128_k2048

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	mkdir -p kernels/$K
	cp -r "$ROOT/kernels/include" kernels/
	cp "$ROOT/kernels/$K"/* kernels/$K/
	build-kernel -c cache -d cpu -o cpu.json kernels/$K kernels/$K/solution.c
	build-kernel -r -c cache -d cpu -o report.json kernels/$K kernels/$K/solution.c
	build-kernel -c cache -d cpu -o reference.json kernels/$K kernels/$K/reference.c
}

setup() {
	PATH=$BATS_TEST_TMPDIR/bin:$BUILD/tests:$PATH
	seeds=$ROOT/tests/fuzz/seeds/listing
	list=$ROOT/workloads/$K.jsonl
	cd "$BATS_FILE_TMPDIR"
}

has() {
	[[ $output == *"$1"* ]] || {
		echo "want: $1"
		echo "$output"
		return 1
	}
}

page() { # OPTION... BUILD
	run -0 profile -c cache -k kernels/$K -w "$list" "$@"
}

digest() {
	sha256sum "$1" | cut -d ' ' -f 1
}

# cuda_build: cuda.json, of code that nothing here can run
cuda_build() {
	local key=$(printf '%064d' 7)
	mkdir -p cache/"$key"
	echo so >cache/"$key"/kernel.so
	echo cubin >cache/"$key"/kernel.cubin
	sed "s/\"device\": \"cpu\"/\"device\": \"cuda\"/; s/solution\.c\"/solution.cu\"/
		s/\"key\": \"[0-9a-f]*\"/\"key\": \"$key\"/; s/\"arch\": null/\"arch\": \"sm_90\"/
		s/\"object_sha256\": \"[0-9a-f]*\"/\"object_sha256\": \"$(printf '%s%s' "$(digest cache/"$key"/kernel.so)" "$(digest cache/"$key"/kernel.cubin)" | sha256sum | cut -d ' ' -f 1)\"/" \
		cpu.json >cuda.json
}

# disassembler NAME: a program that prints standard input's text
disassembler() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/text"
	printf '#!/bin/sh\n[ "$1" = --version ] && echo "%s 1.0" || cat "$(dirname "$0")/text"\n' "$1" \
		>"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

@test "on a CPU the page has loops, instructions, and what was not measured" {
	command -v objdump || skip "no objdump"
	page -l report.log cpu.json
	has "# $K on cpu: profile"
	has '## Loops, as the compiler says'
	has 'ectorized: '
	has 'times: not here: `this source was never timed'
	has 'counters of the device: not here: `no reference was given`'
	[ "$(uname -m)" = x86_64 ] || return 0
	has '- `__tvm_ffi_run`: '
	has 'objdump: GNU objdump'
}

@test "on a CPU calls are counted from outside the jail, or the page says why not" {
	page -g reference.json cpu.json
	if [[ $output == *'counters of the device: not here: `perf_event_open: '* ]]; then
		skip "nothing is counted here"
	fi
	has 'counters of the device: on 2 workloads, now'
	has '## Counters, `M`=1: '
	has '## Counters, `M`=492: '
	has ' threads busy ('
	[[ $output == *'instructions a cycle '* || $output == *'not all was counted: perf_event_open: '* ]]
}

@test "a candidate that is wrong, or a reference that is gone, is counted by nobody" {
	cp kernels/$K/solution.c wrong.c
	echo 'static void __attribute__((constructor)) f(void) { __builtin_trap(); }' >>wrong.c
	build-kernel -c cache -d cpu -o wrong.json kernels/$K wrong.c
	page -g reference.json wrong.json
	has 'counters of the device: not here: `died: '
	page -g none.json cpu.json
	has 'counters of the device: not here: `none.json: No such file'
	has '## Instructions in the code'
}

@test "without objdump the page says so, and has the rest" {
	mkdir -p "$BATS_TEST_TMPDIR/none"
	for program in bwrap sh; do
		path=$(command -v $program) || continue
		ln -s "$path" "$BATS_TEST_TMPDIR/none/$program"
	done
	run -0 env PATH="$BATS_TEST_TMPDIR/none" "$BUILD/profile" -c cache \
		-k kernels/$K -w "$list" -l report.log cpu.json
	has 'instructions: not here: `objdump: not found; install binutils`'
	has '## Loops'
}

@test "without the compiler's report the page says so, and has the rest" {
	page cpu.json
	has "the compiler's report: not here: \`no build with a report was given\`"
	[[ $output != *"## Loops"* ]]
}

@test "without a GPU and ncu the page of a GPU's code has what is static" {
	cuda_build
	disassembler cuobjdump <"$seeds/sass"
	page -g cuda.json -l "$seeds/ptxas" cuda.json
	has 'counters of the device: not here: `'
	has '| `_Z4tilePf` | 22 | 8, 4 | 16 | 4096 | 100 % (warps) |'
	has '- `_Z4tilePf`: 3 instructions: tensor 1 (33.3 %), global load 1'
	has 'code read by: `cuobjdump: cuobjdump 1.0`'
}

@test "without cuobjdump the page of a GPU's code says so" {
	cuda_build
	! command -v cuobjdump || skip "there is one"
	[ ! -e /usr/local/cuda/bin/cuobjdump ] || skip "there is one"
	page cuda.json
	has 'instructions: not here: `cuobjdump: not found; install the CUDA toolkit`'
	has 'counters of the device: not here: `no reference was given`'
}

@test "a disassembler that fails, hangs on nothing or floods is said" {
	cuda_build
	disassembler cuobjdump </dev/null
	printf '#!/bin/sh\necho "bad \\`magic\\`" >&2\nexit 3\n' >"$BATS_TEST_TMPDIR/bin/cuobjdump"
	page cuda.json
	has 'exit status 3: bad ?magic?`'
	printf '#!/bin/sh\nhead -c 70000000 /dev/zero\n' >"$BATS_TEST_TMPDIR/bin/cuobjdump"
	page cuda.json
	has 'instructions: not here: `'
	has 'File too large'
}

@test "what a candidate names is data: no escape, no Markdown, no megabyte" {
	cuda_build
	{
		printf '\t\tFunction : a`b|c\033[31m**do** [x](y) \342\200\256%s\n' "$(printf '%01000000d' 0)"
		sed -n 4,7p "$seeds/sass"
	} | disassembler cuobjdump
	printf "ptxas info    : Compiling entry function 'k\`|\033]0;x\007' for 'sm_90'\nptxas info    : Used 300000000000 registers\n" >hostile.log
	page -l hostile.log cuda.json
	has '- `a?b?c?[31m**do** [x](y) ???000000000'
	has '| `k???]0;x?` | 0 |'
	[ "${#output}" -lt 7169 ]
	[[ $output != *$'\033'* ]]
}

@test "a page is bounded, whatever there is to say" {
	cuda_build
	for ((i = 0; i < 3000; i++)); do
		printf '\t\tFunction : function_with_quite_a_long_name_%060d\n' $i
		sed -n 4,7p "$seeds/sass"
	done | disassembler cuobjdump
	for ((i = 0; i < 200; i++)); do
		sed "s/_Z4tilePf/_Z4tile_with_a_long_name_$i/" "$seeds/ptxas"
	done >many.log
	page -l many.log cuda.json
	[ "${#output}" -lt 7169 ]
	has '194 more are left out.'
	has '- and 2994 smaller ones'
}

@test "times on file give the position under the roofline" {
	cp -r "$ROOT/tests/fixtures/cpu/$K" records
	mkdir -p cache
	cp records/exp_0001/solution.c one.c
	build-kernel -c cache -d cpu -o one.json kernels/$K one.c
	page -e records one.json
	has 'times: of 5 of 25 workloads, from exp_00'
	has '## Position under the roofline'
	has '| `M`=1 |'
	[[ $output != *'| `M`=2 |'* ]]
}

@test "code that did not compile, or is gone, is trouble" {
	sed 's/"status": "ok"/"status": "failed"/; s/"object_sha256": "[^"]*"/"object_sha256": null/' cpu.json >failed.json
	run -2 profile -c cache -k kernels/$K -w "$list" failed.json
	[ "$output" = "profile: failed.json: it did not compile" ]
	run -2 profile -c none -k kernels/$K -w "$list" cpu.json
	[ "$output" = "profile: cpu.json: its code is not in none: build it again" ]
	run -2 profile -c cache -k kernels/$K -w none cpu.json
	run -2 profile -c cache -k kernels/$K -w "$list" -l none cpu.json
	[ "$output" = "profile: none: No such file or directory" ]
}

@test "a page is written whole or not at all" {
	run -2 bash -c "profile -c cache -k kernels/$K -w '$list' cpu.json >/dev/full"
	run -2 profile -c cache -k kernels/$K -w "$list" -o none/page cpu.json
	echo before >page
	run -2 profile -c none -k kernels/$K -w "$list" -o page cpu.json
	[ "$(cat page)" = before ]
	page -o page cpu.json
	[ -z "$output" ]
	[[ $(head -n 1 page) == "# $K on cpu: profile" ]]
}

@test "a report's build differs in nothing but its key and its log" {
	[ "$(grep object_sha256 cpu.json)" = "$(grep object_sha256 report.json)" ]
	[ "$(grep '"key"' cpu.json)" != "$(grep '"key"' report.json)" ]
	[ -s report.log ]
	[ ! -s cpu.log ]
}

@test "make profile writes the incumbent's page, or that of SOLUTION" {
	run -0 make -s -C "$ROOT" profile DEVICE=cpu EXPERIMENTS="$BATS_TEST_TMPDIR/x" KERNEL=$K
	has "# $K on cpu: profile"
	has '## Loops'
	sed 's/^int run/\n&/' kernels/$K/solution.c >"$BATS_TEST_TMPDIR/mine.c"
	run -0 make -s -C "$ROOT" profile DEVICE=cpu EXPERIMENTS="$BATS_TEST_TMPDIR/x" \
		KERNEL=$K SOLUTION="$BATS_TEST_TMPDIR/mine.c"
	has "source $(digest "$BATS_TEST_TMPDIR/mine.c" | cut -c 1-12)"
	echo 'int x = ;' >"$BATS_TEST_TMPDIR/mine.c"
	run -2 make -s -C "$ROOT" profile DEVICE=cpu EXPERIMENTS="$BATS_TEST_TMPDIR/x" \
		KERNEL=$K SOLUTION="$BATS_TEST_TMPDIR/mine.c"
	has 'does not compile'
}

parses() { # WHAT FILE EXPECTED
	run -0 profile-check "$1" "$2"
	[ "$output" = "$3" ] || {
		echo "want: $3"
		echo "got:  $output"
		return 1
	}
}

@test "SASS: predicates, suffixes and encodings are read, padding is not counted" {
	parses sass "$seeds/sass" '_Z4tilePf 3: tensor=1 global load=1 move, convert=1'
	cat >s <<-'END'
		Function : k
	        /*0000*/                   LDGSTS.E.BYPASS.128 [R1], desc[UR4][R2.64] ;
	        /*0010*/              @!UP1 UTMALDG.1D [UR4], [UR6] ;
	        /*0020*/                   STL [R1], R2 ;
	        /*0030*/                   BAR.SYNC.DEFER_BLOCKING 0x0 ;
	        /*0040*/                   HFMA2.MMA R1, -RZ, RZ, 0, 0 ;
	        /*0050*/                   IMAD.MOV.U32 R1, RZ, RZ, R2 ;
	        /*0060*/                   IMAD.WIDE R2, R0, 0x4, R2 ;
	        /*0070*/                   FROBNICATE R2 ;
	END
	parses sass s 'k 8: fp16=1 integer=1 local (spill)=1 async copy=2 barrier=1 move, convert=1 other=1'
}

@test "SASS that is no SASS counts nothing" {
	printf '/*0000*/ FADD R1 ;\n' >s
	parses sass s ''
	printf '\t\tFunction : k\n/*00*/ FADD R1 ;\n/*000g*/ FADD ;\n/*0000*/\n/*0000*/ fadd ;\n/*0000 FADD ;\nFADD R1 ;\n' >s
	parses sass s ''
	: >s
	parses sass s ''
	printf '\t\tFunction : ' >s
	parses sass s ''
}

@test "x86: what is read, written, wide, and what every object has" {
	cat >s <<-'END'
	x.so:     file format elf64-x86-64

	0000000000001000 <_init>:
	    1000:	sub    $0x8,%rsp
	0000000000001020 <f@plt>:
	    1020:	jmp    *0x2fc5(%rip)        # 3fd0 <f>
	0000000000001250 <run>:
	    1250:	vfmadd231ps (%rax,%rdx,4),%zmm1,%zmm0
	    1256:	vmovups %ymm0,0x20(%rdi)
	    125a:	movl   $0x1,(%rax,%rbx,4)
	    125b:	lea    0x8(%rax),%rbx
	    125c:	cmpl   $0x0,0x8(%rsp)
	    125d:	lock xadd %eax,(%rdx)
	    125e:	vdivps %xmm1,%xmm2,%xmm3
	    125f:	vgatherdps (%rax,%ymm1,4),%ymm2{%k1}
	    1260:	nopw   0x0(%rax,%rax,1)
	    1261:	call   1250 <run>
	    1262:	jne    1250 <run>
	END
	parses x86 s 'run 10: 512 bits=1 256 bits=2 128 bits or scalar float=1 multiply-add=1 divide, root=1 gather, scatter=1 load=3 store=3 branch=1 call=1'
}

@test "x86: a text of another machine, or of none, counts nothing" {
	sed 's/x86-64/littleaarch64/' "$seeds/x86" >s
	parses x86 s ''
	printf 'file format elf64-x86-64\n0000000000001250 <>:\n    x:\tmov\n    1250: mov\n    1250:\t\n' >s
	parses x86 s ''
}

@test "ptxas: numbers are bounded, and lines without a kernel pass" {
	parses ptxas "$seeds/ptxas" '_Z4tilePf 22 16 8 4 4096'
	printf 'ptxas info    : Used 9 registers\n 8 bytes stack frame\n' >s
	parses ptxas s ''
	printf "x : Compiling entry function 'k' for\nx : Used -5 registers, 99999999999999999999 bytes smem\n" >s
	parses ptxas s 'k 0 0 0 0 0'
	printf "x : Compiling entry function 'k" >s
	parses ptxas s ''
}

@test "remarks of both compilers are told apart, and each is one" {
	printf 'a.c:1:2: optimized: loop vectorized\na.c:1:2: optimized: loop vectorized\na.c:3:1: missed: statement clobbers memory\na.c:4:1: missed: not vectorized: x\nb.c:1:1: remark: vectorized loop (width 8)\nb.c:2:1: remark: loop not vectorized [-R]\n' >s
	parses remarks s '2 done, 2 missed
+ a.c:1:2: optimized: loop vectorized
+ b.c:1:1: remark: vectorized loop (width 8)
- a.c:4:1: missed: not vectorized: x
- b.c:2:1: remark: loop not vectorized [-R]'
}

@test "ncu's table is read: quotes, units, commas, what is absent" {
	parses ncu "$seeds/ncu" 'gemm(float *, "x") (1,024, 1, 1) (256, 1, 1) 51200 30.5 42 35.25 1.3315e+12 12 80.5 47 50 126 128 32770 1024 7 4.5 9.5 1.5 2.5 3.5 0.25 0.5 nan
latency: warps wait for global or local memory (9.5 an issued instruction): load earlier and more at once, or copy asynchronously'
}

@test "ncu's table is read with all the columns that it adds on its own" {
	awk -v OFS= '/^"/ { for (i = 0; i < 380; i++) $0 = $0 ",\"" (NR == 2 ? "device__attribute_" i : i) "\"" } 1' "$seeds/ncu" >s
	run -0 profile-check ncu "$seeds/ncu"
	narrow=$output
	run -0 profile-check ncu s
	[ "$output" = "$narrow" ]
}

# limit SED SENTENCE
limit() {
	sed "$1" "$seeds/ncu" >s
	run -0 profile-check ncu s
	[[ ${lines[1]} == "$2"* ]] || {
		echo "${lines[1]}"
		return 1
	}
}

@test "the first limit is named: memory, caches, arithmetic, too little, latency" {
	limit 's/"35.25"/"88"/' 'DRAM: 88 % of its peak'
	limit 's/"42"/"75"/' 'caches and shared memory: 75 % of their peak, DRAM 35 %'
	limit 's/"30.5"/"90"/; s/"42"/"75"/' 'arithmetic: 90 % of the peak'
	limit 's/"47"/"7"/' 'too little at work: 7 % of the warps'
	limit 's/"3.5"/"30"/' 'latency: warps wait for barriers (30.0 an issued'
}

@test "counters that nobody could read give no false limit" {
	head -n 3 "$seeds/ncu" >s
	echo "\"0\",\"k\",\"\",\"\"$(printf ',"n/a"%.0s' {1..22})" >>s
	run -0 profile-check ncu s
	[ "${lines[1]}" = 'unknown: the counters do not say' ]
}

@test "what is no table of ncu's is refused, with its words" {
	printf '==PROF== Connected\n==ERROR== ERR_NVGPUCTRPERM - The user does not have permission\n' >s
	run -2 profile-check ncu s
	has 'ncu: no table: ==ERROR== ERR_NVGPUCTRPERM'
	: >s
	run -2 profile-check ncu s
	head -n 3 "$seeds/ncu" >s
	run -2 profile-check ncu s
	[ "$output" = 'profile-check: ncu: no row, or a row that is none' ]
	for change in '4s/"$//' '4s/,/;/' '4s/","7"//' '2s/"Kernel Name"/"Name"/' '3s/""/"/' '4s/^"0"/"0/'; do
		sed "$change" "$seeds/ncu" >s
		! cmp -s s "$seeds/ncu"
		run -2 profile-check ncu s
	done
}

@test "at most 24 metrics are asked for, none twice" {
	run -0 profile-check metrics
	tr , '\n' <<<"$output" | sort >s
	[ "$(wc -l <s)" -le 24 ]
	[ -z "$(uniq -d s)" ]
}

@test "occupancy is NVIDIA's: registers, shared memory, warps, blocks" {
	occupancy() { # ARGUMENTS EXPECTED
		# shellcheck disable=SC2086
		run -0 profile-check occupancy $1
		[ "$output" = "$2" ] || {
			echo "$1: $output"
			return 1
		}
	}
	occupancy 'sm_90 32 0 256' '8 blocks, 64 of 64 warps, warps'
	occupancy 'sm_90 126 128 256' '2 blocks, 16 of 64 warps, registers'
	occupancy 'sm_90a 32 49152 256' '4 blocks, 32 of 64 warps, shared memory'
	occupancy 'sm_80 32 0 32' '32 blocks, 32 of 64 warps, blocks'
	occupancy 'sm_86 40 0 1024' '1 blocks, 32 of 48 warps, warps'
	occupancy 'sm_90 255 0 1024' unknown
	occupancy 'sm_70 32 0 256' unknown
	occupancy 'cc 32 0 256' unknown
	occupancy 'sm_90 0 0 256' unknown
}
