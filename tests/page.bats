load setup
load loop
load history

setup() {
	tiny_tree
	html=$x/index.html
}

# Makes the page, which must be one.
page_of() {
	run -0 --separate-stderr page -k $k -w $w -o $html $x
	[ -z "$output" ] && [ -z "$stderr" ]
	well_made $html
}

# What html-check finds wrong with a page is an error, where there is Python.
well_made() {
	! command -v python3 >/dev/null || python3 "$BATS_TEST_DIRNAME/html-check.py" "$1"
}

needs_python() {
	command -v python3 >/dev/null || skip "no python3"
}

# The page's text, on one line.
text() {
	needs_python
	python3 "$BATS_TEST_DIRNAME/html-check.py" -t ${1-$html} | tr '\n' ' '
}

@test "a page says where the kernel stands, by what steps, and what it cost" {
	round accept - 1.5
	round reject slower 0.8
	round accept - 2
	spend -e $x reserve -k llm exp_0001/code/1#1 usd=1 tokens=900
	spend -e $x settle exp_0001/code/1#1 usd=0.25 tokens=700
	page_of
	run -0 text
	# Both workloads take 2 us now; 3 times as long at the start.
	[[ $output == *"started6.000 µs "*"now2.000 µs "*"times as fast3.000 [2.9"*"standsexp_0003"* ]]
	[[ $output == *"Cost: 0.25 USD, 700 tokens"* ]]
	[[ $output == *"steps that gained most"*"exp_0003 2.000"*"exp_0001 1.500"* ]]
	[[ $output == *"shipped solution 6.000 µs"*"exp_0001 4.000 µs"*"1 reject"*"exp_0003 2.000 µs"* ]]
}

@test "an experiment shows verdict, diff, build, workloads and lessons" {
	round accept - 1.5
	summarize -e $x
	page_of
	run -0 text
	[[ $output == *"verdict: accept - speedup 1.500 [1.485, 1.515] on a processor"* ]]
	[[ $output == *"What it changed in shipped"*"lines added"*"--- shipped/solution.c"* ]]
	[[ $output == *"Build ok, 0.5 s, cc 1.0"* ]]
	[[ $output == *"11111111n=3000ok2.0003.0001.500"* ]]
	[[ $output == *"Lessons"*"1.500 times as fast as shipped"* ]]
	grep -q '<del>-#define PASSES 8' $html
}

@test "records of before change.diff was kept get their diff from the sources" {
	round accept - 1.5
	rm $x/exp_0001/change.diff
	page_of
	grep -q '<del>-#define PASSES 8' $html
}

@test "every outcome has a mark of its own shape, what has no time a place" {
	round accept - 1.5
	round reject wrong null
	round equivalent - 1
	round noisy - 1.01
	page_of
	for mark in 'accept"><title>exp_0001: accept, 2.000 µs, 1.500 times as fast as shipped</title><path class="ci"[^>]*><circle' \
		'reject"><title>exp_0002: reject wrong</title><path d="M[^z]*"' \
		'equivalent"><title>exp_0003[^<]*</title><path class="ci"[^>]*><path d="M[^z]*h' \
		'noisy"><title>exp_0004[^<]*</title><path class="ci"[^>]*><path d="M[^"]*z"'; do
		grep -q "<g class=\"mark $mark" $html
	done
}

@test "an adoption begins anew, and what was before keeps its times" {
	round accept - 1.5
	echo '/* better */' >>$k/solution.c
	incumbent -a -d cpu -k $k -e $x
	round accept - 1.1
	page_of
	run -0 text
	[[ $output == *"when last adopted2.200 µs "*"now2.000 µs "*"times as fast1.100 "* ]]
	[[ $output == *"shipped solution 3.000 µs"*"exp_0001 2.000 µs"*"adopt exp_0002 2.200 µs"*"exp_0003 2.000 µs"* ]]
}

@test "what a rule against cheating refused is listed, with the judge's words" {
	round reject floor null
	sed -i 's/"speedup": null, "ci/"detail": "0.1 us is below 2.4 us", &/' $x/exp_0001/verdict.json
	round reject slower 0.9
	page_of
	run -0 text
	[[ $output == *"Refused as cheating"*"exp_0001 floor 0.1 us is below 2.4 us"* ]]
	[[ $output != *"exp_0002 slower 0"* ]]
}

@test "the policy allows this style and this script, by their hashes, and no more" {
	round accept - 1.5
	page_of
	[ "$(grep -c Content-Security-Policy $html)" -eq 1 ]
	hash=$(openssl version >/dev/null 2>&1 && openssl dgst -sha256 -binary "$BUILD/page.css" | openssl base64) || skip "no openssl"
	grep -q "default-src 'none'; style-src 'sha256-$hash'; script-src 'sha256-[^']*'; base-uri 'none'; form-action 'none'\"" $html
}

