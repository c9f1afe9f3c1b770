"""ViT-B/16 as a function of JAX, for ./dev bench: alidade-capture bench/vit.py:vit -o vit.mlir."""

import jax
import jax.numpy as jnp
from jax import lax

LAYERS, WIDTH, HEADS, PATCH, SIZE, CLASSES = 12, 768, 12, 16, 224, 1000
PLACES = (SIZE // PATCH) ** 2 + 1


def example_inputs():
    norm, square, up = (WIDTH,), (WIDTH, WIDTH), (WIDTH, 4 * WIDTH)
    layer = {"scale1": norm, "shift1": norm, "scale2": norm, "shift2": norm, "qkv": (WIDTH, 3 * WIDTH),
             "qkv_bias": (3 * WIDTH,), "out": square, "out_bias": norm, "up": up, "up_bias": (4 * WIDTH,),
             "down": up[::-1], "down_bias": norm}
    params = {"patch": (PATCH, PATCH, 3, WIDTH), "patch_bias": norm, "token": (1, 1, WIDTH),
              "places": (1, PLACES, WIDTH), "scale": norm, "shift": norm, "head": (WIDTH, CLASSES),
              "head_bias": (CLASSES,), **{f"layer{i}": layer for i in range(LAYERS)}}
    return jax.tree.map(array, params, is_leaf=lambda x: isinstance(x, tuple)), array((1, SIZE, SIZE, 3))


def array(shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


def normalised(x, scale, shift):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-6) * scale + shift


def attention(p, x):
    q, k, v = jnp.split((x @ p["qkv"] + p["qkv_bias"]).reshape(*x.shape[:2], HEADS, -1), 3, -1)
    scores = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) * (WIDTH // HEADS) ** -0.5)
    return jnp.einsum("bhqk,bkhd->bqhd", scores, v).reshape(x.shape) @ p["out"] + p["out_bias"]


def layer(p, x):
    x = x + attention(p, normalised(x, p["scale1"], p["shift1"]))
    hidden = jax.nn.gelu(normalised(x, p["scale2"], p["shift2"]) @ p["up"] + p["up_bias"])
    return x + hidden @ p["down"] + p["down_bias"]


def vit(params, images):
    x = lax.conv_general_dilated(images, params["patch"], (PATCH, PATCH), "VALID",
                                 dimension_numbers=("NHWC", "HWIO", "NHWC"))
    x = (x + params["patch_bias"]).reshape(images.shape[0], PLACES - 1, WIDTH)
    x = jnp.concatenate([jnp.broadcast_to(params["token"], (images.shape[0], 1, WIDTH)), x], 1) + params["places"]
    for i in range(LAYERS):
        with jax.named_scope(f"layer{i}"):
            x = layer(params[f"layer{i}"], x)
    return normalised(x, params["scale"], params["shift"])[:, 0] @ params["head"] + params["head_bias"]
