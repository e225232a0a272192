/* filter - the system calls that foreign code is refused */
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "the jail's filter knows x86-64 and aarch64"
#endif

#define X32_BIT 0x40000000u
#define ROOM 512
#define NEW_NAMESPACES                                                         \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_PROCESS
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))
#define WHERE(field) ((uint32_t)offsetof(struct seccomp_data, field))
/* The low half of an argument; both architectures are little-endian. */
#define ARGUMENT(n) (WHERE(args) + 8u * (n))

struct program {
	struct sock_filter code[ROOM];
	unsigned short len;
};

static void add(struct program *p, unsigned code, uint32_t k, unsigned yes,
                unsigned no)
{
	if (p->len < ROOM)
		p->code[p->len++] = (struct sock_filter){
		        (uint16_t)code, (uint8_t)yes, (uint8_t)no, k};
}

static void load(struct program *p, uint32_t where)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, where, 0, 0);
}

static void answer(struct program *p, uint32_t what)
{
	add(p, BPF_RET | BPF_K, what, 0, 0);
}

/* If what is loaded compares so with k, the answer is what. */
static void answer_if(struct program *p, unsigned how, uint32_t k,
                      uint32_t what)
{
	add(p, BPF_JMP | how | BPF_K, k, 0, 1);
	answer(p, what);
}

/* Skips so many instructions unless the call is this one. */
static void unless_call_skip(struct program *p, long call, unsigned count)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, count);
}

static const int refused[] = {
        /* other processes */
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_kcmp,
        SYS_pidfd_open,
        SYS_pidfd_getfd,
        SYS_process_madvise,
        SYS_perf_event_open,
        /* namespaces and mounts */
        SYS_unshare,
        SYS_setns,
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_move_mount,
        SYS_open_tree,
        SYS_fsopen,
        SYS_fsconfig,
        SYS_fsmount,
        SYS_fspick,
        SYS_mount_setattr,
        SYS_fanotify_init,
        SYS_name_to_handle_at,
        SYS_open_by_handle_at,
        SYS_quotactl,
        /* the kernel's own keys, programs, queues and faults */
        SYS_keyctl,
        SYS_add_key,
        SYS_request_key,
        SYS_bpf,
        SYS_userfaultfd,
        SYS_io_uring_setup,
        SYS_io_uring_enter,
        SYS_io_uring_register,
        /* the machine */
        SYS_init_module,
        SYS_finit_module,
        SYS_delete_module,
        SYS_kexec_load,
        SYS_reboot,
        SYS_swapon,
        SYS_swapoff,
        SYS_acct,
        SYS_syslog,
        SYS_settimeofday,
        SYS_clock_settime,
        SYS_adjtimex,
        SYS_clock_adjtime,
        SYS_sethostname,
        SYS_setdomainname,
        SYS_lookup_dcookie,
        SYS_vhangup,
#if defined(__x86_64__)
        SYS_kexec_file_load,
        SYS_iopl,
        SYS_ioperm,
        SYS_modify_ldt,
        SYS_uselib,
#endif
};

/* The network namespace holds these families; others reach around it, as
 * AF_VSOCK does, or deep into the kernel. */
static void restrict_sockets(struct program *p)
{
	static const uint32_t family[] = {AF_UNIX, AF_INET, AF_INET6,
	                                  AF_NETLINK};
	const unsigned count = sizeof family / sizeof *family;

	unless_call_skip(p, SYS_socket, 2 + 2 * count);
	load(p, ARGUMENT(0));
	for (unsigned i = 0; i < count; i++)
		answer_if(p, BPF_JEQ, family[i], ALLOW);
	answer(p, REFUSE(EAFNOSUPPORT));
}

static void restrict_own_process(struct program *p)
{
	unless_call_skip(p, SYS_prctl, 4);
	load(p, ARGUMENT(0));
	answer_if(p, BPF_JEQ, PR_SET_PDEATHSIG, REFUSE(EPERM));
	answer(p, ALLOW);
	unless_call_skip(p, SYS_personality, 4);
	load(p, ARGUMENT(0));
	answer_if(p, BPF_JEQ, UINT32_MAX, ALLOW); /* a question */
	answer(p, REFUSE(EPERM));
}

/* clone3 has its flags in memory, where no filter can look: without it the C
 * library uses clone. */
static void restrict_clone(struct program *p, int forks)
{
	answer_if(p, BPF_JEQ, SYS_clone3, REFUSE(ENOSYS));
#ifdef SYS_fork
	if (!forks) {
		answer_if(p, BPF_JEQ, SYS_fork, REFUSE(EPERM));
		answer_if(p, BPF_JEQ, SYS_vfork, REFUSE(EPERM));
	}
#endif
	unless_call_skip(p, SYS_clone, 6);
	load(p, ARGUMENT(0));
	answer_if(p, BPF_JSET, NEW_NAMESPACES, REFUSE(EPERM));
	answer_if(p, BPF_JSET, CLONE_THREAD, ALLOW);
	answer(p, forks ? ALLOW : REFUSE(EPERM));
}

static void die_of_own_signals(struct program *p, long call, unsigned argument)
{
	unless_call_skip(p, call, 6);
	load(p, ARGUMENT(argument));
	answer_if(p, BPF_JEQ, SIGKILL, KILL);
	answer_if(p, BPF_JEQ, SIGABRT, KILL);
	answer(p, ALLOW);
}

static void make(struct program *p, int forks)
{
	load(p, WHERE(arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	answer(p, KILL);
	load(p, WHERE(nr));
#if defined(__x86_64__)
	answer_if(p, BPF_JGE, X32_BIT, REFUSE(ENOSYS));
#endif
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		answer_if(p, BPF_JEQ, (uint32_t)refused[i], REFUSE(EPERM));
	restrict_clone(p, forks);
	restrict_sockets(p);
	restrict_own_process(p);
	if (!forks) {
		die_of_own_signals(p, SYS_kill, 1);
		die_of_own_signals(p, SYS_tkill, 1);
		die_of_own_signals(p, SYS_tgkill, 2);
	}
	answer(p, ALLOW);
}

int filter_install(int forks)
{
	static struct program p;
	struct sock_fprog program = {.filter = p.code};

	make(&p, forks);
	program.len = p.len;
	/* Else older kernels turn off speculation, and kernels run slower. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	            SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0)
		return 0;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
