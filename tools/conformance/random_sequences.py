"""Random configurations of recurrent layers and of attention."""

import numpy
from trial import Dice, Trial

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


def recurrent(op: str):
    def made(dice: Dice) -> Trial:
        steps, batch, width, hidden = dice.size(1, 5), dice.size(1, 3), dice.size(1, 4), dice.size(1, 4)
        direction = dice.pick(list(DIRECTIONS))
        ways, gates, first = DIRECTIONS[direction], GATES[op], dice.flag(0.3)  # first: the batch comes first
        attributes = {"hidden_size": hidden, "direction": direction} | ({"layout": 1} if first else {})
        if op == "GRU" and dice.flag():
            attributes["linear_before_reset"] = 1
        state = [batch, ways, hidden] if first else [ways, batch, hidden]
        inputs = {"x": dice.array([batch, steps, width] if first else [steps, batch, width]),
                  "w": dice.array([ways, gates * hidden, width]), "r": dice.array([ways, gates * hidden, hidden]),
                  "b": dice.array([ways, 2 * gates * hidden]) if dice.flag() else None,
                  "lengths": numpy.full(batch, steps, numpy.int32) if dice.flag(0.4) else None,
                  "h": dice.array(state) if dice.flag(0.4) else None}
        if op == "LSTM":
            inputs |= {"c": dice.array(state) if dice.flag(0.4) else None,
                       "p": dice.array([ways, 3 * hidden]) if dice.flag(0.2) else None}
        names = ["y", "y_h", "y_c"] if op == "LSTM" else ["y", "y_h"]
        kept = [name if dice.flag(0.7) else "" for name in names]
        outputs = kept if any(kept) else names
        while not outputs[-1]:
            outputs.pop()
        return Trial(op, attributes, trimmed(inputs), {"w", "r"} | ({"b"} if inputs["b"] is not None else set()),
                     outputs)

    return made


def trimmed(inputs: dict) -> dict:
    """Without what is left out at the end."""
    names = [name for name, data in inputs.items() if data is not None]
    last = list(inputs).index(names[-1])
    return dict(list(inputs.items())[: last + 1])


def attention(dice: Dice) -> Trial:
    batch, groups, repeat = dice.size(1, 2), dice.size(1, 2), dice.size(1, 3)
    heads, queries, keys = groups * repeat, dice.size(1, 4), dice.size(1, 5)
    width, value_width, past = dice.size(1, 4), dice.size(1, 4), dice.size(1, 3)
    flat, cached = dice.flag(), dice.flag(0.4)

    def operand(count: int, length: int, wide: int):
        return dice.array([batch, length, count * wide] if flat else [batch, count, length, wide])

    inputs = {"q": operand(heads, queries, width), "k": operand(groups, keys, width),
              "v": operand(groups, keys, value_width),
              "mask": dice.array([queries, keys + past * cached]) if dice.flag(0.4) else None,
              "past_k": dice.array([batch, groups, past, width]) if cached else None,
              "past_v": dice.array([batch, groups, past, value_width]) if cached else None}
    attributes = {"q_num_heads": heads, "kv_num_heads": groups} if flat else {}
    if dice.flag(0.3):
        attributes["is_causal"] = 1
    outputs = ["y", "k2", "v2"] if cached else ["y"]
    if dice.flag(0.2):
        outputs = [*(outputs if cached else ["y", "", ""]), "scores"]
        attributes["qk_matmul_output_mode"] = dice.size(0, 3)
    return Trial("Attention", attributes, trimmed(inputs), outputs=outputs)


def rotary_embedding(dice: Dice) -> Trial:
    batch, heads, length, half = dice.size(1, 2), dice.size(1, 3), dice.size(1, 4), dice.size(1, 3)
    flat = dice.flag()
    shape = [batch, length, heads * 2 * half] if flat else [batch, heads, length, 2 * half]
    angles = [batch, length, half]
    inputs = {"x": dice.array(shape), "cos": dice.array(angles), "sin": dice.array(angles)}
    attributes = {"interleaved": dice.size(0, 1)} | ({"num_heads": heads} if flat else {})
    return Trial("RotaryEmbedding", attributes, inputs)


OPERATORS = {**{op: recurrent(op) for op in GATES}, "Attention": attention, "RotaryEmbedding": rotary_embedding}
