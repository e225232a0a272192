/* kernel_page - one kernel's history as a page */
#include "kernel_page.h"
#include "experiment_view.h"
#include "file.h"
#include "frame.h"
#include "html.h"
#include "lineage_view.h"
#include "markdown.h"
#include "memory.h"
#include "morning.h"
#include "open_view.h"
#include "page_data.h"
#include "plot.h"
#include "position.h"
#include "refused_view.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1 << 20)

static const char *const devices[] = {"cuda", "cpu"};

static char *text_of(const struct history *h, const char *name, size_t *len)
{
	char *path = xasprintf("%s/%s", h->dir, name);
	char *text = file_read(path, TEXT_MAX, len);

	free(path);
	return text;
}

static void print_head(FILE *p, const struct history *h, const struct facts *x)
{
	const char *what =
	        x->definition ? json_string(json_get(x->definition->document,
	                                             "description"))
	                      : NULL;

	fputs("<a class=\"skip\" href=\"#experiments\">To the experiments</a>\n"
	      "<header><nav aria-label=\"Page\"><a href=\"../index.html\">All "
	      "kernels</a> <a href=\"#experiments\">Experiments</a> <a "
	      "href=\"#refused\">Refused</a> <a href=\"#lessons\">Lessons</a>"
	      "</nav>\n<h1>",
	      p);
	html_name(p, h->kernel);
	fputs("</h1>\n", p);
	if (what)
		html_element(p, "p", what);
	fputs("</header>\n<main>\n", p);
}

static void print_device(FILE *p, const struct history *h, const char *device,
                         const struct facts *x)
{
	if (!history_count(h, device, NULL))
		return;
	fprintf(p, "<section id=\"on-%s\"><h2>On %s</h2>\n", device, device);
	morning_print(p, h, device, x);
	fputs("<h3>Best time, experiment by experiment</h3>\n<figure "
	      "class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Plot\">\n",
	      p);
	plot(p, h, device, PLOT_IN_PAGE);
	fputs("</figure>\n<h3>Each workload, and the roofline</h3>\n", p);
	if (!h->trust)
		position_print(p, h, device, x);
	fputs("<h3>Lineage</h3>\n", p);
	lineage_view(p, h, device);
	fputs("</section>\n", p);
}

static void print_experiments(FILE *p, const struct history *h,
                              const struct facts *x, const char *lessons)
{
	fputs("<section id=\"experiments\"><h2>Experiments</h2>\n", p);
	open_view(p, h);
	if (!h->ledger.count) {
		fputs("<p>No experiments yet: <code>make optimize</code>.</p>\n"
		      "</section>\n",
		      p);
		return;
	}
	fputs("<form id=\"filter\" hidden></form>\n", p);
	html_table_begin(p, "records", "All experiments");
	experiment_columns(p, h);
	for (size_t i = 0; i < h->ledger.count; i++)
		experiment_row(p, h, i);
	html_table_end(p);
	fputs("</section>\n<section id=\"details\"><h2>One by one</h2>\n", p);
	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];

		if (history_is_experiment(e) &&
		    ledger_find(&h->ledger, e->experiment) == e)
			experiment_section(p, h, i, x, lessons);
	}
	fputs("</section>\n", p);
}

static void print_lessons(FILE *p, const char *text)
{
	fputs("<section id=\"lessons\"><h2>Lessons</h2>\n", p);
	if (text)
		markdown(p, text, strlen(text), 3, 0);
	else
		fputs("<p>None are written yet: <code>make report</code>.</p>"
		      "\n",
		      p);
	fputs("</section>\n", p);
}

/* A page of Markdown, in a section of its own. */
static void print_text(FILE *p, const struct history *h, const char *id,
                       const char *title, const char *name)
{
	size_t len;
	char *text = text_of(h, name, &len);

	if (text) {
		fprintf(p, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
		markdown(p, text, len, 3, 0);
		fputs("</section>\n", p);
	}
	free(text);
}

int kernel_page(FILE *p, const struct history *h, const struct facts *x,
                struct fault *f)
{
	char *lessons;

	if (frame_begin(p, h->kernel, f))
		return -1;
	lessons = text_of(h, "LESSONS.md", NULL);
	print_head(p, h, x);
	morning_cost(p, h);
	for (size_t d = 0; d < 2; d++)
		print_device(p, h, devices[d], x);
	print_experiments(p, h, x, lessons);
	fputs("<section id=\"refused\"><h2>Refused as cheating</h2>\n", p);
	refused_view(p, h);
	fputs("</section>\n", p);
	print_lessons(p, lessons);
	print_text(p, h, "plan", "Plan", "plan.md");
	print_text(p, h, "profile-cuda", "Profile on cuda", "profile.cuda.md");
	print_text(p, h, "profile-cpu", "Profile on cpu", "profile.cpu.md");
	print_text(p, h, "workload-profile", "What the workloads are like",
	           "workload_profile.md");
	page_data(p, h);
	free(lessons);
	fputs("</main>\n", p);
	return frame_end(p, f);
}
