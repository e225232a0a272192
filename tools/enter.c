/* enter - the last step into the jail: bounds itself, then becomes a program
 *
 * Started by the judge alone, through bubblewrap or not. It runs nothing until
 * the judge is its parent, and dies with the judge from then on.
 */
#include "enter.h"
#include "filter.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILE_BYTES ((rlim_t)256 << 20) /* of each file that it writes */
#define OPEN_FILES 4096
#define NOBODY 65534
#define PROCESSES 4096 /* and threads */

enum { FDS = 1, FLAGS, BYTES, DIR, PROGRAM };

static int report;

_Noreturn static void fail(const char *what)
{
	const char word = ENTER_FAILED;

	warn("%s", what);
	_exit(write(report, &word, 1) == 1 ? EXIT_TROUBLE : EXIT_RETRY);
}

/* Without what root may, now and ever. */
static void become_nobody(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

	for (unsigned long c = 0; c <= CAP_LAST_CAP; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) && errno != EINVAL)
			fail("capabilities");
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) ||
	    syscall(SYS_capset, &head, none))
		fail("nobody");
}

/* The judge is the parent once it says go, and must be there still. */
static void wait_for_judge(int go)
{
	const char word = ENTER_READY;
	struct pollfd p = {.fd = go};
	char byte;
	ssize_t n;

	if (write(report, &word, 1) != 1)
		_exit(EXIT_RETRY);
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(EXIT_RETRY);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		fail("prctl");
	if (poll(&p, 1, 0) < 0 || (p.revents & (POLLHUP | POLLERR)))
		_exit(EXIT_RETRY);
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(resource, &r))
		fail("getrlimit");
	r.rlim_max = r.rlim_max < most ? r.rlim_max : most;
	r.rlim_cur = r.rlim_cur < r.rlim_max ? r.rlim_cur : r.rlim_max;
	if (setrlimit(resource, &r))
		fail("setrlimit");
}

static void set_limits(const char *flags, const char *bytes)
{
	rlim_t memory = strtoull(bytes, NULL, 10);

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	limit(RLIMIT_NOFILE, OPEN_FILES);
	if (memory)
		limit(RLIMIT_DATA, memory);
	/* Elsewhere it would count what else this user runs. */
	if (strchr(flags, ENTER_JAILED))
		limit(RLIMIT_NPROC, PROCESSES);
}

int main(int argc, char *argv[])
{
	int fds, go;

	if (argc <= PROGRAM)
		errx(EXIT_TROUBLE, "the judge alone starts this program");
	fds = atoi(argv[FDS]);
	report = ENTER_FIRST_FD + fds;
	go = report + 1;
	if (close_range((unsigned)go + 1, ~0u, 0) ||
	    fcntl(report, F_SETFD, FD_CLOEXEC) ||
	    fcntl(go, F_SETFD, FD_CLOEXEC))
		errx(EXIT_TROUBLE, "the judge alone starts this program");
	if (strchr(argv[FLAGS], ENTER_NOBODY))
		become_nobody();
	wait_for_judge(go);
	set_limits(argv[FLAGS], argv[BYTES]);
	if (chdir(argv[DIR]))
		fail(argv[DIR]);
	unsetenv("PWD"); /* bubblewrap's */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail("prctl");
	if (filter_install(strchr(argv[FLAGS], ENTER_FORKS) != NULL))
		fail("seccomp");
	execv(argv[PROGRAM], argv + PROGRAM);
	fail(argv[PROGRAM]);
}
