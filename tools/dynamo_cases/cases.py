"""The models behind tests/data/dynamo, each as small as what it shows allows."""

import pathlib
import sys
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn
from torch._higher_order_ops import map as map_over
from torch._higher_order_ops import scan, while_loop
from torch.export import Dim, ExportedProgram, export

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "zoo"))


class ConvBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.act = nn.ReLU(inplace=True)
        self.same = nn.Conv2d(8, 8, 4, padding="same", groups=4)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2, output_padding=1)

    def forward(self, x):
        x = self.act(self.bn(self.conv(x)))
        return self.up(F.max_pool2d(x, 2)), self.same(x)


class Linears(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(6, 10), nn.Linear(10, 4, bias=False)

    def forward(self, x, y):
        return torch.addmm(y, self.fc2(F.gelu(self.fc1(x))), y.t()), torch.bmm(x[None], x.t()[None])


class Attention(nn.Module):
    def forward(self, q, k, v, mask):
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return a, F.scaled_dot_product_attention(q, q, q, attn_mask=mask)


class Experts(nn.Module):
    """Rows of two experts: as many for each, and a number that does not come out even."""

    def forward(self, even, odd, weight, ends):
        return torch._grouped_mm(even, weight, ends), torch._grouped_mm(odd, weight, ends)


class Marks(nn.Module):
    def forward(self, ids):
        return F.one_hot(ids, 10), torch.histc(ids.float(), bins=4, min=0, max=3)


class LinearAlgebra(nn.Module):
    """Factorisations of a matrix of 6, and what is solved with them."""

    def forward(self, a, b):
        q, r = torch.linalg.qr(b)
        return (torch.linalg.inv(a), torch.linalg.det(a), torch.linalg.solve(a, b), torch.linalg.cholesky(a),
                torch.linalg.svdvals(b), torch.linalg.pinv(b), torch.linalg.eigvalsh(a), q, r)


class Products(nn.Module):
    """Sums of products that are no plain matrix product."""

    def forward(self, a, b, c, signal, kernel):
        taps = signal[..., :3]
        return (torch.inner(a, b), torch.linalg.multi_dot((c, c, b.t())), torch.linalg.matrix_power(c, 6),
                torch.addbmm(a @ c, signal, kernel), torch.tensordot(a, a, 2), torch.cdist(a, b),
                F.conv1d(torch.complex(signal, signal), torch.complex(taps, taps)))


class Path(nn.Module):
    """An einsum that says in which order its operands meet: the last two first."""

    def forward(self, a, b, c):
        return torch.ops.aten.einsum("ij,jk,kl->il", [a, b, c], path=[1, 2, 0, 1])


class Examples(nn.Module):
    """Products of a batch, each written for one example of it; the second in two dimensions."""

    def forward(self, w, x):
        return torch.vmap(torch.mm, in_dims=(None, 0))(w, x), torch.vmap(torch.vmap(torch.dot), in_dims=2)(x, x)


class Losses(nn.Module):
    def forward(self, x, y, classes):
        return (F.mse_loss(x, y), F.l1_loss(x, y, reduction="none"), F.smooth_l1_loss(x, y, reduction="sum"),
                F.binary_cross_entropy(x, y), F.kl_div(x, y, reduction="sum"), F.cross_entropy(x, classes))


class SequenceGradient(nn.Module):
    """torch.export has no shape for the forward pass of this loss."""

    def forward(self, gradient, scores, labels, losses, states):
        return torch.ops.aten._ctc_loss_backward(gradient, scores, labels, (9, 9), (3, 3), losses, states, 0)


class Memberships(nn.Module):
    """Which values are among others, in which cell they fall, and which classes are targets."""

    def forward(self, x, y, classes):
        factors = torch.lu_unpack(*torch.linalg.lu_factor(x))
        cells = torch.histogramdd(x[:, :2], bins=[4, 7])
        density = torch.histogram(x, y[:, 0].contiguous(), density=True)
        return (torch.isin(x, y), torch.isin(x, 3.0), F.multilabel_margin_loss(x, classes), *factors, cells.hist,
                density.hist)


class Factors(nn.Module):
    """Matrices m x n, square ones, and right sides: what results have other sizes than their operands."""

    def forward(self, x, s, b):
        q, r = torch.linalg.qr(x)
        all_q, all_r = torch.linalg.qr(x, mode="complete")
        left, values, right = torch.linalg.svd(x, full_matrices=False)
        all_left, _, all_right = torch.linalg.svd(x)
        packed, pivots = torch.linalg.lu_factor(x)
        eigenvalues, vectors = torch.linalg.eigh(s)
        return (q, r, all_q, all_r, left, values, right, all_left, all_right, packed, pivots, *torch.linalg.lu(x),
                *torch.geqrf(x), eigenvalues, vectors, *torch.linalg.eig(s), torch.linalg.cholesky(s),
                torch.linalg.solve(s, b), torch.linalg.solve_triangular(s, b, upper=True), torch.linalg.inv(s),
                *torch.linalg.slogdet(s), torch.linalg.svdvals(x), torch.linalg.pinv(x),
                torch.linalg.pinv(s, hermitian=True), torch.linalg.matrix_norm(x, "nuc", keepdim=True))


class Rows(nn.Module):
    """What works along rows, and what has a size that the file states."""

    def forward(self, x, borders, image, grid):
        picked = image[:, :, torch.tensor([1, 2, 0]), torch.tensor([1, 2, 0])]
        return (torch.bucketize(x, borders), torch.isin(x, borders), *torch.topk(x, 3), *torch.sort(x),
                torch.fft.fft(x), torch.fft.rfft(x), torch.fft.irfft(x), torch.fft.rfft2(x), torch.fft.fft(x, n=16),
                F.pad(x, (1, 2)), F.adaptive_avg_pool2d(image, 3), F.adaptive_avg_pool2d(image, 6),
                F.grid_sample(image, grid), torch.stack([x, x], 1), F.one_hot(x.long() * 0, 5),
                *torch.var_mean(x, 1), F.embedding_bag(x.long() * 0, borders[None]), picked)


class Elementwise(nn.Module):
    """Medians, places, and what pads or cuts before it is transformed."""

    def forward(self, x):
        whole = torch.median(x), torch.quantile(x, 0.3), torch.trace(x), F.dropout(x, 0.5, training=True)
        spectra = torch.fft.rfft(x, n=16), torch.fft.irfft(x, n=12), torch.fft.fft2(x, s=(2, 4))
        return (*whole, *spectra, torch.bucketize(x, x[0]), torch.median(x.sum(), 0)[0], torch.hstack([x, x]))


class Broadcast(nn.Module):
    """One query that meets the keys of a batch, and of every head."""

    def forward(self, q, k):
        return F.scaled_dot_product_attention(q, k, k)


class Projected(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 7, num_layers=2, proj_size=3)

    def forward(self, x):
        return self.lstm(x)[0]


class Distances(nn.Module):
    def forward(self, x, y):
        return F.cosine_similarity(x, y, dim=1), F.pairwise_distance(x, y), torch.kthvalue(x, 2)[0]


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 7, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(14, 3)
        self.rnn = nn.RNN(3, 2)

    def forward(self, x):
        return self.rnn(self.gru(self.lstm(x)[0].transpose(0, 1))[0])[0]


class Cond(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda x: self.fc(x).relu(), lambda x: x - 1, (x,))


class While(nn.Module):
    def forward(self, x):
        return while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x @ x), (torch.tensor(0), x))