@test "no address is in a page, and no link leaves its folder" {
	round accept - 1.5
	page_of
	run -1 grep -iE '(src|href)=.?[a-z]+:|@import|url\(' $html
}

@test "a proposer's words are text, whatever they are" {
	round accept - 1.5
	{
		printf 'HYPOTHESIS: </script><script>alert(1)</script><img src=x onerror=alert(2)> '
		printf '[here](javascript:alert(3)) <javascript:alert(4)> &lt; "\047 `</code><b>` '
		printf 'NUL\0 bad\xff\xc3( \033[31mred\033[0m \xe2\x80\xaeback\n\n'
		printf '# <h1>\n\n##no heading\n\n###### deep\n\n## <h2 onclick=x>\n\n| <td> | a |\n|---|---|\n| </table> | <i> |\n'
		printf -- '- <li onmouseover=x>\n\n    <pre>\n\n```\n</pre>\n'
	} >$x/exp_0001/proposal.md
	printf -- '--- a\n+++ b\n@@ -1 +1 @@\n-</pre><script>x</script>\n+<ins>\033]0;x\007\n' >$x/exp_0001/change.diff
	printf 'solution.c: <b>error</b>\033[1m\n' >$x/exp_0001/build.log
	summarize -e $x
	page_of
	run -1 grep -E '<img|<script>alert|<h2 on|<li on|onerror=alert\(2\)>|<b>error' $html
	run -1 grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' $html
	grep -q '##no heading' $html
	grep -q '&lt;h1&gt;' $html
	grep -q 'NUL\\x00 bad\\xff\\xc3( \\x1b\[31mred' $html
	grep -q '<del>-&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;' $html
}

@test "the data in a page are JSON that no text can end" {
	needs_python
	round accept - 1.5
	echo 'HYPOTHESIS: </script><!-- <script> & ]]>' >$x/exp_0001/proposal.md
	page_of
	run -0 python3 "$BATS_TEST_DIRNAME/html-check.py" -j $html
	[[ $output == *'"experiment": "exp_0001"'*'"tried": "</script><!-- <script> & ]]>"'* ]]
	[ "$(grep -c '</script>' $html)" -eq 2 ]
}

@test "a workload's name, a reason, a device and a knob are text as well" {
	round accept - 1.5
	sed -i 's/"uuid": "11111111[^"]*"/"uuid": "\\"><script>x"/; s/"a processor"/"<b>\\u0027"/; s/"detail": null/"detail": "<i>"/' $x/exp_0001/verdict.json
	sed -i 's/"PASSES": "[0-9]*"/"<u>": "\\"<s>"/; s/"proposer": "tune"/"proposer": "<em>"/' $x/ledger.jsonl
	grep -q '<em>' $x/ledger.jsonl
	page_of
	run -1 grep -E '<script>x|<em>|<u>|<s>|<b>&#' $html
	grep -q '&quot;&gt;&lt;scri' $html
}

@test "names in a ledger do not become paths" {
	mkdir -p $x
	echo 'HYPOTHESIS: secret' >proposal.md
	echo secret >solution.c
	for name in ../.. exp_0001/../../.. /etc; do
		printf '{"experiment": "%s", "device": "cpu", "outcome": "accept", "incumbent": "%s", "speedup": 2}\n' "$name" "$name"
	done >$x/ledger.jsonl
	page_of
	run -1 grep secret $html
}

@test "an experiment in progress is named with how far it came" {
	round accept - 1.5
	propose_one
	mkdir $x/exp_0003
	page_of
	run -0 text
	[[ $output == *"Not finished"*"exp_0002: proposed"*"exp_0003: claimed"* ]]
}

@test "no experiments at all is no trouble" {
	mkdir -p $x
	page_of
	run -0 text
	[[ $output == *"No experiments yet: make optimize"* ]]
	run -0 page -a -o all.html $x
	well_made all.html
	run -0 page -p cpu -o plot.svg $x
	grep -q '</svg>' plot.svg
}

@test "each file of an experiment may be missing" {
	round accept - 1.5
	round reject slower 0.9
	for file in base.json build.json build.log verdict.json compare.tsv \
		confirm.tsv bench.tsv proposal.md change.diff solution.c verify.jsonl; do
		rm -f $x/exp_0002/$file $x/exp_0001/$file
		page_of
	done
	run -0 text
	[[ $output == *"No verdict is on file"*"No proposal is on file"*"sources are not at hand"*"No build is on file"* ]]
	rm -r $x/exp_0001
	page_of
}

