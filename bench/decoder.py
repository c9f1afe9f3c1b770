"""Decoders of billions of parameters on the meta device, for ./dev bench: alidade-capture bench/decoder.py:seven."""

import torch
from torch import nn

WORDS, TOKENS = 32_000, 512


class Layer(nn.Module):
    def __init__(self, width: int, hidden: int, heads: int, groups: int):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.before, self.between = nn.RMSNorm(width), nn.RMSNorm(width)
        self.query, self.out = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.key, self.value = (nn.Linear(width, groups * self.size, bias=False) for _ in range(2))
        self.gate, self.up = (nn.Linear(width, hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(hidden, width, bias=False)

    def attention(self, x):
        def split(y, heads):
            return y.unflatten(-1, (heads, self.size)).transpose(1, 2)
        q, k, v = split(self.query(x), self.heads), split(self.key(x), self.groups), split(self.value(x), self.groups)
        seen = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=self.heads != self.groups)
        return self.out(seen.transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.before(x))
        y = self.between(x)
        return x + self.down(nn.functional.silu(self.gate(y)) * self.up(y))


class Decoder(nn.Module):
    def __init__(self, layers: int, width: int, hidden: int, heads: int, groups: int):
        super().__init__()
        self.words = nn.Embedding(WORDS, width)
        self.layers = nn.ModuleList(Layer(width, hidden, heads, groups) for _ in range(layers))
        self.norm, self.head = nn.RMSNorm(width), nn.Linear(width, WORDS, bias=False)

    def forward(self, tokens):
        x = self.words(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))


def on_meta(*sizes: int) -> nn.Module:
    with torch.device("meta"):
        return Decoder(*sizes).bfloat16()


def seven() -> nn.Module:
    return on_meta(32, 4096, 11_008, 32, 32)


def seventy() -> nn.Module:
    return on_meta(80, 8192, 28_672, 64, 8)


def example_inputs():
    return (torch.zeros(1, TOKENS, dtype=torch.int64, device="meta"),)
