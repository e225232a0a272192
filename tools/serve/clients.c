/* clients - those who ask at once, none of whom keeps the others waiting */
#include "clients.h"
#include "answer_page.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FINISH_S 1.0

struct client {
	int fd; /* 0: none */
	double until;
	char head[REQUEST_MAX];
	size_t len;
	struct buffer answer;
	size_t sent;
	int is_answered; /* what it still says is for nobody */
};

static void drop(struct client *c)
{
	close(c->fd);
	buffer_free(&c->answer);
	memset(c, 0, sizeof *c);
}

static void accept_one(int listener, struct client *client)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (int i = 0; fd >= 0 && i < CLIENTS; i++) {
		if (client[i].fd)
			continue;
		client[i].fd = fd;
		client[i].until = clock_seconds() + CLIENT_S;
		return;
	}
	if (fd >= 0)
		close(fd);
}

static int is_temporary(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Closed with something unread, a socket takes the answer back. */
static void let_finish(struct client *c)
{
	shutdown(c->fd, SHUT_WR);
	buffer_free(&c->answer);
	c->is_answered = 1;
	c->len = 0;
	c->until = clock_seconds() + FINISH_S;
}

static void hear(struct client *c, int port, struct pages *p)
{
	ssize_t n = recv(c->fd, c->head + c->len, sizeof c->head - c->len, 0);
	struct request r;
	int is;

	if (is_temporary(n))
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	if (c->is_answered)
		return;
	c->len += (size_t)n;
	is = request_read(c->head, c->len, &r);
	if (is == 0 && c->len < sizeof c->head)
		return;
	answer_page(p, is == 1 ? &r : NULL, port, &c->answer);
	c->until = clock_seconds() + CLIENT_S;
}

static void tell(struct client *c)
{
	ssize_t n = send(c->fd, c->answer.data + c->sent,
	                 c->answer.len - c->sent, MSG_NOSIGNAL);

	if (is_temporary(n))
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n <= 0)
		drop(c);
	else if (c->sent == c->answer.len)
		let_finish(c);
}

/* One poll: the listener, then those who are there. */
static int wait_for(int listener, const struct client *client,
                    struct pollfd poller[CLIENTS + 1])
{
	poller[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (int i = 0; i < CLIENTS; i++)
		poller[i + 1] = (struct pollfd){
		        .fd = client[i].fd ? client[i].fd : -1,
		        .events = client[i].answer.len ? POLLOUT : POLLIN};
	return poll(poller, CLIENTS + 1, 1000);
}

void clients_serve(int listener, int port, struct pages *p,
                   volatile const int *stop)
{
	static struct client client[CLIENTS];
	struct pollfd poller[CLIENTS + 1];

	while (!*stop) {
		if (wait_for(listener, client, poller) < 0)
			continue;
		for (int i = 0; i < CLIENTS; i++) {
			struct client *c = &client[i];

			if (!c->fd)
				continue;
			if (clock_seconds() > c->until)
				drop(c);
			else if (poller[i + 1].revents)
				c->answer.len ? tell(c) : hear(c, port, p);
		}
		if (poller[0].revents)
			accept_one(listener, client);
	}
	for (int i = 0; i < CLIENTS; i++)
		if (client[i].fd)
			drop(&client[i]);
}
