#!/bin/sh
# docs-commands - every command line of the docs, a line each, sorted
#
# In README.md, CLAUDE.md and .claude: what stands in a code block or between
# backticks. In the pages: .Dl, the literal blocks of EXAMPLES, and .Ql make.
set -eu
cd "$(dirname "$0")/.."

markdown() {
	sed -n 's/^    \(make .*\)/\1/p' README.md
	for file in README.md CLAUDE.md .claude/commands/*.md; do
		grep -v '^    ' "$file" | tr '\n' ' '
	done | grep -oE '`(make|\./step|man|flashinfer-bench) [^`]*`' | tr -d '`'
}

# Their escapes, and lines that go on.
pages() {
	awk '
		/^\.Sh / { examples = /EXAMPLES/ }
		/^\.Bd -literal/ { block = examples; next }
		/^\.Ed/ { block = 0 }
		block || sub(/^\.Dl /, "")
		/^\.(Pq )?Ql make / { sub(/^\.(Pq )?Ql /, ""); sub(/ [.,:;]$/, ""); print }
	' man/*.[157] | sed 's/\\e/\\/g; s/\\(dq/"/g; s/\\ / /g; s/\\&//g' |
		sed ':more; /\\$/ { N; s/ *\\\n */ /; b more }'
}

{
	markdown
	pages
} | LC_ALL=C sort -u
