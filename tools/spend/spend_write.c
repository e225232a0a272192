/* spend_write - charges, reserved and settled under the journal's lock */
#include "budget.h"
#include "clock.h"
#include "file.h"
#include "journal.h"
#include "spend.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define ID_MAX 200

/* Takes the lock, and reads what stands under it. Returns the lock, or -1. */
static int enter(const char *path, struct spend *s, struct fault *f)
{
	int lock = lock_take(path, 1);

	if (lock < 0)
		return fault_errno(f, "%s", path);
	if (spend_read(path, s, f)) {
		close(lock);
		return -1;
	}
	return lock;
}

static int append(const char *path, const char *event, const char *id,
                  const char *kind, const struct amount *a, struct fault *f)
{
	json *line = json_object();
	char now[TIME_TEXT];
	int failed;

	time_text(now);
	json_add_string(line, "event", event);
	json_add_string(line, "id", id);
	if (kind)
		json_add_string(line, "kind", kind);
	if (isnan(a->usd))
		json_add_null(line, "usd");
	else
		json_add_number(line, "usd", a->usd);
	json_add_integer(line, "tokens", a->tokens);
	json_add_number(line, "gpu_s", a->gpu_s);
	json_add_string(line, "at", now);
	failed = journal_append(path, line, f);
	json_free(line);
	return failed;
}

static int check(const char *id, const struct amount *a, struct fault *f)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz"
	                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./#+-");

	if (len == 0 || len > ID_MAX || id[len])
		return fault_set(f,
		                 "%.40s: want an id of letters, digits and "
		                 "_./#+-, up to %d",
		                 id, ID_MAX);
	if (a->usd < 0 || isinf(a->usd) || !(a->gpu_s >= 0) ||
	    isinf(a->gpu_s) || a->tokens < 0)
		return fault_set(f, "%s: want amounts of 0 or more", id);
	return 0;
}

int spend_reserve(const char *path, const char *id, const char *kind,
                  const struct amount *cap, struct fault *f)
{
	struct spend s;
	struct amount budget;
	struct total t;
	int lock, status = -1;

	if (check(id, cap, f) || budget_read(&budget, f))
		return -1;
	if (strcmp(kind, "llm") != 0 && strcmp(kind, "agent") != 0 &&
	    strcmp(kind, "judge") != 0)
		return fault_set(f, "%s: want a kind: llm, agent or judge",
		                 kind);
	lock = enter(path, &s, f);
	if (lock < 0)
		return -1;
	t = spend_total(&s, NULL, NULL);
	if (spend_find(&s, id))
		fault_set(f, "%s: %s is reserved already", path, id);
	else
		status = budget_allows(&budget, &t, cap, f);
	if (status == 0)
		status = append(path, "reserve", id, kind, cap, f);
	spend_free(&s);
	close(lock);
	return status;
}

int spend_settle(const char *path, const char *id, const struct amount *spent,
                 struct fault *f)
{
	const struct charge *c;
	struct spend s;
	struct amount old;
	int lock, status;

	if (check(id, spent, f))
		return -1;
	lock = enter(path, &s, f);
	if (lock < 0)
		return -1;
	c = spend_find(&s, id);
	if (c) {
		old = c->spent;
		if (isnan(old.usd))
			old.usd = spent->usd; /* it may be known by now */
	}
	if (!c)
		status = fault_set(f, "%s: %s was not reserved", path, id);
	else if (c->settled_at && !amount_equal(&old, spent))
		status = fault_set(f, "%s: %s is settled already, otherwise",
		                   path, id);
	else if (c->settled_at && amount_equal(&c->spent, spent))
		status = 0;
	else
		status = append(path, "settle", id, NULL, spent, f);
	spend_free(&s);
	close(lock);
	return status;
}
