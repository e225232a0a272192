/* errand - what a coding agent is started with: command, task, environment */
#include "errand.h"
#include "cage.h"
#include "key.h"
#include "memory.h"
#include "sandbox.h"
#include "variable.h"

#include <stdlib.h>

static const char first_task[] =
        "Make one candidate. Nobody is there to answer questions.\n\n"
        "Read CLAUDE.md, the rules, and brief.md, what is known of the kernel "
        "(it was written for a model that answers in blocks of text: you edit "
        "files instead). records/ has more.\n"
        "1. Choose one change.\n"
        "2. Write its four lines into proposal.txt: HYPOTHESIS:, MECHANISM:, "
        "PREDICTS: a number alone, such as 1.15, and RISK:.\n"
        "3. Make it in %s, and in no other file.\n"
        "4. ./step verify, and mend what it finds; ./step bench, if you want "
        "to know.\n"
        "5. Stop. What then stands in these two files is judged; ./step try "
        "is not for you.\n"
        "This turn ends after %.0f minutes at the latest.\n";

void errand_command(const struct errand *e, struct words *out)
{
	const struct cage cage = {.room = e->room->dir,
	                          .home = e->room->home,
	                          .program = e->program};
	const char *model = variable("MODEL");
	char *usd = xasprintf("%.2f", e->usd);
	char *edit = xasprintf("Edit(./%s)", e->room->file);

	if (e->bwrap)
		cage_command(out, e->bwrap, &cage);
	else
		words_add(out, e->program, NULL);
	words_add(out, "-p", "--output-format", "json", "--permission-mode",
	          "dontAsk", "--strict-mcp-config", "--max-budget-usd", usd,
	          "--allowedTools", "Read", "Bash(./step)", "Bash(./step:*)",
	          edit, "Edit(./proposal.txt)", NULL);
	if (model)
		words_add(out, "--model", model, NULL);
	if (*e->session)
		words_add(out, "--resume", e->session, NULL);
	free(edit);
	free(usd);
}

char *errand_task(const struct errand *e, const char *missing, int measured)
{
	const struct conversation *c = e->q->said;
	int is_new = !*e->session;
	const char *news = c->count > 1 ? c->turn[c->count - 1].prompt : "";
	char *first = xasprintf(first_task, e->room->file, e->limit_s / 60);
	char *text;

	if (missing && !is_new)
		text = xasprintf("There is no candidate yet: %s\n%sFinish now: "
		                 "%s with the one change, and the four lines "
		                 "of proposal.txt. Then stop.\n",
		                 missing, measured ? "You have measured. " : "",
		                 e->room->file);
	else if (missing)
		text = xasprintf("%s\n%s\nAn agent before you left something "
		                 "unfinished here: %s\n",
		                 first, news, missing);
	else if (c->count > 1)
		text = xasprintf("%s\nYour last candidate came back:\n\n%s\n",
		                 is_new ? first : "", news);
	else
		text = xstrdup(first);
	free(first);
	return text;
}

static void set(struct words *env, const char *name, const char *value)
{
	char *text = xasprintf("%s=%s", name, value);

	words_add(env, text, NULL);
	free(text);
}

static void pass(struct words *env, const char *const *name)
{
	for (; *name; name++) {
		const char *value = variable(*name);

		if (value)
			set(env, *name, value);
	}
}

int errand_environment(const struct errand *e, struct words *out,
                       struct fault *f)
{
	static const char *const passed[] = {
	        "ANTHROPIC_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
	        "SSL_CERT_FILE",      "PATH",        NULL};
	static const char *const keys[] = {"ANTHROPIC_API_KEY",
	                                   "ANTHROPIC_AUTH_TOKEN",
	                                   "CLAUDE_CODE_OAUTH_TOKEN"};
	const char *key, *effort = variable("EFFORT");

	pass(out, passed);
	set(out, "HOME", e->bwrap ? CAGE_HOME : e->room->home);
	set(out, "LANG", "C.UTF-8");
	set(out, "TERM", "dumb");
	set(out, "DISABLE_AUTOUPDATER", "1");
	set(out, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
	if (effort)
		set(out, "CLAUDE_CODE_EFFORT_LEVEL", effort);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (key_find(keys[i], &key, f))
			return -1;
		if (key)
			set(out, keys[i], key);
	}
	return 0;
}

void errand_step_environment(const struct errand *e, struct words *out)
{
	static const char *const passed[] = {
	        "PATH",      "HOME",        "KERNEL", "DEVICE",
	        "BENCH_S",   "SANITIZE",    "BUILD",  "KERNELS",
	        "WORKLOADS", "EXPERIMENTS", NULL};

	pass(out, passed);
	set(out, "AGENT_DIR", e->room->taken);
	if (!e->bwrap)
		set(out, "SANDBOX", sandbox_level());
}
