"""Llama 3 as torchtitan trains it, to be captured as training steps, without memory and in bf16:

    alidade-capture tools/accuracy/llama_training.py:llama3_8b_2 --train-step --loss own \
      --input-shape 2,8192:int64 --input-shape 2,8192:int64 -o DIR/llama3_8b_2_2x8192.pt2

Sizes are those of the published configurations; the loss is taken in f32.
"""

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, HEAD_WIDTH, KV_HEADS = 128256, 128, 8
LONGEST = 131072


class Attention(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        kv = KV_HEADS * HEAD_WIDTH
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(a, b, bias=False) for a, b in
                                              ((width, width), (width, kv), (width, kv), (width, width)))

    def forward(self, x, cos, sin):
        q, k, v = (made.unflatten(-1, (-1, HEAD_WIDTH)) for made in (self.wq(x), self.wk(x), self.wv(x)))
        q, k = turned(q, cos, sin), turned(k, cos, sin)
        k, v = (one.repeat_interleave(q.shape[2] // KV_HEADS, dim=2) for one in (k, v))
        out = F.scaled_dot_product_attention(*(one.transpose(1, 2) for one in (q, k, v)), is_causal=True)
        return self.wo(out.transpose(1, 2).flatten(2))


def turned(x, cos, sin):
    """Rotary places, in f32."""
    wide = x.float()
    left, right = wide.chunk(2, -1)
    return (wide * cos + torch.cat((-right, left), -1) * sin).type_as(x)


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.w1, self.w3 = nn.Linear(width, inner, bias=False), nn.Linear(width, inner, bias=False)
        self.w2 = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Layer(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.attention_norm, self.ffn_norm = nn.RMSNorm(width, eps=1e-5), nn.RMSNorm(width, eps=1e-5)
        self.attention, self.feed_forward = Attention(width), FeedForward(width, inner)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.attention_norm(x), cos, sin)
        return x + self.feed_forward(self.ffn_norm(x))


class Llama(nn.Module):
    def __init__(self, width: int, layers: int, inner: int):
        super().__init__()
        self.tok_embeddings = nn.Embedding(VOCABULARY, width)
        self.layers = nn.ModuleList(Layer(width, inner) for _ in range(layers))
        self.norm, self.output = nn.RMSNorm(width, eps=1e-5), nn.Linear(width, VOCABULARY, bias=False)
        for name in ("cos", "sin"):
            self.register_buffer(name, torch.zeros(LONGEST, 1, HEAD_WIDTH))

    def forward(self, tokens, labels):
        x = self.tok_embeddings(tokens)
        cos, sin = self.cos[:tokens.shape[1]], self.sin[:tokens.shape[1]]
        for layer in self.layers:
            x = layer(x, cos, sin)
        return F.cross_entropy(self.output(self.norm(x)).flatten(0, 1).float(), labels.flatten())


def maker(width: int, layers: int, inner: int):
    def make():
        model = Llama(width, layers, inner).to(torch.bfloat16)
        model.cos, model.sin = model.cos.float(), model.sin.float()
        return model

    return make


llama3_8b, llama3_70b = maker(4096, 32, 14336), maker(8192, 80, 28672)
llama3_8b_2, llama3_8b_4 = maker(4096, 2, 14336), maker(4096, 4, 14336)  # layers: the rest are alike
llama3_70b_2, llama3_70b_4 = maker(8192, 2, 28672), maker(8192, 4, 28672)
