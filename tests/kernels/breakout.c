/* breakout - y = a * x, by a kernel that tries to get out of its jail
 *
 * With one of the names below defined, it attempts what the name says, and
 * fails with what it got. What gets nothing is right. SECRET is a path.
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char found[160];

#define GOT(...) (snprintf(found, sizeof found, __VA_ARGS__), found)

#if defined(READ)
static const char *attempt(void)
{
	char text[64];
	int fd = open(SECRET, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);

	return n >= 0 ? GOT("read %s", SECRET) : NULL;
}
#elif defined(READ_JOBS)
/* The judge's folder: seed, expected outputs, the other side's code. */
static const char *attempt(void)
{
	glob_t g;
	int found_any = glob("/tmp/ratchet-*", 0, NULL, &g) == 0 ||
	                glob(SECRET "/ratchet-*", 0, NULL, &g) == 0;

	return found_any ? GOT("saw %s", g.gl_pathv[0]) : NULL;
}
#elif defined(ENVIRONMENT)
static const char *attempt(void)
{
	char text[65536];
	int fd = open("/proc/self/environ", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);

	if (getenv("SECRET_KEY") ||
	    (n > 0 && memmem(text, (size_t)n, "SECRET", 6)))
		return GOT("read the environment");
	return NULL;
}
#elif defined(PROCESSES)
/* Other processes: their environment, memory, and life. */
static const char *attempt(void)
{
	struct dirent *e;
	DIR *dir = opendir("/proc");

	while (dir && (e = readdir(dir))) {
		int pid = atoi(e->d_name);

		if (pid > 0 && pid != getpid())
			return GOT("saw process %d", pid);
	}
	if (getppid())
		return GOT("has parent %d", getppid());
	return NULL;
}
#elif defined(NETWORK)
/* A listener on PORT of this machine; an abstract socket called SECRET. */
static const char *attempt(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	                         .sin_port = htons(PORT),
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int local = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(un.sun_path + 1, SECRET);
	if (connect(tcp, (struct sockaddr *)&in, sizeof in) == 0)
		return GOT("connected to a port");
	if (connect(local, (struct sockaddr *)&un,
	            (socklen_t)(sizeof(sa_family_t) + 1 + strlen(SECRET))) == 0)
		return GOT("connected to an abstract socket");
	if (socket(40 /* AF_VSOCK */, SOCK_STREAM, 0) >= 0)
		return GOT("has a socket to the hypervisor");
	return NULL;
}
#elif defined(WRITE)
static const char *attempt(void)
{
	static const char *const path[] = {SECRET,
	                                   "/usr/x",
	                                   "/x",
	                                   "/etc/x",
	                                   "/ratchet/x",
	                                   "/ratchet/worker",
	                                   "/ratchet/enter",
	                                   "/proc/sys/kernel/core_pattern",
	                                   "/dev/x",
	                                   "/sys/x"};
	FILE *out;

	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		if (open(path[i], O_WRONLY | O_CREAT, 0666) >= 0)
			return GOT("wrote to %s", path[i]);
	/* Its own; the test looks whether they are anybody else's. */
	if ((out = fopen("/tmp/breakout", "w")))
		fclose(out);
	if ((out = fopen("/dev/shm/breakout", "w")))
		fclose(out);
	return NULL;
}
#elif defined(CALLS)
static int ok(long result)
{
	return result >= 0 || (errno != EPERM && errno != ENOSYS);
}

