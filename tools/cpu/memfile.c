/* memfile - memory that the judge shares with a worker */
#include "memfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

int memfile_make(struct memfile *m, const char *name, size_t bytes,
                 int read_only, struct fault *f)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	*m = (struct memfile){.fd = -1, .bytes = bytes ? bytes : 1};
	m->fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (m->fd < 0)
		return fault_errno(f, "memory for %s", name);
	/* What cannot be had must fail here: later it would be a SIGBUS. */
	errno = posix_fallocate(m->fd, 0, (off_t)m->bytes);
	if (!errno) {
		m->map = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE,
		              MAP_SHARED | MAP_POPULATE, m->fd, 0);
		if (m->map == MAP_FAILED)
			m->map = NULL;
	}
	if (read_only)
		seals |= F_SEAL_FUTURE_WRITE;
	if (m->map && fcntl(m->fd, F_ADD_SEALS, seals) == 0)
		return 0;
	fault_errno(f, "%zu bytes of memory for %s", m->bytes, name);
	memfile_free(m);
	return -1;
}

void memfile_free(struct memfile *m)
{
	if (m->map)
		munmap(m->map, m->bytes);
	if (m->fd >= 0)
		close(m->fd);
	*m = (struct memfile){.fd = -1};
}
