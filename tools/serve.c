/* serve - the pages of records, for a browser on this machine */
#include "clients.h"
#include "tool.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define USAGE "serve [-p port] experiments command [argument ...]"
#define PORT 8128

static volatile int stop;

static void end(int sig)
{
	(void)sig;
	stop = 1;
}

static void catch_signals(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction action = {.sa_handler = end};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], &action, NULL);
}

/* On loopback alone. *port 0 becomes what the system chose. */
static int listen_at(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	                        .sin_port = htons((uint16_t)*port),
	                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, CLIENTS) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		if (errno == EADDRINUSE)
			errx(EXIT_TROUBLE,
			     "port %d is taken: say another, PORT=%d", *port,
			     *port + 1);
		err(EXIT_TROUBLE, "port %d", *port);
	}
	*port = ntohs(a.sin_port);
	return fd;
}

int main(int argc, char *argv[])
{
	struct pages pages = {.stamp = ""};
	int port = PORT, listener, c;
	char *rest;

	tool_start();
	/* The command has options of its own. */
	while ((c = getopt(argc, argv, "+p:")) != -1) {
		if (c != 'p')
			tool_usage(USAGE);
		port = (int)strtol(optarg, &rest, 10);
		if (*rest || rest == optarg || port < 0 || port > 65535)
			errx(EXIT_TROUBLE, "-p: want a port, got '%s'", optarg);
	}
	if (argc - optind < 2)
		tool_usage(USAGE);
	pages.experiments = argv[optind];
	pages.command = argv + optind + 1;
	listener = listen_at(&port);
	catch_signals();
	printf("serving http://127.0.0.1:%d/ to this machine; Ctrl-C ends it\n",
	       port);
	fflush(stdout);
	clients_serve(listener, port, &pages, &stop);
	return EXIT_YES;
}
