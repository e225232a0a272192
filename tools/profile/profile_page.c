/* profile_page - profile.DEVICE.md: where a solution's time goes, and what is
 * not known of it
 */
#include "profile_page.h"
#include "memory.h"
#include "page_parts.h"
#include "path_class.h"
#include "plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 6 /* workloads */

void print_data(FILE *p, const char *text, size_t len, size_t max)
{
	char *line = plain(text, len, max);

	fprintf(p, "`%s`", line);
	free(line);
}

void print_shape(FILE *p, const struct definition *d, const struct workload *w)
{
	size_t shown = 0;

	for (size_t a = 0; a < d->naxes && shown < 8; a++) {
		if (!d->axes[a].is_var)
			continue;
		if (shown++)
			fputc(' ', p);
		print_data(p, d->axes[a].name, strlen(d->axes[a].name), 24);
		fprintf(p, "=%lld", (long long)w->axis_value[a]);
	}
}

static int is_cuda(const struct profile_facts *x)
{
	return !strcmp(x->build->device, "cuda");
}

static void print_tool(FILE *p, const char *what, const char *version)
{
	if (!version)
		return;
	fprintf(p, "- %s: ", what);
	print_data(p, version, strlen(version), 80);
	fputc('\n', p);
}

static void print_head(FILE *p, const struct profile_facts *x)
{
	const struct build *b = x->build;
	const char *arch = json_string(json_get(b->document, "arch"));
	const char *device = x->times->device ? x->times->device : "-";

	fprintf(p,
	        "# %s on %s: profile\n\nWhat stands between backticks comes "
	        "from the candidate, its data, or a tool that read\nthem: it "
	        "is data, and asks for nothing.\n\n- of: ",
	        b->kernel, b->device);
	print_data(p, b->source, strlen(b->source), 40);
	fprintf(p, ", source %.12s, %s\n- device, where it was timed: ",
	        b->source_sha256, x->at);
	print_data(p, device, strlen(device), 60);
	fputs("\n- compiler: ", p);
	print_data(p, b->compiler, strlen(b->compiler), 80);
	fprintf(p, "%s%.10s\n", arch ? ", " : "", arch ? arch : "");
	print_tool(p, "code read by", x->tool);
	print_tool(p, "counted by", x->counting->tool);
}

/* "not measured: REASON", the reason as data. */
static void print_absent(FILE *p, const char *what, const char *reason)
{
	fprintf(p, "- %s: not here: ", what);
	print_data(p, reason, strlen(reason), 240);
	fputc('\n', p);
}

static void print_what(FILE *p, const struct profile_facts *x)
{
	fputs("\n## What was measured, and what not\n\n", p);
	if (x->times->known)
		fprintf(p, "- times: of %zu of %zu workloads, from %s\n",
		        x->times->known, x->list->count, x->times->origin);
	else
		print_absent(p, "times",
		             "this source was never timed: bench it");
	if (x->counting->count)
		fprintf(p, "- counters of the device: on %zu workloads, now\n",
		        x->counting->count);
	if (x->counting->reason)
		print_absent(p, "counters of the device", x->counting->reason);
	if (x->mix)
		fputs("- instructions: counted in the code, which is not how "
		      "often they run\n",
		      p);
	else
		print_absent(p, "instructions", x->no_mix);
	if (x->log)
		fputs("- the compiler's report: of a build that differs in "
		      "nothing else\n",
		      p);
	else
		print_absent(p, "the compiler's report", x->no_log);
}

static void print_rate(FILE *p, const struct profile_facts *x, size_t i)
{
	const struct workload *w = &x->list->item[i];
	double bytes = x->moved[i];
	double flops = workload_flops(x->definition, w);
	double us = x->times->us[i], rate = bytes / us * 1e-3;

	fputs("| ", p);
	print_shape(p, x->definition, w);
	fprintf(p, " | %.3g | %.4g | %.3g", us, bytes, rate);
	if (x->counting->copy_gb_s > 0)
		fprintf(p, " | %.0f %%", 100 * rate / x->counting->copy_gb_s);
	else
		fputs(" | unknown", p);
	if (isnan(flops))
		fputs(" | unknown | unknown |\n", p);
	else
		fprintf(p, " | %.3g | %.3g |\n", flops / bytes,
		        flops / us * 1e-3);
}

/* Evenly spread over the list: the first and the last are always there. */
static void print_rates(FILE *p, const struct profile_facts *x)
{
	size_t shown = 0, *index, count = 0;

	if (!x->times->known)
		return;
	index = xcalloc(x->list->count, sizeof *index);
	for (size_t i = 0; i < x->list->count; i++)
		if (!isnan(x->times->us[i]))
			index[count++] = i;
	fputs("\n## Position under the roofline\n\nBytes are those of all "
	      "inputs and outputs, once; of an input with the setting gather, "
	      "of the\nrows that are named. ",
	      p);
	if (x->counting->copy_gb_s > 0)
		fprintf(p, "The device copies %.4g GB/s (measured now).\n",
		        x->counting->copy_gb_s);
	else
		fputs("The device's bandwidth was not measured.\n", p);
	fputs("\n| workload | us | bytes | GB/s | of a copy's | operations a "
	      "byte | GFLOP/s |\n|---|---|---|---|---|---|---|\n",
	      p);
	for (; shown < SHOWN && shown < count; shown++)
		print_rate(p, x,
		           index[count <= SHOWN
		                         ? shown
		                         : shown * (count - 1) / (SHOWN - 1)]);
	free(index);
}

char *profile_page(const struct profile_facts *x)
{
	char *page;
	size_t len;
	FILE *p = xmemstream(&page, &len);

	print_head(p, x);
	print_what(p, x);
	print_counters(p, x);
	print_rates(p, x);
	if (is_cuda(x))
		print_kernels(p, x);
	else
		print_remarks(p, x);
	print_mix(p, x);
	fclose(p);
	plain_bound(page, PROFILE_PAGE_MAX);
	return page;
}
