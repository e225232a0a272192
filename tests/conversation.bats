load setup

# Conversations as those have them who ask: tests/programs/conversation-check.c.

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir k
	c=k/exp_0001/code
}

conversation() {
	"$BUILD/tests/conversation-check" "$@"
}

# Answers what waits.
answer() {
	printf '%s' "$1" >saved
	ask -e k -p replay -r saved $c
}

@test "a folder that is not there, or holds no prompt, is an empty conversation" {
	run -0 conversation show $c
	[ "$output" = "not waiting" ]
	mkdir -p $c
	echo system >$c/system.md
	run -0 conversation show $c
	[ "$output" = "not waiting" ]
}

@test "a turn waits from its prompt to its reply" {
	conversation begin $c 'be brief' one
	[ "$(cat $c/system.md)" = 'be brief' ]
	run -0 conversation show $c
	[ "$output" = $'one -> ?\nwaiting' ]
	answer yes
	run -0 conversation show $c
	[ "$output" = $'one -> yes\nnot waiting' ]
	conversation say $c 2 two
	run -0 conversation show $c
	[ "$output" = $'one -> yes\ntwo -> ?\nwaiting' ]
}

@test "the same once more changes nothing, anything else is refused" {
	conversation begin $c system one
	conversation begin $c 'another system' one
	[ "$(cat $c/system.md)" = system ]
	run -2 conversation begin $c system other
	[[ $output == *"1.prompt.md: is there and says something else" ]]
	answer yes
	conversation say $c 2 two
	conversation say $c 2 two
	run -2 conversation say $c 2 other
	[ "$(cat $c/2.prompt.md)" = two ]
}

@test "a beginning that was killed before its prompt begins again" {
	mkdir -p $c
	echo old >$c/system.md
	conversation begin $c new one
	[ "$(cat $c/system.md)" = new ]
}

@test "a turn is not said before the one before it is answered" {
	conversation begin $c system one
	run -2 conversation say $c 2 two
	[[ $output == *"1.reply.json: missing: turn 2 cannot be said yet" ]]
	answer yes
	run -2 conversation say $c 3 three
	run -2 conversation say $c 1 one
	run -2 conversation say $c 0 none
	[ "$(ls $c | grep -c prompt)" -eq 1 ]
}

@test "what is no text is not written, nor what is too long" {
	run -2 conversation begin $c system $'a\xff'
	[[ $output == *"1.prompt.md: want UTF-8 text without NUL: see byte 1" ]]
	run -2 conversation begin $c $'\xc0\xaf' one
	[ ! -e $c/1.prompt.md ]
	run -0 conversation show $c
}

@test "more turns than anybody should need are refused" {
	conversation begin $c system one
	answer yes
	for i in $(seq 2 101); do
		cp $c/1.prompt.md $c/$i.prompt.md
		cp $c/1.reply.json $c/$i.reply.json
	done
	run -2 conversation show $c
	[[ $output == *"more than 100 turns" ]]
	rm $c/101.*
	run -0 conversation show $c
}
