# How many steps each count takes, of which one would do.
# knob: STEPS 1 8 64
STEPS = 64


def count(n):
    return sum(1 for _ in range(n * STEPS)) // STEPS
