/* level - how foreign code is confined here, and why if it is not */
#include "level.h"
#include "bwrap.h"
#include "memory.h"
#include "program.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *level;    /* once it is found */
static struct fault refusal; /* or this */

const char *level_bwrap(struct fault *f)
{
	static char *found;

	if (!found)
		found = program_find("bwrap");
	if (!found && access("/usr/bin/bwrap", X_OK) == 0)
		found = xstrdup("/usr/bin/bwrap");
	if (!found)
		fault_set(f, "bubblewrap is not installed");
	return found;
}

static long number_in(const char *path)
{
	FILE *in = fopen(path, "re");
	long n = -1;

	if (in && fscanf(in, "%ld", &n) != 1)
		n = -1;
	if (in)
		fclose(in);
	return n;
}

/* What the user can do about it. */
static const char *remedy(void)
{
	struct fault ignored;

	if (!level_bwrap(&ignored))
		return "make deps installs it";
	if (number_in("/proc/sys/user/max_user_namespaces") == 0)
		return "allow user namespaces: sysctl "
		       "user.max_user_namespaces=10000";
	if (number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "allow user namespaces: sysctl "
		       "kernel.unprivileged_userns_clone=1";
	if (number_in("/proc/sys/kernel/"
	              "apparmor_restrict_unprivileged_userns") == 1)
		return "AppArmor forbids user namespaces: sysctl "
		       "kernel.apparmor_restrict_unprivileged_userns=0";
	if (access("/.dockerenv", F_OK) == 0 ||
	    access("/run/.containerenv", F_OK) == 0)
		return "start the container with --security-opt "
		       "seccomp=unconfined --security-opt "
		       "systempaths=unconfined; or SANDBOX=container if it "
		       "holds one candidate and is thrown away";
	return "allow this user to make user namespaces";
}

/* Starts bubblewrap whatever SANDBOX says. Returns -1 with the fault set:
 * why it does not work here. */
static int sandbox_try_bwrap(struct fault *f)
{
	char *program = xasprintf("%s/enter", tool_dir());
	const char *const argv[] = {program, NULL}, *const env[] = {NULL};
	const struct sandbox s = {.argv = argv, .env = env};
	const char *bwrap = level_bwrap(f);
	struct jailed j;
	int failed = -1;

	if (bwrap) {
		failed = sandbox_spawn_in(bwrap, &s, &j, f);
		/* Versions before 0.7 cannot bound the size of a tmpfs. */
		if (failed && strstr(f->text, "--size")) {
			bwrap_sizes = 0;
			failed = sandbox_spawn_in(bwrap, &s, &j, f);
		}
		/* Once more: what fails twice is no accident. */
		if (failed)
			failed = sandbox_spawn_in(bwrap, &s, &j, f);
		/* Root of a container may have no nobody. */
		if (failed) {
			bwrap_users = 0;
			failed = sandbox_spawn_in(bwrap, &s, &j, f);
		}
	}
	if (!failed) {
		sandbox_kill(&j);
		sandbox_free(&j);
	} else {
		struct fault why = *f;

		fault_set(f, "%.300s; %s", why.text, remedy());
	}
	free(program);
	return failed;
}

int sandbox_is_root(void)
{
	return geteuid() == 0 && !bwrap_users;
}

static int is(const char *said, const char *word)
{
	return strcmp(said, word) == 0;
}

const char *sandbox_find_level(struct fault *f)
{
	const char *said = getenv("SANDBOX");
	struct fault why;

	said = said ? said : "";
	if (!level && !*refusal.text) {
		if (is(said, "none") || is(said, "container"))
			level = is(said, "none") ? "none" : "container";
		else if (*said && !is(said, "bwrap") && !is(said, "own"))
			fault_set(&refusal,
			          "SANDBOX=%.40s: want bwrap, container, none "
			          "or own",
			          said);
		else if (sandbox_try_bwrap(&why) == 0)
			level = "bwrap";
		else if (is(said, "own"))
			level = "none";
		else
			fault_set(&refusal,
			          "no jail for foreign code: %.380s. Or, for "
			          "code that you would run yourself: "
			          "SANDBOX=none",
			          why.text);
	}
	if (!level)
		*f = refusal;
	return level;
}

int sandbox_admits_strangers(struct fault *f)
{
	const char *said = getenv("SANDBOX"), *found = sandbox_find_level(f);

	if (!found)
		return -1;
	if (strcmp(found, "none") || (said && is(said, "none")))
		return 0;
	return fault_set(f, "no jail for a stranger's text: make doctor says "
	                    "what is missing. Or, for text that you would run "
	                    "yourself: SANDBOX=none");
}

const char *sandbox_level(void)
{
	struct fault f;
	const char *found = sandbox_find_level(&f);

	return found ? found : "none";
}

void sandbox_trust(void)
{
	level = sandbox_level();
}

void sandbox_require(void)
{
	struct fault f;

	if (!sandbox_find_level(&f))
		errx(EXIT_TROUBLE, "%s", f.text);
}
