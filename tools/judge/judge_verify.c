/* judge_verify - is the candidate right? Every workload, every input set
 *
 * First each workload's sets in random order, a plain one before the others,
 * because what is wrong with that is easiest to name; then all of everything
 * again in another order, so that what a call leaves behind meets other shapes.
 * What is drawn at random is then drawn often enough to tell how often.
 */
#include "clock.h"
#include "file.h"
#include "job_rule.h"
#include "job_view.h"
#include "json.h"
#include "judge.h"
#include "judged.h"
#include "memory.h"
#include "progress.h"
#include "project.h"
#include "sandbox.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct proof {
	const char *reason; /* NULL: right so far */
	char detail[320];
	int launches;
	int64_t draws;
	struct check check; /* of plain sets, and of what failed */
};

struct verification {
	const struct job *job;
	struct session *session;
	struct judged judged;
	struct runner *runner; /* NULL: none is alive */
	struct proof *proof;   /* one a workload */
	const char *end;       /* the reason that ended it early, or NULL */
};

/* After these another process would not fare better. */
static int is_final(const char *reason)
{
	return strcmp(reason, REASON_DIED) == 0 ||
	       strcmp(reason, REASON_TIMEOUT) == 0 ||
	       strcmp(reason, REASON_UNSUPPORTED) == 0 ||
	       strcmp(reason, REASON_DEVICE_STATE) == 0;
}

static json *axes_of(const struct job *job, const struct workload *w)
{
	const struct definition *d = job->definition;
	json *axes = json_object();

	for (size_t i = 0; i < d->naxes; i++) {
		if (d->axes[i].is_var)
			json_add_integer(axes, d->axes[i].name,
			                 w->axis_value[i]);
	}
	return axes;
}

/* What was wrong, with which shape, unless it is listed, and with which
 * values, unless they were plain. */
static void name_reason(const struct verification *v, size_t workload, int set,
                        const struct measurement *m)
{
	const struct workload *w = &v->job->workloads.item[workload];
	enum plant plant = v->job->plant[set];
	struct proof *p = &v->proof[workload];
	json *axes = axes_of(v->job, w);
	char *shape = json_text(axes, 0);
	int hidden = workload_is_hidden(w->uuid);

	p->reason = m->reason;
	snprintf(p->detail, sizeof p->detail, "%.120s%s%s%s%s%.200s",
	         hidden ? shape : "", hidden ? ": " : "",
	         plant ? "values `" : "", plant ? plant_name(plant) : "",
	         plant ? "`: " : "", m->detail);
	if (job_shares(v->job))
		warnx("beside others: workload %s: %s: %s", w->uuid, p->reason,
		      p->detail);
	json_free(axes);
	free(shape);
}

static int call_once(struct verification *v, size_t workload, int set,
                     struct fault *f)
{
	struct proof *p = &v->proof[workload];
	struct measurement m = {.draws = 0};

	if (!v->runner)
		v->runner = runner_start(v->session, CANDIDATE, 1, f);
	if (!v->runner ||
	    judged_measure(v->runner, workload, &set, 1, v->job->mode, &m, f))
		return -1;
	p->launches++;
	p->draws = m.draws;
	if (m.reason || v->job->plant[set] == PLANT_NONE)
		check_merge(&p->check, &m.check);
	if (!m.reason)
		return 0;
	name_reason(v, workload, set, &m);
	runner_stop(v->runner);
	v->runner = NULL;
	if (is_final(m.reason))
		v->end = m.reason;
	return 0;
}

static void plain_first(const struct job *job, int *set)
{
	int k = 0;

	while (set[k] != job->by_plant[0])
		k++;
	set[k] = set[0];
	set[0] = job->by_plant[0];
}

static int first_round(struct verification *v, struct fault *f)
{
	size_t count = v->job->workloads.count;
	int set[JOB_SETS_MAX];

	for (size_t w = 0; w < count && !v->end; w++) {
		judged_order(&v->judged, set, v->job->sets);
		plain_first(v->job, set);
		progress("verify: workload %zu/%zu", w + 1, count);
		for (int i = 0; i < v->job->sets; i++) {
			if (v->end || v->proof[w].reason)
				break;
			if (call_once(v, w, set[i], f))
				return -1;
		}
	}
	return 0;
}

/* All again, while there is time. */
static int second_round(struct verification *v, struct fault *f)
{
	int sets = v->job->sets, failed = 0;
	int count = (int)v->job->workloads.count * sets;
	int *order = xcalloc((size_t)count, sizeof *order);

	judged_order(&v->judged, order, count);
	for (int i = 0; i < count && !failed && !v->end; i++) {
		size_t w = (size_t)(order[i] / sets);
		double left =
		        v->job->start + v->job->budget_s - clock_seconds();

		if (left <= 0)
			break;
		progress("verify: again %d/%d, at most %.0f s left", i + 1,
		         count, left);
		if (!v->proof[w].reason)
			failed = call_once(v, w, order[i] % sets, f);
	}
	free(order);
	return failed;
}

/* Draws of one workload on new values: a few whatever the time, but for rows
 * that leave nothing to choose; more while there is some. */
