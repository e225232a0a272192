/* status - where all kernels stand, what is at work, and on what */
#include "tool.h"
#include "view.h"

#include <err.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#define USAGE "status [-j] -b build -e experiments"

/* Bars are drawn where the user's own locale says so. */
static int is_utf8(void)
{
	locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	int is = user && strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;

	if (user)
		freelocale(user);
	return is;
}

int main(int argc, char *argv[])
{
	struct view v = {.experiments = NULL};
	int c, is_json = 0;
	struct fault f;

	tool_start();
	while ((c = getopt(argc, argv, "b:e:j")) != -1) {
		if (c == 'b')
			v.build = optarg;
		else if (c == 'e')
			v.experiments = optarg;
		else if (c == 'j')
			is_json = 1;
		else
			tool_usage(USAGE);
	}
	if (optind != argc || !v.build || !v.experiments)
		tool_usage(USAGE);
	if (standings_read(v.experiments, &v.standings, &f) ||
	    running_read(v.experiments, v.build, &v.running, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (gpus_read(&v.gpus, &f))
		v.gpus.count = 0;
	if (is_json)
		view_json(&v);
	else
		view_text(&v, is_utf8());
	standings_free(&v.standings);
	running_free(&v.running);
	return EXIT_YES;
}
