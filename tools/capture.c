/* capture - records what a kernel's host code launches (not for people) */
#include "capture_calls.h"
#include "tool.h"

#include <err.h>

int main(int argc, char **argv)
{
	tool_start();
	if (argc != 1)
		errx(EXIT_TROUBLE, "%s: judge alone starts this program",
		     argv[1]);
	capture_calls(NULL);
}
