# slurm - a real Slurm on loopback: munged, slurmctld, and slurmd as the nodes n1
# and n2

needs_slurm() {
	PATH=$PATH:/usr/sbin
	for program in munged slurmctld slurmd sbatch srun scancel; do
		command -v $program >/dev/null || skip "no $program: make deps DEV=1"
	done
	[ "$(id -u)" -eq 0 ] || skip "slurmd wants root"
}

free_ports() {
	python3 -c '
import socket
all = [socket.socket() for _ in range(3)]
for s in all:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in all])'
}

# slurm_start: once a file of tests; sets SLURM_CONF.
slurm_start() {
	S=$(mktemp -d /tmp/ratchet-test-XXXXXX) # a socket's path must be short
	chmod 755 "$S"
	mkdir -p "$S/state" "$S/n1" "$S/n2"
	read -r control one two <<<"$(free_ports)"
	head -c 1024 /dev/urandom >"$S/key"
	chmod 600 "$S/key"
	cat >"$S/slurm.conf" <<-END
		ClusterName=test
		SlurmctldHost=$(hostname -s)(127.0.0.1)
		SlurmctldPort=$control
		SlurmUser=root
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$S/munge
		StateSaveLocation=$S/state
		SlurmdSpoolDir=$S/%n
		SlurmctldPidFile=$S/slurmctld.pid
		SlurmdPidFile=$S/%n.pid
		SlurmctldLogFile=$S/slurmctld.log
		SlurmdLogFile=$S/%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SwitchType=switch/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SlurmdTimeout=10
		KillWait=1
		SlurmdParameters=config_overrides
		SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
		ReturnToService=2
		NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$one CPUs=1
		NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$two CPUs=1
		PartitionName=all Nodes=n1,n2 Default=YES State=UP MaxTime=60
	END
	export SLURM_CONF=$S/slurm.conf
	munged --foreground --force --num-threads=1 --key-file="$S/key" --socket="$S/munge" \
		--pid-file="$S/munge.pid" --log-file="$S/munge.log" \
		--seed-file="$S/munge.seed" >"$S/words" 2>&1 3>&- &
	disown $!
	until [ -S "$S/munge" ]; do sleep 0.05; done
	slurmctld -D -c >>"$S/words" 2>&1 3>&- &
	disown $!
	slurmd_start n1
	slurmd_start n2
	slurm_await
}

# Both nodes are there.
slurm_await() {
	for _ in $(seq 100); do
		[ "$(sinfo -h -o '%t %D' 2>/dev/null)" != 'idle 2' ] || return 0
		sleep 0.1
	done
	sinfo -N
	tail "$S"/*.log
	return 1
}

slurmd_start() {
	slurmd -D -N "$1" >>"$S/words" 2>&1 3>&- &
	disown $!
	until [ -s "$S/$1.pid" ]; do sleep 0.05; done
}

# A node's death: of slurmd, of a job's step there, and of what that runs.
slurmd_kill() {
	kill -9 "$(cat "$S/$1.pid")" $(pgrep -f "^slurmstepd: \[$2\.") $3
	rm "$S/$1.pid"
}

slurm_stop() {
	[ -n "${S-}" ] || return 0
	for daemon in n1 n2 slurmctld munge; do
		pid=$(cat "$S/$daemon.pid" 2>/dev/null) || continue
		kill "$pid" || continue
		while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
	done
	rm -rf "$S"
}
