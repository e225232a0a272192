/* verify - is a candidate right? On every workload, with fresh inputs */
#include "build.h"
#include "file.h"
#include "front.h"
#include "json.h"
#include "memory.h"
#include "sandbox.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"verify [-v] [-g generate.json] [-m mode] [-t seconds] "               \
	"[-z sanitizers] -k kerneldir "                                        \
	"-w workloads -c cache -o verify.jsonl reference.json candidate.json"

/* The head alone: there is nothing to verify. */
static void write_head(const struct build *b, const char *path)
{
	json *j = json_object();
	char *text, *line;

	json_add_string(j, "judge_version", JUDGE_VERSION);
	json_add_string(j, "kernel", b->kernel);
	json_add_string(j, "device", b->device);
	json_add_string(j, "device_name", "-");
	json_add_string(j, "driver", "-");
	json_add_string(j, "timing", "-");
	json_add_string(j, "sandbox", sandbox_level());
	json_add_string(j, "hidden", "none");
	json_add_string(j, "seed", "-");
	json_add_integer(j, "workloads", 0);
	json_add_string(j, "finished", REASON_BUILD);
	text = json_text(j, 0);
	line = xasprintf("%s\n", text);
	if (file_write(path, line, strlen(line)))
		err(EXIT_TROUBLE, "%s", path);
	free(text);
	free(line);
	json_free(j);
}

int main(int argc, char *argv[])
{
	struct front front = {.parts = {.select = "full"}};
	struct build candidate;
	struct fault f;
	int opt, built;

	tool_start();
	while ((opt = getopt(argc, argv, "c:g:k:m:o:t:vw:z:")) != -1) {
		if (opt == 'g')
			front.parts.generator = optarg;
		else if (opt == 'z')
			front.parts.sanitize = optarg;
		else if (front_option(&front, opt, optarg))
			tool_usage(USAGE);
	}
	if (argc - optind != 2 || !front_is_complete(&front))
		tool_usage(USAGE);
	front.parts.reference = argv[optind];
	front.parts.candidate = argv[optind + 1];
	front.parts.phase = PHASE_VERIFY;
	if (build_read(front.parts.candidate, &candidate, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	built = candidate.ok;
	if (!built)
		write_head(&candidate, front.output);
	build_free(&candidate);
	return built ? front_judge(&front) : EXIT_NO;
}
