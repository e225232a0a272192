/* frame - what stands around every page: head, style, script, end */
#include "frame.h"
#include "clock.h"
#include "file.h"
#include "html.h"
#include "memory.h"
#include "sha256.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

#define PART_MAX ((size_t)1 << 20)
#define STYLE "page.css"
#define SCRIPT "page.js"

static char *part(const char *name, struct fault *f)
{
	char *path = xasprintf("%s/%s", tool_dir(), name);
	char *text = file_read(path, PART_MAX, NULL);

	if (!text)
		fault_errno(f, "%s", path);
	free(path);
	return text;
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* A source of the policy: 'sha256-BASE64'. */
static void put_hash(FILE *p, const char *text)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
	                            "qrstuvwxyz0123456789+/";
	char hex[SHA256_HEX];
	unsigned bits = 0, have = 0;

	sha256_hex(text, strlen(text), hex);
	fputs("'sha256-", p);
	for (const char *c = hex; *c; c++) {
		bits = (bits << 4 | nibble(*c)) & 0xfff;
		have += 4;
		if (have >= 6) {
			have -= 6;
			putc(digit[bits >> have & 63], p);
		}
	}
	putc(digit[bits << (6 - have) & 63], p); /* 256 bits: 4 are left */
	fputs("='", p);
}

int frame_begin(FILE *p, const char *title, struct fault *f)
{
	char *style = part(STYLE, f);
	char *script = style ? part(SCRIPT, f) : NULL;

	if (script) {
		fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" "
		      "content=\"default-src 'none'; style-src ",
		      p);
		put_hash(p, style);
		fputs("; script-src ", p);
		put_hash(p, script);
		fputs("; base-uri 'none'; form-action 'none'\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<title>",
		      p);
		html(p, title);
		fprintf(p, "</title>\n<style>%s</style>\n</head>\n<body>\n",
		        style);
	}
	free(style);
	free(script);
	return script ? 0 : -1;
}

int frame_end(FILE *p, struct fault *f)
{
	char *script = part(SCRIPT, f);
	char now[TIME_TEXT];

	if (!script)
		return -1;
	time_text(now);
	fprintf(p,
	        "<footer><p>Made %s by <code>make report</code> from the files "
	        "beside it, which are the records; this page is a view and can "
	        "be made again.</p></footer>\n<script>%s</script>\n"
	        "</body>\n</html>\n",
	        now, script);
	free(script);
	return 0;
}
