/* job_rule - which values a job's input sets have, and what is right for them
 */
#include "job_rule.h"
#include "job_view.h"
#include "memory.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t,"
#define DEFAULT_PLANT "large tiny rows"
#define PLAIN_SETS 2 /* at least; with other values are the planted ones */
#define PLANT_STREAM (UINT64_MAX - 1) /* of the seed */

/* float32 adds up in float32: this is more than that does, and less than
 * factors in TF32 or bfloat16 do. */
#define FLOAT32_SUMS 5e-5

/* The product of two factors that are 16 times as large. */
#define LARGE_ATOL 256

static const char *const name[PLANT_COUNT] = {
        [PLANT_NONE] = "none",         [PLANT_LARGE] = "large",
        [PLANT_TINY] = "tiny",         [PLANT_ROWS] = "rows",
        [PLANT_INTEGERS] = "integers",
};

const char *plant_name(enum plant p)
{
	return name[p];
}

/* Marks the plant that a word names; -1 for an unknown one. */
static int mark(char *is_wanted, const char *word)
{
	for (int p = PLANT_NONE; p < PLANT_COUNT; p++) {
		if (strcmp(word, name[p]) == 0) {
			is_wanted[p] = 1;
			return 0;
		}
	}
	return -1;
}

static void shuffle(const struct job *j, int *x, int n)
{
	for (int i = 0; i < n; i++)
		x[i] = i;
	for (int i = n - 1; i > 0; i--) {
		uint32_t word = random_word(j->seed, PLANT_STREAM, (uint64_t)i);
		int k = (int)(word % (uint32_t)(i + 1)), other = x[k];

		x[k] = x[i];
		x[i] = other;
	}
}

/* Gives the sets their kinds. */
static void assign(struct job *j, const char *is_wanted)
{
	int kinds = 0, at;

	for (int p = PLANT_NONE + 1; p < PLANT_COUNT; p++)
		kinds += is_wanted[p];
	j->plain = j->sets;
	if (j->phase == PHASE_VERIFY)
		j->plain -= kinds;
	if (j->plain < PLAIN_SETS)
		j->plain = PLAIN_SETS;
	j->sets = j->plain + kinds;
	shuffle(j, j->by_plant, j->sets);
	at = j->plain;
	for (int p = PLANT_NONE + 1; p < PLANT_COUNT; p++) {
		if (is_wanted[p])
			j->plant[j->by_plant[at++]] = (enum plant)p;
	}
}

int job_plant(struct job *j, struct fault *f)
{
	const char *words =
	        settings_string(&j->settings, "plant", DEFAULT_PLANT);
	char *copy = xstrdup(words), *rest = copy, *word;
	char is_wanted[PLANT_COUNT] = {0};
	int failed = 0;

	while (!failed && (word = strtok_r(rest, SEPARATORS, &rest))) {
		if (mark(is_wanted, word))
			failed = fault_set(f,
			                   "%s: want plant to be none or some "
			                   "of large tiny rows integers, got "
			                   "\"%s\"",
			                   j->settings.path, word);
	}
	free(copy);
	if (!failed)
		assign(j, is_wanted);
	return failed;
}

char *job_plants(const struct job *j)
{
	char *text = xstrdup("");

	for (int i = j->plain; i < j->sets; i++) {
		char *longer = xasprintf("%s%s%s", text, *text ? " " : "",
		                         name[j->plant[j->by_plant[i]]]);

		free(text);
		text = longer;
	}
	if (*text)
		return text;
	free(text);
	return xstrdup(name[PLANT_NONE]);
}

/* What rounding alone may do, relative to a number; 0 for integers. */
static double half_ulp(enum dtype t)
{
	return dtype_ulp(t, 1) / 2;
}

double job_half_ulp(const struct job *j)
{
	double most = 0;

	for (size_t i = 0; i < j->definition->noutputs; i++)
		most = fmax(most, half_ulp(job_compared(j, i)));
	return most;
}

struct check_rule job_rule(const struct job *j, int set, enum dtype output)
{
	struct check_rule r = j->rule;

	if (r.precision < 0)
		r.precision = output == DTYPE_FLOAT32 ? FLOAT32_SUMS
		                                      : half_ulp(output);
	r.least = dtype_ulp(output, 0) / 2;
	r.ulp = dtype_ulp(output, 1);
	/* An integer is a place as often as a number: no other one will do. */
	if (r.ulp == 0)
		r.atol = r.rtol = 0;
	if (j->plant[set] == PLANT_LARGE)
		r.atol *= LARGE_ATOL;
	if (j->plant[set] == PLANT_INTEGERS)
		r = (struct check_rule){.matched_ratio = 1};
	return r;
}
