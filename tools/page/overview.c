/* overview - the page that lists all kernels */
#include "overview.h"
#include "frame.h"
#include "html.h"

#include <math.h>
#include <string.h>

static const char *const devices[] = {"cuda", "cpu"};

static const char *last_at(const struct history *h, const char *device)
{
	const char *at = "-";

	for (size_t i = 0; i < h->ledger.count; i++)
		if (!strcmp(h->ledger.item[i].device, device))
			at = h->ledger.item[i].at;
	return at;
}

static void overview_row(FILE *p, const struct history *h, const char *device)
{
	struct standing s = history_standing(h, device);
	struct total t = spend_total(&h->spend, NULL, NULL);

	fputs("<tr><th scope=\"row\" class=\"name\"><a href=\"", p);
	html(p, h->kernel);
	fputs("/index.html\">", p);
	html_name(p, h->kernel);
	fprintf(p, "</a></th><td>%s</td><td class=\"n\">", device);
	html_us(p, h->is_timed ? s.start_us : (double)NAN);
	fputs("</td><td class=\"n\">", p);
	html_us(p, h->is_timed ? s.now_us : (double)NAN);
	fputs("</td><td class=\"n\">", p);
	html_speedup(p, s.speedup, s.low, s.high);
	fprintf(p,
	        "</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td>"
	        "<td class=\"n\">%.1f</td><td class=\"n\">%lld</td>"
	        "<td class=\"n\">%.2f%s</td>",
	        history_count(h, device, NULL),
	        history_count(h, device, OUTCOME_ACCEPT), t.charged.gpu_s / 60,
	        (long long)t.charged.tokens, t.charged.usd,
	        t.unpriced ? "+" : "");
	fputs("<td class=\"n\">", p);
	html_text(p, last_at(h, device), strnlen(last_at(h, device), 10));
	fputs("</td></tr>\n", p);
}

int overview_page(FILE *p, const struct history *h, size_t count,
                  struct fault *f)
{
	static const char *const name[] = {
	        "kernel",   "device",   "#started µs", "#now µs",
	        "#speedup", "#records", "#accepted",   "#device min",
	        "#tokens",  "#USD",     "last day"};

	if (frame_begin(p, "Ratchet: all kernels", f))
		return -1;
	fputs("<header><h1>All kernels</h1>\n<p>Times are geometric means over "
	      "the workloads, speedups over where each lineage began, with a "
	      "98 % interval; costs are a kernel's on all "
	      "devices.</p></header>\n"
	      "<main>\n",
	      p);
	html_table_begin(p, "records", "Kernels");
	html_columns(p, name, sizeof name / sizeof *name);
	for (size_t i = 0; i < count; i++)
		for (size_t d = 0; d < 2; d++)
			if (history_count(&h[i], devices[d], NULL))
				overview_row(p, &h[i], devices[d]);
	html_table_end(p);
	fputs("</main>\n", p);
	return frame_end(p, f);
}