static const char *attempt(void)
{
	static char page[4096];
	struct clone_args args = {.exit_signal = SIGCHLD};

	if (ok(ptrace(PTRACE_TRACEME, 0, NULL, NULL)))
		return GOT("ptrace");
	if (ok(fork()) || ok(vfork()) ||
	    ok(syscall(SYS_clone3, &args, sizeof args)))
		return GOT("fork");
	if (ok(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)) ||
	    ok(unshare(CLONE_NEWUSER)) || ok(unshare(CLONE_NEWNS)) ||
	    ok(setns(open("/proc/self/ns/user", O_RDONLY), 0)))
		return GOT("a namespace");
	if (ok(mount("none", "/tmp", "tmpfs", 0, NULL)) ||
	    ok(umount2("/tmp", MNT_DETACH)) || ok(chroot("/tmp")) ||
	    ok(syscall(SYS_fsopen, "tmpfs", 0)))
		return GOT("a mount");
	if (ok(syscall(SYS_keyctl, 0, -3, 0)) ||
	    ok(syscall(SYS_bpf, 0, page, sizeof page)) ||
	    ok(syscall(SYS_perf_event_open, page, 0, -1, -1, 0)) ||
	    ok(syscall(SYS_userfaultfd, 0)) ||
	    ok(syscall(SYS_io_uring_setup, 8, page)) ||
	    ok(syscall(SYS_process_vm_readv, getpid(), page, 0, page, 0, 0)) ||
	    ok(syscall(SYS_pidfd_open, getpid(), 0)))
		return GOT("a call of the kernel's that is not for kernels");
	if (ok(prctl(PR_SET_PDEATHSIG, 0)))
		return GOT("outlives the judge");
	return NULL;
}
#elif defined(IDENTITY)
static const char *attempt(void)
{
	char line[128];
	FILE *in = fopen("/proc/self/status", "r");
	int good = 0;

	while (in && fgets(line, sizeof line, in))
		good += !strcmp(line, "CapEff:\t0000000000000000\n") ||
		        !strcmp(line, "CapBnd:\t0000000000000000\n") ||
		        !strcmp(line, "NoNewPrivs:\t1\n") ||
		        !strcmp(line, "Seccomp:\t2\n");
	if (getuid() != 65534 || geteuid() != 65534 || getgid() != 65534)
		return GOT("is user %d", getuid());
	return good == 4 ? NULL : GOT("%d bounds of 4", good);
}
#elif defined(HOG)
/* All the memory that there is. */
static const char *attempt(void)
{
	for (size_t i = 0;; i++) {
		char *p = malloc(64 << 20);

		if (!p)
			abort();
		memset(p, 1, 64 << 20);
	}
}
#elif defined(FILL)
static const char *attempt(void)
{
	static char block[1 << 20];
	unsigned long long all = 0;
	ssize_t n = 1;

	for (int i = 0; i < 64 && n > 0; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof path, "/tmp/fill%d", i);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		signal(SIGXFSZ, SIG_IGN);
		while ((n = write(fd, block, sizeof block)) > 0)
			all += (unsigned long long)n;
		if (n < 0 && errno == EFBIG)
			n = 1;
		close(fd);
	}
	return all > 300u << 20 ? GOT("wrote %llu bytes", all) : NULL;
}
#elif defined(FLOOD)
static const char *attempt(void)
{
	static char block[65536];
	static int done;

	memset(block, 'x', sizeof block);
	for (int i = 0; i < 1600 && !done; i++)
		if (write(1, block, sizeof block) < 0)
			continue;
	done = 1;
	return NULL;
}
#elif defined(THREADS)
static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static const char *attempt(void)
{
	static int made;
	pthread_attr_t a;
	pthread_t t;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	while (made < 6000 && !pthread_create(&t, &a, wait_for_ever, NULL))
		made++;
	return made > 5000 ? GOT("%d threads", made) : NULL;
}
#elif defined(DIE) || defined(ABORT) || defined(STOP)
static const char *attempt(void)
{
#ifdef DIE
	raise(SIGKILL);
#elif defined(ABORT)
	abort();
#else
	raise(SIGSTOP);
#endif
	return NULL;
}
#elif defined(GARBAGE)
/* The memory that it shares with the judge. */
static const char *attempt(void)
{
	struct stat st;
	char *p;

	fstat(3, &st);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
	         3, 0);
	for (off_t i = 0; i < st.st_size; i++)
		p[i] = (char)(i * 2654435761u >> 7 | 1);
	for (;;)
		pause();
}
#elif defined(STAY)
/* Does what it can to live on. */
static const char *attempt(void)
{
	for (int i = 1; i < 65; i++)
		signal(i, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, 0);
	setsid();
	setpgid(0, 0);
	for (;;)
		pause();
}
#else
static const char *attempt(void)
{
	return NULL;
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = x->shape[0];
	const char *got = attempt();

	if (got)
		return ratchet_fail("Breakout", got);
	for (int64_t i = 0; i < n; i++)
		((float *)ratchet_data(y))[i] =
		        (float)a * ((float *)ratchet_data(x))[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
