"""Networks of images that no collection has, layer by layer as their authors' files have them; norms of batches are in
their convolutions."""

from text_graph import TextGraph


class ImageWriter:
    """Adds layers to a graph. A feature map is its name and its (channels, height, width)."""

    def __init__(self, name, height, width):
        self.graph, self.count = TextGraph(name), 0
        self.image = (self.graph.input("image", "f32", 1, 3, height, width), (3, height, width))

    def node(self, op, operands, size, **attributes):
        self.count += 1
        return self.graph.node(f"{op}{self.count}", op, operands, "f32", [1, *size], **attributes), size

    def conv(self, x, filters, kernel=1, stride=1, dilation=1, groups=1):
        name, (channels, *image) = x
        pad = dilation * (kernel // 2)
        size = (filters, *((length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1 for length in image))
        weight = self.graph.parameter(f"w{self.count}", "f32", filters, channels // groups, kernel, kernel)
        bias = self.graph.parameter(f"b{self.count}", "f32", filters)
        return self.node("conv", [name, weight, bias], size, strides=[stride] * 2, pads_begin=[pad] * 2,
                         pads_end=[pad] * 2, dilations=[dilation] * 2, groups=groups)

    def relu(self, x):
        return self.node("relu", [x[0]], x[1])

    def relu6(self, x):
        return self.node("clip", [x[0]], x[1], low=0, high=6)

    def add(self, x, y):
        return self.node("add", [x[0], y[0]], x[1])

    def concat(self, maps):
        return self.node("concat", [name for name, _ in maps], (sum(size[0] for _, size in maps), *maps[0][1][1:]),
                         axes=[1])

    def resize(self, x, height, width):
        return self.node("resize", [x[0]], (x[1][0], height, width), taps=2)

    def mean(self, x):
        return self.node("adaptive_avg_pool", [x[0]], (x[1][0], 1, 1))

    def separable(self, x, filters, stride=1, dilation=1):
        """MobileNet v1."""
        inner = self.relu6(self.conv(x, x[1][0], 3, stride, dilation, x[1][0]))
        return self.relu6(self.conv(inner, filters))

    def inverted(self, x, filters, kernel=3, stride=1, expansion=6, dilation=1):
        """MobileNet v2; EfficientNet-Lite."""
        inner = x if expansion == 1 else self.relu6(self.conv(x, expansion * x[1][0]))
        inner = self.relu6(self.conv(inner, inner[1][0], kernel, stride, dilation, inner[1][0]))
        out = self.conv(inner, filters)
        return self.add(x, out) if stride == 1 and x[1][0] == filters else out

    def text(self, *results):
        for name, _ in results:
            self.graph.result(name)
        return self.graph.text()


def posenet():
    """PoseNet on MobileNet v1, every sixteenth point."""
    w = ImageWriter("posenet_mobilenet", 513, 257)
    x = w.relu6(w.conv(w.image, 32, 3, 2))
    for filters, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)):
        x = w.separable(x, filters, stride)
    for _ in range(5):
        x = w.separable(x, 512)
    for _ in range(2):  # a stride of two is a dilation here
        x = w.separable(x, 1024, dilation=2)
    heat = w.conv(x, 17)
    return w.text(w.node("sigmoid", [heat[0]], heat[1]), *(w.conv(x, filters) for filters in (34, 32, 32)))


def deeplab():
    """DeepLab v3+ on MobileNet v2, every sixteenth point, 21 classes."""
    w = ImageWriter("deeplabv3_plus_mobilenet", 520, 520)
    x = w.relu6(w.conv(w.image, 32, 3, 2))
    x = w.inverted(x, 16, expansion=1)
    low = None
    for filters, repeats, stride, dilation in ((24, 2, 2, 1), (32, 3, 2, 1), (64, 4, 2, 1), (96, 3, 1, 1),
                                               (160, 3, 1, 2), (320, 1, 1, 2)):
        for i in range(repeats):
            x = w.inverted(x, filters, stride=stride if i == 0 else 1, dilation=dilation)
        low = low or x
    branches = [w.relu(w.conv(x, 256, kernel, 1, dilation))
                for kernel, dilation in ((1, 1), (3, 6), (3, 12), (3, 18))]
    pooled = w.resize(w.relu(w.conv(w.mean(x), 256)), *x[1][1:])
    x = w.relu(w.conv(w.concat([*branches, pooled]), 256))
    x = w.concat([w.resize(x, *low[1][1:]), w.relu(w.conv(low, 48))])
    for _ in range(2):
        x = w.relu(w.conv(x, 256, 3))
    return w.text(w.resize(w.conv(x, 21), 520, 520))


def midas():
    """MiDaS v2.1 small: EfficientNet-Lite3, and a decoder of residual units."""
    w = ImageWriter("midas", 256, 256)
    x = w.inverted(w.relu6(w.conv(w.image, 32, 3, 2)), 24, expansion=1)
    stages = []
    for filters, repeats, kernel, stride in ((32, 3, 3, 2), (48, 3, 5, 2), (96, 5, 3, 2), (136, 5, 5, 1),
                                             (232, 6, 5, 2), (384, 1, 3, 1)):
        for i in range(repeats):
            x = w.inverted(x, filters, kernel, stride if i == 0 else 1)
        stages.append(x)
    levels = [w.conv(stages[i], filters, 3) for i, filters in ((0, 64), (1, 128), (3, 256), (5, 512))]
    x = None
    for level in reversed(levels):
        x = level if x is None else w.add(x, residual(w, level))
        x = residual(w, x)
        x = w.conv(w.resize(x, 2 * x[1][1], 2 * x[1][2]), max(64, x[1][0] // 2))
    x = w.conv(x, 32, 3)
    x = w.relu(w.conv(w.resize(x, 256, 256), 32, 3))
    return w.text(w.relu(w.conv(x, 1)))


def residual(w, x):
    inner = x
    for _ in range(2):
        inner = w.conv(w.relu(inner), x[1][0], 3)
    return w.add(x, inner)


WRITTEN = {"deeplabv3_plus_mobilenet": deeplab, "midas": midas, "posenet_mobilenet": posenet}