@test "a malformed file is named with its experiment, and the page is made" {
	round accept - 1.5
	for file in base.json build.json verdict.json; do
		cp $x/exp_0001/$file saved
		for bad in '{]' '[]' '{}' '{"a": 1}'; do
			echo "$bad" >$x/exp_0001/$file
			page_of
			grep -q "class=\"trouble\">$x/exp_0001/$file:1: " $html
		done
		: >$x/exp_0001/$file
		page_of
		grep -q "class=\"trouble\">$x/exp_0001/$file:1: " $html
		cp saved $x/exp_0001/$file
	done
	head -c 100000 /dev/urandom | tee $x/exp_0001/{proposal.md,change.diff,build.log,bench.tsv,confirm.tsv} >$x/LESSONS.md
	page_of
}

@test "numbers that are no numbers are left out" {
	round accept - 1.5
	sed -i 's/"candidate_us": 2.0/"candidate_us": -1/; s/"incumbent_us": 3.0/"incumbent_us": "Infinity"/' $x/exp_0001/verdict.json
	page_of
	run -1 grep -E '>[^<]*\b(nan|inf)\b' <(sed '/<script/,/<\/script>/d' $html)
}

@test "a malformed ledger or spend.jsonl is refused with its line, the page left alone" {
	round accept - 1.5
	echo old >$html
	for file in ledger.jsonl spend.jsonl; do
		touch $x/$file
		cp $x/$file saved
		echo '{]' >>$x/$file
		run -2 page -k $k -w $w -o $html $x
		[[ $output == "page: $x/$file:"*": "* ]]
		run -2 page -a -o all.html $x
		run -2 page -p cpu $x
		cp saved $x/$file
	done
	[ "$(cat $html)" = old ]
}

@test "without the kernel's own files a page says what it cannot know" {
	round accept - 1.5
	run -0 page -o $html $x
	well_made $html
	run -0 text
	[[ $output == *"Not known: neither a kernel nor workloads were named"* ]]
	run -0 page -k /none -w /none -o $html $x
	grep -q 'Not known: /none/definition.json: No such file' $html
}

@test "a full disk is trouble, and leaves no page and nothing else" {
	round accept - 1.5
	run -2 bash -c "page -k $k -w $w $x >/dev/full"
	[[ $output == *"No space left"* ]]
	run -2 page -o none/index.html $x
	[[ $output == "page: none/index.html: "* ]]
	mkdir $html
	run -2 page -o $html $x
	[ -z "$(find $x -name 'index.html?*')" ]
}

@test "the plot for a README stands alone and follows light and dark" {
	round accept - 1.5
	round reject wrong null
	run -0 page -p cpu -o plot.svg $x
	grep -q '^<svg [^>]* xmlns="http://www.w3.org/2000/svg"' plot.svg
	grep -q 'prefers-color-scheme: dark' plot.svg
	run -1 grep -E 'href|<script' plot.svg
	[ "$(grep -c 'class="mark' plot.svg)" -ge 2 ]
	! command -v python3 >/dev/null ||
		python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' plot.svg
}

@test "a thousand experiments make a bounded page in under 3 s" {
	history 1000
	SECONDS_BEFORE=$(date +%s%N)
	page -k $k -w $w -o $html $x
	took=$((($(date +%s%N) - SECONDS_BEFORE) / 1000000))
	echo "$took ms, $(wc -c <$html) bytes"
	[ -n "${SANITIZE-}" ] || [[ $BUILD == */sanitize ]] || [ "$took" -lt 3000 ]
	[ "$(wc -c <$html)" -lt 8000000 ]
	[ "$(grep -c '<details class="experiment"' $html)" -eq 1000 ]
	grep -q '[0-9]* more lines in <code>exp_0500/change.diff' $html
	grep -q '[0-9]* more workloads in <code>exp_0500/verdict.json' $html
	well_made $html
}

@test "make report makes all pages, ends with where one is, make plot the SVG" {
	round accept - 1.5
	mkdir -p experiments/other
	cp $x/ledger.jsonl experiments/other
	mk() {
		make -s --no-print-directory -C "$ROOT" BUILD="$BUILD" KERNEL=scale \
			DEVICE=cpu KERNELS="$PWD/kernels" \
			WORKLOADS="$PWD/workloads" EXPERIMENTS="$PWD/experiments" "$@"
	}
	run -0 mk report
	[ "${lines[0]}" = "# scale: 1 records" ]
	[[ $output == *"# Lessons on scale"* ]]
	[ "${lines[-1]}" = "page: $PWD/$html (all kernels: $PWD/experiments/index.html)" ]
	well_made experiments/other/index.html
	well_made experiments/index.html
	grep -q 'href="scale/index.html"' experiments/index.html
	run -0 mk plot
	[ "$output" = "$PWD/$x/plot.svg" ] && [ -s $x/plot.svg ]
	run -0 mk plot OUT="$PWD/mine.svg"
	[ -s mine.svg ]
}

@test "usage errors exit 2" {
	run -2 page
	[[ $output == "usage: page"* ]]
	run -2 page one two
	run -2 page -a -p cpu $x
	run -2 page -p gpu $x
	[[ $output == "page: -p: want cpu or cuda, got 'gpu'" ]]
}
