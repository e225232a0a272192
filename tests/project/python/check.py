from fast import count

assert [count(n) for n in (0, 1, 7)] == [0, 1, 7]
