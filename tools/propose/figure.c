/* figure - the numbers that a text states, as far as digits show them */
#include "figure.h"
#include "memory.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX 40 /* bytes; longer numbers equal nothing, */
#define POWER_MAX 30  /* nor do those beyond these powers of ten */

static int is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

size_t word_length(const char *p, const char *end)
{
	const char *start = p;

	if (is_digit(p, end))
		return 0;
	while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	return (size_t)(p - start);
}

static const char *skip_digits(const char *p, const char *end)
{
	while (is_digit(p, end))
		p++;
	return p;
}

static int is_unit(const char *word, size_t len)
{
	static const char *const unit[] = {
	        "times",        "percent",      "ns",
	        "us",           "ms",           "s",
	        "sec",          "seconds",      "nanoseconds",
	        "microseconds", "milliseconds", "b",
	        "byte",         "bytes",        "kb",
	        "mb",           "gb",           "tb",
	        "kib",          "mib",          "gib",
	        "hz",           "khz",          "mhz",
	        "ghz",          "flop",         "flops",
	        "gflops",       "tflops",       "cycles",
	        "registers",    "usd"};

	for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
		if (strlen(unit[i]) == len &&
		    strncasecmp(unit[i], word, len) == 0)
			return 1;
	return 0;
}

static int begins(const char *p, const char *end, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(end - p) >= len && memcmp(p, with, len) == 0;
}

/* A percent sign or a unit follows, at once or after a space. 16x16 and
 * 16 x 16 are sizes, 2x is a claim. */
static int has_unit(const char *p, const char *end)
{
	int is_apart = p < end && *p == ' ';
	size_t len;

	p += is_apart;
	if (begins(p, end, "%") || begins(p, end, "\xc2\xb5s") ||
	    begins(p, end, "\xce\xbcs") || begins(p, end, "$"))
		return 1;
	if (!is_apart && (begins(p, end, "x") || begins(p, end, "X")))
		return word_length(p, end) == 1;
	if (!is_apart && begins(p, end, "\xc3\x97"))
		return !is_digit(p + 2, end);
	len = word_length(p, end);
	return len > 0 && is_unit(p, len);
}

/* The length of "e-3" at p, 0 if none is there. */
static size_t exponent_length(const char *p, const char *end)
{
	const char *e = p;

	if (e == end || (*e != 'e' && *e != 'E'))
		return 0;
	e++;
	e += e < end && (*e == '-' || *e == '+');
	return is_digit(e, end) ? (size_t)(skip_digits(e, end) - p) : 0;
}

int figure_read(const char *p, const char *end, struct figure *out)
{
	const char *start = p, *e;
	char text[NUMBER_MAX + 1];
	size_t tail;
	long power;

	if (!is_digit(p, end) &&
	    !(p < end && *p == '.' && is_digit(p + 1, end)))
		return -1;
	*out = (struct figure){.at = p, .value = NAN};
	p = skip_digits(p, end);
	if (p < end && *p == '.' && is_digit(p + 1, end)) {
		e = skip_digits(p + 1, end);
		out->digits = (int)(e - p) - 1;
		p = e;
	}
	tail = exponent_length(p, end);
	out->is_claim = out->digits > 0 || tail > 0 || has_unit(p, end);
	out->len = (size_t)(p - start) + tail;
	if (out->len > NUMBER_MAX)
		return 0;
	memcpy(text, start, out->len);
	text[out->len] = '\0';
	power = tail ? strtol(text + (p - start) + 1, NULL, 10) : 0;
	if (power < -POWER_MAX || power > POWER_MAX)
		return 0;
	out->value = strtod(text, NULL);
	out->digits -= out->value > 0 ? (int)power : 0;
	return 0;
}

int figure_is(const struct figure *f, double x)
{
	/* A little more than half a unit: 0.5 is not exact in binary. */
	return fabs(fabs(x) - f->value) <=
	       0.5000001 * pow(10, -(double)f->digits);
}

struct figures {
	double *value;
	size_t count, room;
};

static void read_line(const char *p, const char *end, struct figures *out)
{
	struct figure f;

	while (p < end) {
		size_t len = word_length(p, end);
		const char *close;

		if (len == 0 && figure_read(p, end, &f) == 0) {
			if (out->count == out->room) {
				out->room = out->room ? out->room * 2 : 256;
				out->value = xrealloc(out->value, out->room,
				                      sizeof *out->value);
			}
			out->value[out->count++] = f.value;
			len = f.len;
		} else if (*p == '`') {
			close = memchr(p + 1, '`', (size_t)(end - p) - 1);
			len = (size_t)((close ? close : end - 1) - p) + 1;
		}
		p += len ? len : 1;
	}
}

/* Of the blocks that quote() makes, those with our own tables; the others hold
 * a stranger's source, or what it printed. */
static int is_record(const char *label, size_t len)
{
	static const char *const record[] = {
	        "device",  "floor", "lessons",   "notes",           "profile",
	        "results", "rules", "workloads", "workload-profile"};

	for (size_t i = 0; i < sizeof record / sizeof *record; i++)
		if (strlen(record[i]) == len &&
		    memcmp(record[i], label, len) == 0)
			return 1;
	return 0;
}

double *figures_of(const char *text, size_t *count)
{
	struct figures all = {xcalloc(1, sizeof(double)), 0, 1};
	size_t fence = 0, len, ticks;
	int counts = 1;

	for (; *text; text += len + (text[len] == '\n')) {
		const char *line = text, *end;

		len = strcspn(text, "\n");
		end = text + len;
		ticks = strspn(line, "`");
		if (ticks >= 3 && fence == 0) {
			fence = ticks;
			counts = is_record(line + ticks, len - ticks);
		} else if (ticks == fence && ticks == len && fence > 0) {
			fence = 0;
			counts = 1;
		} else if (counts) {
			line += 2 * (strncmp(line, "| ", 2) == 0 && fence);
			if (strncmp(line, "    ", 4) != 0 && *line != '\t')
				read_line(line, end, &all);
		}
	}
	*count = all.count;
	return all.value;
}
