/* page_data - the numbers of a page as JSON in it, for its script and others */
#include "page_data.h"

#include <math.h>
#include <stdlib.h>

static void add_number(json *o, const char *key, double x)
{
	if (isfinite(x))
		json_add_number(o, key, x);
	else
		json_add_null(o, key);
}

static json *entry(const struct history *h, size_t i)
{
	const struct ledger_entry *e = &h->ledger.item[i];
	char *tried = history_tried(h, i);
	json *o = json_object();

	json_add_string(o, "experiment", e->experiment);
	json_add_string(o, "device", e->device);
	json_add_string(o, "proposer", e->proposer);
	json_add_string(o, "outcome", e->outcome);
	json_add_string(o, "reason", e->reason);
	json_add_string(o, "incumbent", e->incumbent);
	json_add_string(o, "at", e->at);
	add_number(o, "speedup", e->speedup);
	add_number(o, "ci_low", e->ci_low);
	add_number(o, "ci_high", e->ci_high);
	add_number(o, "us", h->is_timed ? h->moment[i].us : (double)NAN);
	add_number(o, "of_start", exp(h->link[i].y));
	json_add_string(o, "tried", tried);
	free(tried);
	return o;
}

/* These three stand only in strings, where an escape says the same. */
static void put_safe(FILE *p, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(p, "\\u%04x", (unsigned)*text);
		else
			putc(*text, p);
	}
}

void page_data(FILE *p, const struct history *h)
{
	json *d = json_object(), *list = json_array();
	char *text;

	json_add_string(d, "kernel", h->kernel);
	for (size_t i = 0; i < h->ledger.count; i++)
		json_add(list, NULL, entry(h, i));
	json_add(d, "records", list);
	text = json_text(d, 0);
	fputs("<script type=\"application/json\" id=\"data\">", p);
	put_safe(p, text);
	fputs("</script>\n", p);
	free(text);
	json_free(d);
}
