"""Small networks in JAX; torch_nets.py has the same ones in PyTorch."""

import jax
import jax.numpy as jnp
from jax import lax

NHWC = ("NHWC", "HWIO", "NHWC")


def shapes(**sizes):
    return {name: jax.ShapeDtypeStruct(size, jnp.float32) for name, size in sizes.items()}


def mlp(params, x):
    with jax.named_scope("first"):
        x = jax.nn.relu(x @ params["w1"] + params["b1"])
    with jax.named_scope("second"):
        return jax.nn.softmax(x @ params["w2"] + params["b2"])


def cnn(params, x):
    def conv(x, w, **more):
        return lax.conv_general_dilated(x, w, dimension_numbers=NHWC, **more)

    same = ((1, 1), (1, 1))
    x = jax.nn.relu(conv(x, params["stem"], window_strides=(2, 2), padding=same))
    x = jax.nn.relu6(conv(x, params["depthwise"], window_strides=(1, 1), padding=same, feature_group_count=16))
    x = conv(x, params["dilated"], window_strides=(1, 1), padding=((2, 2), (2, 2)), rhs_dilation=(2, 2))
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = conv(x, params["grouped"], window_strides=(1, 1), padding=((0, 0), (0, 0)), feature_group_count=4)
    x = lax.conv_general_dilated(x, params["up"], (1, 1), ((2, 2), (2, 2)), lhs_dilation=(2, 2), dimension_numbers=NHWC)
    return x.mean((1, 2)) @ params["head"]


def same_padding(x, k):
    return lax.conv_general_dilated(x, k, (2, 2), "SAME", dimension_numbers=NHWC)


def conv1d(params, x):
    return lax.conv_general_dilated(x, params["w"], (2,), ((2, 2),), dimension_numbers=("NCH", "OIH", "NCH"))


def conv3d(params, x):
    return lax.conv_general_dilated(x, params["w"], (1, 2, 2), ((1, 1),) * 3, None, None, ("NDHWC", "DHWIO", "NDHWC"))


def attention(params, x):
    batch, length, width = x.shape
    heads = 4
    q, k, v = (jnp.reshape(x @ params[n], (batch, length, heads, width // heads)) for n in "qkv")
    scores = jax.nn.softmax(jnp.einsum("blhd,bmhd->bhlm", q, k) / 4.0)
    out = jnp.einsum("bhlm,bmhd->blhd", scores, v).reshape(batch, length, width)
    x = x + out @ params["o"]
    mean = x.mean(-1, keepdims=True)
    x = (x - mean) * lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-6)
    return x + jax.nn.gelu(x @ params["up"], approximate=False) @ params["down"]


def lstm(params, xs):
    def step(state, x):
        h, c = state
        i, f, g, o = jnp.split(x @ params["wx"] + h @ params["wh"] + params["b"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((xs.shape[1], 32))
    return lax.scan(step, (zero, zero), xs)[1]


def embedding(params, ids):
    x = params["table"][ids]
    return jnp.einsum("bld,vd->blv", x, params["table"])


def bilinear(params, x, y):
    return jnp.einsum("bi,oij,bj->bo", x, params["w"], y)


def patches(params, x):
    x = lax.conv_general_dilated(x, params["embed"], (8, 8), "VALID", dimension_numbers=NHWC)
    x = x.reshape(x.shape[0], -1, x.shape[-1])
    return x.mean(1) @ params["head"]


def batched(x, y):
    return lax.dot_general(x, y, (((0,), (3,)), ((2, 1), (0, 1))))


MODELS = {
    "mlp": (mlp, shapes(w1=(64, 128), b1=(128,), w2=(128, 10), b2=(10,)), shapes(x=(32, 64))),
    "cnn": (cnn, shapes(stem=(3, 3, 3, 16), depthwise=(3, 3, 1, 16), dilated=(3, 3, 16, 32), grouped=(1, 1, 8, 32),
                        up=(3, 3, 32, 8), head=(8, 10)), shapes(x=(2, 32, 32, 3))),
    "conv1d": (conv1d, shapes(w=(24, 12, 5)), shapes(x=(2, 12, 40))),
    "conv3d": (conv3d, shapes(w=(3, 3, 3, 4, 8)), shapes(x=(1, 6, 12, 12, 4))),
    "attention": (attention, shapes(q=(64, 64), k=(64, 64), v=(64, 64), o=(64, 64), up=(64, 256), down=(256, 64)),
                  shapes(x=(2, 16, 64))),
    "lstm": (lstm, shapes(wx=(16, 128), wh=(32, 128), b=(128,)), shapes(xs=(10, 4, 16))),
    "embedding": (embedding, shapes(table=(100, 16)), {"ids": jax.ShapeDtypeStruct((2, 7), jnp.int32)}),
    "bilinear": (bilinear, shapes(w=(6, 5, 7)), shapes(x=(3, 5), y=(3, 7))),
    "patches": (patches, shapes(embed=(8, 8, 3, 32), head=(32, 10)), shapes(x=(2, 32, 32, 3))),
    "batched": (batched, None, shapes(x=(5, 4, 3, 6), y=(3, 4, 2, 5))),
}
