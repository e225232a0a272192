# parcel - results that somebody else changed

# certify RESULT ANSWER: makes the `done` beside it true of it, with this answer.
certify() {
	sed -i "s/^bytes.*/bytes = $(wc -c <"$1")/
		s/^sha256.*/sha256 = $(sha256sum <"$1" | cut -c -64)/
		s/^answer.*/answer = $2/" "${1%/*}/done"
}