class Map(nn.Module):
    def forward(self, xs, y):
        return map_over(lambda x, y: x @ y, xs, y)


class Scan(nn.Module):
    def forward(self, init, xs):
        return scan(lambda c, x: (c + x, c * x), init, xs)


class Wrapped(nn.Module):
    def forward(self, x):
        with torch.no_grad():
            y = x + 1
        with torch.autocast("cpu", torch.bfloat16):
            z = y @ y
        return z * 2


class Dynamic(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)

    def forward(self, x, y):
        batch = x.shape[0]
        z = self.conv(x).flatten(1)
        a, _ = z.split(z.shape[1] // 2, 1)
        return a.reshape(batch * 2, -1), y[:, : x.shape[2] // 2]


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.norm = nn.LayerNorm(4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.block = nn.Sequential(nn.Linear(4, 4), nn.Tanh())

    def forward(self, ids):
        return self.head(self.norm(self.block(self.block(self.embed(ids)))))


class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        self.count.add_(1)
        y = x.clone()
        y.mul_(2)
        y[:, 0].fill_(1.0)
        y.add_(x, alpha=3)
        return F.relu(y, inplace=True)


class Pieces(nn.Module):
    def forward(self, x):
        a, b, _ = x.split([1, 2, 3], dim=1)
        c, d = x.chunk(2, dim=-1)
        values, places = torch.topk(x, 2)
        return torch.cat([a, b], 1), torch.stack([c, d]), values, places.unbind(0)[1], x[:, 2:5:2], x[:, -1]


class Spectral(nn.Module):
    def forward(self, x):
        y = torch.fft.rfft2(x)
        return torch.fft.irfft2(y * torch.complex(x[..., :3], x[..., :3])), torch.view_as_real(y)


class Lookups(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 6)
        self.register_buffer("rows", torch.arange(4))

    def forward(self, ids, x):
        e = self.table(ids)
        picked = x[self.rows, :, ids]
        filled = x.masked_fill(x > 0, float("-inf")).softmax(-1)
        return (e.gather(0, ids[:, None]), picked, filled,
                x.scatter_add(0, ids[:, None, None], x), x.index_put((ids,), x))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.group, self.inst, self.rms = nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True), nn.RMSNorm(6)
        self.layer = nn.LayerNorm((6, 6))

    def forward(self, x):
        return self.layer(self.rms(self.inst(self.group(x)))).clamp(min=-1)


class Windows(nn.Module):
    def forward(self, x, grid):
        y = F.avg_pool2d(F.adaptive_avg_pool2d(x, 5), 3, 1, padding=1, ceil_mode=True)
        z = F.interpolate(y, scale_factor=2, mode="bilinear") + F.interpolate(y, scale_factor=2)
        return F.grid_sample(F.pad(z, (1, 1, 1, 1)), grid, align_corners=False), F.pixel_shuffle(z, 2)


class Formulas(nn.Module):
    def forward(self, x):
        h = x.shape[1]
        y = F.interpolate(x[None], scale_factor=0.7)
        return torch.zeros(max(h, 5), h % 3), torch.ones(min(h, 7), h**2), x.repeat(1, h // 2), y


@torch.library.custom_op("acme::pair", mutates_args=())
def pair(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return x.clone(), x.clone()


@torch.library.custom_op("acme::single", mutates_args=())
def single(x: torch.Tensor) -> torch.Tensor:
    return x.clone()


pair.register_fake(lambda x: (torch.empty_like(x), torch.empty_like(x)))
single.register_fake(torch.empty_like)


class Strange(nn.Module):
    def forward(self, x):
        return pair(x)[0] + pair(x)[1] + single(x)


def at(model: nn.Module, *shapes, **options) -> Callable[[], ExportedProgram]:
    """Exports `model` for zero tensors of the given shapes; a tensor stands for itself."""
    inputs = tuple(s if torch.is_tensor(s) else torch.zeros(*s) for s in shapes)
    return lambda: export(model.eval(), inputs, **options)


def core(make: Callable[[], ExportedProgram]) -> Callable[[], ExportedProgram]:
    return lambda: make().run_decompositions()


def named(make: Callable[[], ExportedProgram], **names) -> Callable[[], tuple[ExportedProgram, dict]]:
    """With the names for symbols that a capture tool writes beside the program: {input's dimension: name}."""
    def made():
        program = make()
        first = program.graph_signature.user_inputs[0]
        shape = next(n for n in program.graph.nodes if n.name == first).meta["val"].shape
        symbols = {str(shape[int(axis[1:])]): name for axis, name in names.items()}
        return program, {"schema": "alidade.capture/1", "symbols": symbols}
    return made


def vision(name: str) -> Callable[[], ExportedProgram]:
    def made():
        import zoo_models
        model = zoo_models.torchvision.models.get_model(name, weights=None)
        torch.backends.mha.set_fastpath_enabled(False)
        return export(model.eval(), (torch.zeros(1, 3, 224, 224),))
    return made


SCALED = """
class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3, 2))

    def forward(self, x):
        return x @ self.weight
"""


def as_saved() -> ExportedProgram:
    """A program whose archive is kept whole, weights and pickles too; its source has no folder."""
    names = {"nn": nn, "torch": torch, "__name__": "net"}
    exec(compile(SCALED, "net.py", "exec"), names)
    return export(names["Scaled"](), (torch.zeros(4, 3),))


BATCH = Dim("batch", min=2, max=64)
DYNAMIC = {"x": {0: BATCH}, "y": {0: BATCH}}
IDS = torch.zeros(4, dtype=torch.int64)

CASES: dict[str, Callable] = {
    "conv_block": at(ConvBlock(), (1, 3, 16, 16)),
    "conv_block_core": core(at(ConvBlock(), (1, 3, 16, 16))),
    "linears": at(Linears(), (4, 6), (4, 4)),
    "linears_core": core(at(Linears(), (4, 6), (4, 4))),
    "attention": at(Attention(), (1, 8, 5, 4), (1, 2, 5, 4), (1, 2, 5, 4), (5, 5)),
    "experts": at(Experts(), *(torch.zeros(s, dtype=torch.bfloat16) for s in ((8, 16), (5, 16), (2, 16, 24))),
                  torch.tensor([4, 8], dtype=torch.int32)),
    "marks": at(Marks(), torch.zeros(2, 3, dtype=torch.int64)),
    "distances": at(Distances(), (2, 6, 4), (6, 1)),
    "linear_algebra": at(LinearAlgebra(), (6, 6), (6, 3)),
    "products": at(Products(), (4, 6), (5, 6), (6, 6), (4, 4, 9), (4, 9, 6)),
    "path": at(Path(), (2, 3), (3, 4), (4, 5)),
    "examples": at(Examples(), (4, 3), (5, 3, 2)),
    "losses": at(Losses(), (3, 4), (3, 4), torch.zeros(3, dtype=torch.int64)),
    "sequence_gradient": at(SequenceGradient(), (2,), (9, 2, 6), torch.ones(2, 3, dtype=torch.int64), (2,), (2, 9, 7)),
    "memberships": at(Memberships(), (3, 4), (5, 2), torch.zeros(3, 4, dtype=torch.int64)),
    "factors": at(Factors(), (2, 6, 4), (2, 6, 6), (2, 6, 3)),
    "rows": at(Rows(), (3, 8), (5,), (2, 4, 6, 6), (2, 4, 5, 2)),
    "elementwise": at(Elementwise(), (6, 8)),
    "broadcast": at(Broadcast(), (1, 1, 5, 8), (3, 4, 7, 8)),
    "projected": at(Projected(), (9, 2, 5)),
    "recurrent": at(Recurrent(), (2, 9, 5)),
    "cond": at(Cond(), (2, 4)),
    "while_loop": at(While(), (4, 4)),
    "map": at(Map(), (3, 4, 4), (4, 4)),
    "scan": at(Scan(), (4,), (3, 4)),
    "wrapped": at(Wrapped(), (4, 4)),
    "dynamic": at(Dynamic(), (2, 3, 32, 32), (2, 64), dynamic_shapes=DYNAMIC),
    "dynamic_named": named(at(Dynamic(), (2, 3, 32, 32), (2, 64), dynamic_shapes=DYNAMIC), d0="batch"),
    "tied": at(Tied(), torch.zeros(2, 3, dtype=torch.int64)),
    "in_place": at(InPlace(), (2, 4)),
    "in_place_core": core(at(InPlace(), (2, 4))),
    "pieces": at(Pieces(), (2, 6)),
    "spectral": at(Spectral(), (2, 4, 4)),
    "lookups": at(Lookups(), IDS, (4, 3, 5)),
    "norms": at(Norms(), (2, 4, 6, 6)),
    "norms_core": core(at(Norms(), (2, 4, 6, 6))),
    "windows": at(Windows(), (1, 4, 20, 20), (1, 3, 3, 2)),
    "formulas": at(Formulas(), (4, 12), dynamic_shapes={"x": {1: Dim.DYNAMIC}}),
    "strange": at(Strange(), (4, 4)),
    "resnet18": vision("resnet18"),
    "mobilenet_v2": vision("mobilenet_v2"),
    "vit_b_16": vision("vit_b_16"),
}


class Before(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        return F.relu(self.conv(x)), x.mean()


class After(nn.Module):
    def forward(self, x, weight, scale):
        return F.conv2d(x, weight, padding=1) * scale


def broken_graph() -> tuple[list[ExportedProgram], dict]:
    """Two graphs of one model as torch.compile leaves them: the second takes its weight as a plain input."""
    parts = [export(Before().eval(), (torch.zeros(1, 3, 8, 8),)),
             export(After().eval(), (torch.zeros(1, 4, 8, 8), torch.zeros(2, 4, 3, 3), torch.zeros(())))]
    manifest = {
        "schema": "alidade.bundle/1",
        "model": "broken",
        "inputs": [{"name": "x", "to": [[0, 0]]}],
        "outputs": [{"from": [1, 0]}],
        "edges": [{"from": [0, 0], "to": [1, 0]}, {"from": [0, 1], "to": [1, 2]}],
        "partitions": [
            {"name": "partition 0", "file": "partitions/0.pt2", "reason": "call to print", "file_line": "net.py:12"},
            {"name": "partition 1", "file": "partitions/1.pt2",
             "weights": {"weight": {"name": "L__self___head_conv.weight", "kind": "parameter"}}},
        ],
    }
    return parts, manifest
