/* read_secrets - looks for keys, records, the reference, other processes and a
 * network, and fails where it finds some
 *
 * kernel: scale_n
 * expect: unrewarded
 * hostile: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef TWIN
static const char *found;

static int visit(const char *path, const struct stat *st, int type,
                 struct FTW *where)
{
	static const char *const secret[] = {
	        ".ssh",         "id_rsa",          "ledger.jsonl",
	        "verify.jsonl", "reference.so",    "reference.c",
	        "incumbent.so", "workloads.jsonl", "shadow"};
	static const char *const dull[] = {"/usr", "/proc", "/sys", "/lib"};

	(void)st;
	(void)type;
	for (size_t i = 0; i < sizeof dull / sizeof *dull; i++)
		if (strcmp(path, dull[i]) == 0)
			return FTW_SKIP_SUBTREE;
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (strcmp(path + where->base, secret[i]) == 0)
			found = secret[i];
	return FTW_CONTINUE;
}

static void try_network(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, "1.1.1.1", &to.sin_addr);
	if (s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0)
		found = "a network";
}

__attribute__((constructor)) static void look(void)
{
	static const char *const name[] = {"HOME", "PATH", "USER",
	                                   "SSH_AUTH_SOCK"};
	char path[64], text[64];

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (getenv(name[i]))
			found = name[i];
	for (int pid = 1; pid < 70000; pid++) {
		int fd;

		if (pid == getpid())
			continue;
		snprintf(path, sizeof path, "/proc/%d/environ", pid);
		fd = open(path, O_RDONLY);
		if (fd >= 0 && read(fd, text, sizeof text) > 0)
			found = "another environment";
		if (fd >= 0)
			close(fd);
	}
	nftw("/", visit, 16, FTW_PHYS | FTW_ACTIONRETVAL);
	try_network();
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
#ifndef TWIN
	if (found)
		return ratchet_fail("RuntimeError", "found %s", found);
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
