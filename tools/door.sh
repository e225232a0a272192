#!/bin/sh
# door - ./step in a workspace: passes its words to the repository that made it
#
# .step/where says which that is, and whose kernel. Where it is out of reach,
# in a jail, .step/requests leads to whoever holds the other end, who checks
# the words again and answers in files that cannot be written from in here.
set -u

LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 2
refuse() {
	echo "step: $*" >&2
	exit 2
}

words=$*
case $words in
*[!a-z0-9_\ ]*) refuse "want one of the words that ./step help lists" ;;
esac
[ ${#words} -le 64 ] || refuse "want one of the words that ./step help lists"

if [ -p .step/requests ]; then
	id=$(date +%s%N)$$
	echo "$id $words" >.step/requests || exit 2
	until [ -e ".step/$id.status" ]; do
		sleep 0.1
	done
	cat ".step/$id.output"
	exit "$(cat ".step/$id.status")"
fi

repository=
while IFS='=' read -r name value; do
	case $name in
	repository) repository=$value ;;
	KERNEL) KERNEL=$value ;;
	DEVICE) DEVICE=$value ;;
	BUILD) BUILD=$value ;;
	KERNELS) KERNELS=$value ;;
	WORKLOADS) WORKLOADS=$value ;;
	EXPERIMENTS) EXPERIMENTS=$value ;;
	*) refuse ".step/where: $name is not known here" ;;
	esac
done <.step/where
AGENT_DIR=$PWD
export AGENT_DIR KERNEL DEVICE BUILD KERNELS WORKLOADS EXPERIMENTS
[ -x "$repository/step" ] ||
	refuse "$repository: the repository is not there: make workspace again"
exec "$repository/step" "$@"
