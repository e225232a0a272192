/* samples - bench.tsv and confirm.tsv: raw timings, one row a slot */
#include "samples.h"
#include "file.h"
#include "gunzip.h"
#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)
#define HEADER                                                                 \
	"phase\tprocess\tpair\tside\tmode\tworkload\tset\tcalls\ttime_ns\t"    \
	"wall_ns\tsm_mhz\tthrottled\tstatus"
#define COLUMNS 13

static const char *const side_names[] = {"candidate", "incumbent", "incumbent2",
                                         "-"};

static int parse_side(const char *text, enum side *out)
{
	for (int i = 0; i <= SIDE_COUNT; i++) {
		if (strcmp(text, side_names[i]) == 0) {
			*out = (enum side)i;
			return 0;
		}
	}
	return -1;
}

static int parse_integer(const char *text, int64_t lo, int64_t hi, int64_t *out)
{
	char *end;

	if (!*text || strspn(text, "-0123456789") != strlen(text))
		return -1;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return *end || errno || *out < lo || *out > hi ? -1 : 0;
}

static int parse_int(const char *text, int lo, int *out)
{
	int64_t value;

	if (parse_integer(text, lo, INT32_MAX, &value))
		return -1;
	*out = (int)value;
	return 0;
}

static int parse_word(const char *text, char *out, size_t size)
{
	if (!*text || strlen(text) >= size)
		return -1;
	strcpy(out, text);
	return 0;
}

/* Splits a line at its tabs; returns the number of fields, at most max + 1. */
static int split(char *line, char **field, int max)
{
	int n = 0;

	for (char *next = line; next; line = next) {
		if (n == max)
			return max + 1;
		next = strchr(line, '\t');
		if (next)
			*next++ = '\0';
		field[n++] = line;
	}
	return n;
}

static int parse_row(char *line, struct sample *r)
{
	char *v[COLUMNS];

	memset(r, 0, sizeof *r);
	if (split(line, v, COLUMNS) != COLUMNS)
		return 0;
	if (parse_word(v[0], r->phase, sizeof r->phase))
		return 1;
	if (parse_int(v[1], 0, &r->process))
		return 2;
	if (parse_int(v[2], 0, &r->pair))
		return 3;
	if (parse_side(v[3], &r->side))
		return 4;
	if (parse_word(v[4], r->mode, sizeof r->mode))
		return 5;
	if (parse_word(v[5], r->workload, sizeof r->workload))
		return 6;
	if (parse_int(v[6], -1, &r->set))
		return 7;
	if (parse_int(v[7], 0, &r->calls))
		return 8;
	if (parse_integer(v[8], 0, INT64_MAX, &r->time_ns))
		return 9;
	if (parse_integer(v[9], 0, INT64_MAX, &r->wall_ns))
		return 10;
	if (parse_int(v[10], 0, &r->sm_mhz))
		return 11;
	if (parse_int(v[11], 0, &r->throttled) || r->throttled > 1)
		return 12;
	if (parse_word(v[12], r->status, sizeof r->status))
		return 13;
	return -1;
}

static void add_note_line(struct samples *s, const char *line)
{
	char *notes = xasprintf("%s%s\n", s->notes ? s->notes : "", line);

	free(s->notes);
	s->notes = notes;
}

static int parse_lines(const char *path, char *text, struct samples *s,
                       struct fault *f)
{
	int has_header = 0;
	long number = 1;

	for (char *line = text, *end; *line; line = end + 1, number++) {
		struct sample row;
		int bad;

		end = strchr(line, '\n');
		if (!end)
			return fault_set(f, "%s:%ld: want a newline at the end",
			                 path, number);
		*end = '\0';
		if (!has_header && strncmp(line, "# ", 2) == 0) {
			add_note_line(s, line);
			continue;
		}
		if (!has_header) {
			if (strcmp(line, HEADER))
				return fault_set(f,
				                 "%s:%ld: want the header of "
				                 "bench.tsv",
				                 path, number);
			has_header = 1;
			continue;
		}
		bad = parse_row(line, &row);
		if (bad == 0)
			return fault_set(f, "%s:%ld: want %d columns", path,
			                 number, COLUMNS);
		if (bad > 0)
			return fault_set(f, "%s:%ld: bad column %d", path,
			                 number, bad);
		samples_add(s, &row);
	}
	return has_header ? 0
	                  : fault_set(f, "%s:%ld: want the header of bench.tsv",
	                              path, number);
}

static char *read_packed(const char *path, size_t *len, struct fault *f)
{
	size_t size = 0;
	char *data = file_read(path, MAX_FILE, &size), *text = NULL;

	if (data)
		text = gunzip(data, size, MAX_FILE, len);
	if (!text)
		fault_errno(f, "%s", path);
	free(data);
	return text;
}

/* The file, or what disk.sh made of it. */
static char *read_text(const char *path, size_t *len, struct fault *f)
{
	char *text = file_read(path, MAX_FILE, len), *packed;

	if (text)
		return text;
	fault_errno(f, "%s", path);
	packed = xasprintf("%s.gz", path);
	if (!file_exists(path) && file_exists(packed))
		text = read_packed(packed, len, f);
	free(packed);
	return text;
}

int samples_read(const char *path, struct samples *s, struct fault *f)
{
	size_t len;
	char *text = read_text(path, &len, f);
	int failed;

	*s = (struct samples){.row = NULL};
	if (!text)
		return -1;
	sha256_hex(text, len, s->sha256);
	if (strlen(text) != len)
		failed = fault_set(f, "%s: holds a NUL byte", path);
	else
		failed = parse_lines(path, text, s, f);
	free(text);
	if (failed) {
		samples_free(s);
		return -1;
	}
	if (!s->notes)
		s->notes = xstrdup("");
	return 0;
}

int samples_write(const char *path, const struct samples *s)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int failed;

	if (!out)
		return -1;
	fprintf(out, "%s" HEADER "\n", s->notes ? s->notes : "");
	for (size_t i = 0; i < s->count; i++) {
		const struct sample *r = &s->row[i];

		fprintf(out,
		        "%s\t%d\t%d\t%s\t%s\t%s\t%d\t%d\t%lld\t%lld\t%d\t%d\t"
		        "%s\n",
		        r->phase, r->process, r->pair, side_names[r->side],
		        r->mode, r->workload, r->set, r->calls,
		        (long long)r->time_ns, (long long)r->wall_ns, r->sm_mhz,
		        r->throttled, r->status);
	}
	if (fclose(out))
		return -1;
	failed = file_write(path, text, len);
	free(text);
	return failed;
}

void samples_add(struct samples *s, const struct sample *row)
{
	if ((s->count & (s->count - 1)) == 0)
		s->row = xrealloc(s->row, s->count ? s->count * 2 : 1,
		                  sizeof *s->row);
	s->row[s->count++] = *row;
}

void samples_note(struct samples *s, const char *key, const char *value)
{
	char *line = xasprintf("# %s %s", key, value);

	for (char *p = line; *p; p++) {
		if (*p == '\n')
			*p = ' ';
	}
	add_note_line(s, line);
	free(line);
}

char *samples_get_note(const struct samples *s, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = s->notes; p && *p; p = strchr(p, '\n') + 1) {
		if (strncmp(p + 2, key, n) == 0 && p[2 + n] == ' ')
			return strndup(p + n + 3, strcspn(p + n + 3, "\n"));
	}
	return NULL;
}

void samples_free(struct samples *s)
{
	free(s->row);
	free(s->notes);
	*s = (struct samples){.row = NULL};
}
