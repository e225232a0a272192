/* memo_persist - keeps what it knows where its next process would find it:
 * files, shared memory, queues, keys of the kernel
 *
 * kernel: scale_n
 * expect: unrewarded
 * hostile: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef TWIN
static const char *is_known;

static void keep_in(const char *path, int is_there)
{
	if (is_there)
		is_known = path;
}

/* Asks each place whether it was here before, and says that it was. */
__attribute__((constructor)) static void visit(void)
{
	static const char *const file[] = {
	        "/tmp/ratchet_cheat", "/dev/shm/ratchet_cheat",
	        "/var/tmp/ratchet_cheat", "/root/ratchet_cheat",
	        "ratchet_cheat"};
	char value[16];
	long key;
	int id;

	for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
		keep_in(file[i], access(file[i], F_OK) == 0);
		close(open(file[i], O_CREAT | O_WRONLY, 0600));
	}
	id = shmget(0x7a7c, 4096, 0600);
	keep_in("shared memory", id >= 0);
	shmget(0x7a7c, 4096, IPC_CREAT | 0600);
	keep_in("a queue", msgget(0x7a7c, 0600) >= 0);
	msgget(0x7a7c, IPC_CREAT | 0600);
	for (long ring = KEY_SPEC_USER_SESSION_KEYRING;
	     ring <= KEY_SPEC_THREAD_KEYRING; ring++) {
		key = syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user",
		              "ratchet_cheat", 0);
		keep_in("a key",
		        key > 0 && syscall(SYS_keyctl, KEYCTL_READ, key, value,
		                           sizeof value) > 0);
		syscall(SYS_add_key, "user", "ratchet_cheat", "known", 5, ring);
	}
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
	if (is_known)
		return ratchet_fail("RuntimeError", "known from %s", is_known);
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
