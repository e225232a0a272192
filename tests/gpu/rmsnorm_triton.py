"""rmsnorm_triton - rmsnorm_h4096 in Triton, with knobs that start badly"""
import triton
import triton.language as tl

# knob: ROWS 1 2 4 8
ROWS = 8
# knob: WARPS 1 2 4 8 16
WARPS = 1


@triton.jit
def normalize(x, weight, y, batch, HIDDEN: tl.constexpr, ROWS: tl.constexpr):
    column = tl.arange(0, HIDDEN)
    factor = tl.load(weight + column).to(tl.float32)
    for i in range(ROWS):
        row = tl.program_id(0) * ROWS + i
        if row < batch:
            value = tl.load(x + row * HIDDEN + column).to(tl.float32)
            mean = tl.sum(value * value) / HIDDEN
            value = value / tl.sqrt(mean + 1e-5) * factor
            tl.store(y + row * HIDDEN + column, value.to(y.dtype.element_ty))


def run(hidden_states, weight, output):
    batch, hidden = hidden_states.shape
    normalize[(triton.cdiv(batch, ROWS),)](
        hidden_states, weight, output, batch, HIDDEN=hidden, ROWS=ROWS,
        num_warps=WARPS)