static int draw_more(struct verification *v, size_t workload, struct fault *f)
{
	const struct job *job = v->job;
	const struct proof *p = &v->proof[workload];
	int64_t rows = sampling_rows(&job->sampling, job->definition,
	                             job->workloads.item[workload].axis_value);

	for (int64_t n = 0; p->draws < SAMPLING_DRAWS; n++) {
		int set = job->by_plant[n % job->plain];
		int few = p->draws < SAMPLING_LEAST &&
		          n * rows < SAMPLING_TRIES * SAMPLING_LEAST;
		double left = job->start + job->budget_s - clock_seconds();

		if (p->reason || v->end || (left <= 0 && !few) ||
		    n * rows >= SAMPLING_TRIES * SAMPLING_DRAWS)
			break;
		progress("verify: %lld draws of %d", (long long)p->draws,
		         SAMPLING_DRAWS);
		if (session_refresh(v->session, workload, set, f) ||
		    call_once(v, workload, set, f))
			return -1;
	}
	return 0;
}

/* compute-sanitizer looks at the code, and nobody at what comes out. */
static int is_drawn(const struct job *job)
{
	return job->sampling.is && !(job->is_cuda && job->sanitize);
}

static int draw_often(struct verification *v, struct fault *f)
{
	int failed = 0;

	for (size_t w = 0; w < v->job->workloads.count && !failed; w++)
		failed = is_drawn(v->job) && draw_more(v, w, f);
	return failed;
}

/* An answer that is right as far as could be seen. */
static void say_what_is_unseen(const struct job *job, struct proof *p)
{
	if (is_drawn(job) && !p->reason && p->draws < SAMPLING_LEAST)
		snprintf(p->detail, sizeof p->detail,
		         "%lld draws leave a choice: too few to tell how they "
		         "are spread",
		         (long long)p->draws);
}

static json *head(const struct verification *v)
{
	const struct job *job = v->job;
	json *j = json_object();
	char seed[24], *plants = job_plants(job), *views = job_views(job);

	snprintf(seed, sizeof seed, "0x%016llx", (unsigned long long)job->seed);
	json_add_string(j, "judge_version", JUDGE_VERSION);
	json_add_string(j, "kernel", job->definition->name);
	json_add_string(j, "device", job->is_cuda ? "cuda" : "cpu");
	json_add_string(j, "device_name", session_device_name(v->session));
	json_add_string(j, "driver", session_driver(v->session));
	json_add_string(j, "node", session_node());
	json_add_string(j, "reference", session_reference(v->session));
	json_add_string(j, "timing", session_timing(v->session));
	json_add_string(j, "sandbox", sandbox_level());
	json_add_string(j, "hidden", job->hidden);
	if (job->harness) {
		json_add_string(j, "trust", TRUST_USER);
		json_add_string(j, "harness", job->harness);
	}
	if (job->sanitize)
		json_add_string(j, "sanitize", job->sanitize);
	if (*views)
		json_add_string(j, "views", views);
	json_add_integer(j, "sets", job->sets);
	json_add_number(j, "half_ulp", job_half_ulp(job));
	json_add_string(j, "plant", plants);
	json_add_string(j, "seed", seed);
	json_add_string(j, "nonce", job->nonce);
	json_add_integer(j, "workloads", (int64_t)job->workloads.count);
	json_add_integer(j, "fits", session_fits(v->session));
	if (v->end)
		json_add_string(j, "finished", v->end);
	else
		json_add_boolean(j, "finished", 1);
	free(plants);
	free(views);
	return j;
}

static json *line(const struct verification *v, size_t workload)
{
	const struct workload *w = &v->job->workloads.item[workload];
	const struct proof *p = &v->proof[workload];
	const struct check *c = &p->check;
	json *j = json_object();

	json_add_string(j, "uuid", w->uuid);
	json_add(j, "axes", axes_of(v->job, w));
	json_add_string(j, "status", p->reason ? p->reason : "ok");
	json_add_string(j, "detail", p->detail);
	json_add_integer(j, "launches", p->launches);
	json_add_number(j, "max_absolute_error", c->max_abs);
	json_add_number(j, "max_relative_error", c->max_rel);
	json_add_number(j, "matched_ratio", check_matched_ratio(c));
	json_add_number(j, "rms_ratio", check_rms_ratio(c));
	return j;
}

static void print(FILE *out, json *j)
{
	char *text = json_text(j, 0);

	fprintf(out, "%s\n", text);
	free(text);
	json_free(j);
}

/* Returns 1 if a workload has a reason. */
static int write_results(const struct verification *v, struct fault *f)
{
	char *path = job_file(v->job, "verify.jsonl"), *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int answer = 0;

	print(out, head(v));
	for (size_t w = 0; w < v->job->workloads.count; w++) {
		if (v->proof[w].launches == 0)
			continue;
		say_what_is_unseen(v->job, &v->proof[w]);
		print(out, line(v, w));
		answer |= v->proof[w].reason != NULL;
	}
	fclose(out);
	if (file_write(path, text, len))
		answer = fault_errno(f, "%s", path);
	free(text);
	free(path);
	return answer;
}

int judge_verify(const struct job *job, struct session *s, struct fault *f)
{
	struct verification v = {.job = job, .session = s};
	int answer;

	judged_start(&v.judged, job);
	v.proof = xcalloc(job->workloads.count, sizeof *v.proof);
	fprintf(stderr,
	        "verify: %zu workloads, %d input sets, twice: at most %.0f s\n",
	        job->workloads.count, job->sets, job->budget_s);
	answer = first_round(&v, f) || second_round(&v, f) || draw_often(&v, f);
	runner_stop(v.runner);
	progress_clear();
	answer = answer ? -1 : write_results(&v, f);
	free(v.proof);
	return answer;
}
