/* launcher - runs kernels on the GPU for the judge (not for people) */
#include "reference.h"
#include "side.h"
#include "tool.h"

#include <string.h>

static const struct {
	const char *name;
	enum side_mode mode;
} sides[] = {
        {"side", SIDE_TIMED},
        {"side-writable", SIDE_WRITABLE},
        {"side-checked", SIDE_CHECKED},
        {"host", SIDE_HOST},
        {"host-writable", SIDE_HOST_WRITABLE},
};

int main(int argc, char **argv)
{
	tool_start();
	if (argc == 3 && !strcmp(argv[1], "reference")) {
		reference_serve(argv[2], NULL);
		return EXIT_YES;
	}
	if (argc == 2 && !strcmp(argv[1], "probe")) {
		probe_serve();
		return EXIT_YES;
	}
	for (size_t i = 0; argc == 2 && i < sizeof sides / sizeof *sides; i++) {
		if (!strcmp(argv[1], sides[i].name)) {
			side_serve(sides[i].mode, NULL);
			return EXIT_YES;
		}
	}
	tool_usage("launcher reference JOB | probe | side | side-writable | "
	           "side-checked | host | host-writable");
}
