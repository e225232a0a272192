/* wire - the judge's requests to launchers, and their replies */
#include "wire.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	char data[CMSG_SPACE(WIRE_FDS * sizeof(int))];
	struct cmsghdr align;
};

int wire_send(int sock, const void *message, size_t len, const int *fd, int fds)
{
	struct iovec iov = {(void *)(uintptr_t)message, len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control;
	ssize_t n;

	if (fds) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof control);
		m.msg_control = control.data;
		m.msg_controllen = CMSG_SPACE((size_t)fds * sizeof(int));
		c = &control.align;
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN((size_t)fds * sizeof(int));
		memcpy(CMSG_DATA(c), fd, (size_t)fds * sizeof(int));
	}
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len ? 0 : -1;
}

/* Waits until sock can be read. -1 with errno set. */
static int wait_readable(int sock, double timeout_s)
{
	double end = clock_seconds() + timeout_s;

	for (;;) {
		struct pollfd p = {.fd = sock, .events = POLLIN};
		double left = end - clock_seconds();
		int ms = timeout_s < 0 ? -1
		         : left > 0    ? (int)(left * 1e3) + 1
		                       : 0;
		int n = poll(&p, 1, ms);

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
		if (timeout_s >= 0 && clock_seconds() >= end) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

static void take_fds(struct msghdr *m, int *fd, int *fds)
{
	int room = fds ? *fds : 0, n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int one;

			memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
			if (n < room)
				fd[n++] = one;
			else
				close(one);
		}
	}
	if (fds)
		*fds = n;
}

int wire_receive(int sock, void *message, size_t len, int *fd, int *fds,
                 double timeout_s)
{
	struct iovec iov = {message, len};
	union control control;
	struct msghdr m = {.msg_iov = &iov,
	                   .msg_iovlen = 1,
	                   .msg_control = control.data,
	                   .msg_controllen = sizeof control};
	ssize_t n;

	if (wait_readable(sock, timeout_s))
		return -1;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -1;
	take_fds(&m, fd, fds);
	if (!n)
		return 0;
	if ((size_t)n != len) {
		errno = EPROTO;
		return -1;
	}
	return 1;
}
