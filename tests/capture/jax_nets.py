"""Models of JAX, Flax and Keras that show one thing each."""

import jax
import keras
from flax import linen, nnx


class Linen(linen.Module):
    @linen.compact
    def __call__(self, x, train: bool):
        x = linen.Conv(8, (3, 3))(x)
        x = linen.relu(linen.BatchNorm(use_running_average=not train)(x)).mean((1, 2))
        return linen.Dense(5)(linen.Dropout(0.1, deterministic=not train)(x))


class Nnx(nnx.Module):
    def __init__(self, rngs):
        self.first = nnx.Linear(4, 8, rngs=rngs)
        self.layers = nnx.List([nnx.Linear(8, 8, rngs=rngs) for _ in range(2)])
        self.norm, self.dropout = nnx.BatchNorm(8, rngs=rngs), nnx.Dropout(0.5, rngs=rngs)

    def __call__(self, x):
        x = self.norm(self.first(x))
        for layer in self.layers:
            x = jax.nn.relu(layer(x))
        return self.dropout(x)


def make_keras():
    return keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])


def looks_at_values(x):
    return x if x.sum() > 0 else -x
