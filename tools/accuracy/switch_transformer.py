"""Switch Transformer as NeuSight ran it: an encoder and a decoder of T5, every second layer with experts that each take
as many rows, filled or not."""

from rows import Row
from transformers import SIZES, Transformer, Writer

LAYERS, EXPERTS, CAPACITY, HEAD_WIDTH = 24, 4, 64, 128
CONFIG = Transformer(1024, LAYERS, 32, 16384, 32128)  # heads of 128: wider than the hidden size


class SwitchWriter(Writer):
    def plain(self, name, x, n, k, rows=None):
        """A product without a bias."""
        dims = rows or [self.batch, self.length]
        return self.op("linear", [x, self.weight(f"{name}.w", n, k)], [*dims, n], transpose_b=1)

    def norm(self, name, x):
        return self.op("rms_norm", [x, self.weight(f"{name}.w", self.config.hidden)], self.rows, axis=2)

    def heads(self, x, turned=False):
        split = self.op("reshape", [x], [self.batch, self.length, self.config.heads, HEAD_WIDTH])
        order, dims = ([0, 2, 3, 1], [HEAD_WIDTH, self.length]) if turned else ([0, 2, 1, 3], [self.length, HEAD_WIDTH])
        return self.op("transpose", [split], [self.batch, self.config.heads, *dims], perm=order)

    def attend(self, name, x, keys):
        """No scale; a bias of places in its stead."""
        hidden, inner, count = self.config.hidden, self.config.heads * HEAD_WIDTH, self.config.heads
        normal = self.norm(f"{name}.n", x)
        source = normal if keys is None else keys
        query, key, value = (self.plain(f"{name}.{part}", of, inner, hidden)
                             for part, of in (("q", normal), ("k", source), ("v", source)))
        scores = [self.batch, count, self.length, self.length]
        raw = self.op("matmul", [self.heads(query), self.heads(key, turned=True)], scores)
        biased = self.op("add", [raw, self.weight("bias", 1, count, self.length, self.length)], scores)
        seen = self.op("matmul", [self.op("softmax", [biased], scores, axes=[3]), self.heads(value)],
                       [self.batch, count, self.length, HEAD_WIDTH])
        turned = self.op("transpose", [seen], [self.batch, self.length, count, HEAD_WIDTH], perm=[0, 2, 1, 3])
        joined = self.op("reshape", [turned], [self.batch, self.length, inner])
        return self.op("add", [x, self.plain(f"{name}.o", joined, hidden, inner)], self.rows)

    def dense(self, name, x, rows=None):
        hidden, inner = self.config.hidden, self.config.inner
        dims = rows or [self.batch, self.length]
        up = self.op("relu", [self.plain(f"{name}.up", x, inner, hidden, rows)], [*dims, inner])
        return self.plain(f"{name}.down", up, hidden, inner, rows)

    def experts(self, name, x):
        """Each expert takes the rows that chose it, in the buffer that the one before has filled."""
        rows, hidden = self.batch * CAPACITY, self.config.hidden
        logits = self.plain(f"{name}.router", x, EXPERTS, hidden)
        chosen = self.op("softmax", [logits], [self.batch, self.length, EXPERTS], axes=[2])
        shares = self.op("slice", [chosen], [self.batch, self.length, 1], axes=[2], starts=[0], ends=[1], steps=[1])
        flat = self.op("reshape", [x], [self.batch * self.length, hidden])
        ids = self.graph.input(f"{self.prefix}.{name}.ids", "i64", rows)
        for i in range(EXPERTS):
            picked = self.op("gather", [flat, ids], [rows, hidden], axes=[0])
            made = self.dense(f"{name}.e{i}", picked, [rows])
            flat = self.op("scatter", [flat, ids, made], [self.batch * self.length, hidden], axis=0)
        return self.op("mul", [self.op("reshape", [flat], self.rows), shares], self.rows)

    def stack(self, side, keys=None):
        ids = self.graph.input(f"{self.prefix}.{side}.ids", "i64", self.batch, self.length)
        table = self.weight("table", self.config.vocabulary, self.config.hidden)
        x = self.op("embedding", [table, ids], self.rows, axes=[0])
        for i in range(LAYERS):
            name = f"{side}{i}"
            x = self.attend(f"{name}.self", x, None)
            if keys is not None:
                x = self.attend(f"{name}.cross", x, keys)
            normal = self.norm(f"{name}.n", x)
            inner = self.experts(name, normal) if i % 2 else self.dense(name, normal)
            x = self.op("add", [x, inner], self.rows)
        return self.norm(f"{side}.last", x)

    def write(self):
        x = self.stack("decoder", self.stack("encoder"))
        self.graph.result(self.plain("head", x, self.config.vocabulary, self.config.hidden))


def switch_network(batch, length, family, seconds):
    hidden, inner, width = CONFIG.hidden, CONFIG.inner, CONFIG.heads * HEAD_WIDTH
    tokens = batch * length
    attention = 3 * LAYERS * 4 * hidden * width
    dense, expert = LAYERS * 2 * hidden * inner, LAYERS * EXPERTS * 2 * hidden * inner
    head = CONFIG.vocabulary * hidden
    flops = 2.0 * (tokens * (attention + dense + head) + batch * CAPACITY * expert
                   + 3 * LAYERS * 2 * tokens * length * width)
    return Row(family=family, seconds=seconds, flops=flops, arithmetic="f32",
               bytes=float(SIZES["f32"]) * (attention + dense + expert + head + 4 * LAYERS * tokens * hidden),
               build=lambda graph, prefix: SwitchWriter(graph, prefix, CONFIG, batch, length, "f32").write())
