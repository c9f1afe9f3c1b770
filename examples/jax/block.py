"""A block of a transformer as a function of JAX. In a checkout, after ./dev setup jax:

    ./dev capture examples/jax/block.py:block --dynamic batch=x.0,seq=x.1 -o examples/jax/block.mlirbc
"""

import jax
import jax.numpy as jnp

WIDTH, HEADS = 512, 8


def example_inputs():
    square, up = (WIDTH, WIDTH), (WIDTH, 4 * WIDTH)
    shapes = {"query": square, "key": square, "value": square, "out": square, "up": up, "down": up[::-1]}
    return {name: jax.ShapeDtypeStruct(shape, jnp.bfloat16) for name, shape in shapes.items()}, \
        jax.ShapeDtypeStruct((8, 128, WIDTH), jnp.bfloat16)


def attention(params, x):
    batch, seq, _ = x.shape
    q, k, v = (jnp.reshape(x @ params[name], (batch, seq, HEADS, WIDTH // HEADS)) for name in ("query", "key", "value"))
    scores = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) / (WIDTH // HEADS) ** 0.5)
    return jnp.einsum("bhqk,bkhd->bqhd", scores, v).reshape(x.shape) @ params["out"]


def block(params, x):
    with jax.named_scope("attention"):
        x = x + attention(params, x)
    with jax.named_scope("mlp"):
        return x + jax.nn.gelu(x @ params["up"]) @ params["down"]
