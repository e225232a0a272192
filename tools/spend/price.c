/* price - the table of prices: what a model's tokens cost */
#include "price.h"
#include "file.h"
#include "memory.h"
#include "number.h"
#include "tool.h"
#include "variable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX ((size_t)1 << 20)
#define HEADER "model\tinput\toutput\tcache_read\tcache_write"

struct price {
	double input, output, cache_read, cache_write;
};

static int is_loopback(const char *url)
{
	static const char *const host[] = {"localhost", "127.0.0.1", "[::1]"};
	const char *p = url ? strstr(url, "://") : NULL;

	for (size_t i = 0; p && i < sizeof host / sizeof *host; i++) {
		size_t len = strlen(host[i]);

		if (strncmp(p + 3, host[i], len) == 0 &&
		    strchr(":/", p[3 + len]))
			return 1; /* strchr finds the end as well */
	}
	return 0;
}

static int read_row(char *row, char **name, struct price *out)
{
	double *const field[] = {&out->input, &out->output, &out->cache_read,
	                         &out->cache_write};

	*name = strsep(&row, "\t");
	for (size_t i = 0; i < 4; i++) {
		char *text = strsep(&row, "\t");

		if (!text || number_read(text, field[i]))
			return -1;
	}
	return row || !**name ? -1 : 0;
}

/* The longest name that the model begins with; "local" has rank 0. */
static long rank(const char *name, const char *model, int is_local)
{
	size_t len = strlen(name);

	if (strcmp(name, "local") == 0)
		return is_local ? 0 : -1;
	return strncmp(name, model, len) == 0 ? (long)len : -1;
}

static int search(char *text, const char *path, const char *model, int is_local,
                  struct price *out, struct fault *f)
{
	long best = -1, number = 0;
	int has_header = 0;

	for (char *line, *next = text; (line = strsep(&next, "\n"));) {
		struct price p;
		char *name;

		number++;
		if (!*line || *line == '#')
			continue;
		if (!has_header) {
			has_header = strcmp(line, HEADER) == 0;
			if (has_header)
				continue;
			return fault_set(f,
			                 "%s:%ld: want the columns model, "
			                 "input, output, cache_read, "
			                 "cache_write, with tabs",
			                 path, number);
		}
		if (read_row(line, &name, &p))
			return fault_set(f,
			                 "%s:%ld: want a model and four "
			                 "prices of 0 or more, with tabs",
			                 path, number);
		if (rank(name, model, is_local) > best) {
			best = rank(name, model, is_local);
			*out = p;
		}
	}
	return best < 0;
}

/* 0; 1 if no line names it; -1 trouble in the table. */
static int price_find(const char *model, const char *base_url,
                      struct price *out, struct fault *f)
{
	const char *named = variable("PRICES");
	char *path =
	        named ? xstrdup(named) : xasprintf("%s/prices.tsv", tool_dir());
	char *text = file_read(path, TABLE_MAX, NULL);
	int status;

	if (text)
		status = search(text, path, model, is_loopback(base_url), out,
		                f);
	else
		status = fault_errno(f, "%s", path);
	free(text);
	free(path);
	return status;
}

static double price_of(const struct price *p, const struct usage *u)
{
	return ((double)u->input_tokens * p->input +
	        (double)u->output_tokens * p->output +
	        (double)u->cache_read_tokens * p->cache_read +
	        (double)u->cache_write_tokens * p->cache_write) *
	       1e-6;
}

int price_usd(const char *model, const char *base_url, const struct usage *u,
              double *usd, struct fault *f)
{
	struct price p = {0};
	int status = price_find(model, base_url, &p, f);

	*usd = status == 0 ? price_of(&p, u) : NAN;
	return status < 0 ? -1 : 0;
}
