"""Plugins written in Python: an analysis, a device and a placer as classes."""

import pathlib
import signal
import subprocess
import sys
import threading

import alidade
import pytest


@pytest.fixture(scope="module")
def resnet18() -> alidade.Model:
    return alidade.open("resnet18")


class Chip(alidade.HardwareModel):
    """A second for every GFLOP; it has no pools, and adds at half the speed."""

    def __init__(self, speed: float = 1e9):
        self.speed = speed
        self.kernels: list[alidade.Kernel] = []

    def machine(self):
        return alidade.Machine("The chip", capacity_bytes=1 << 30)

    def supports(self, node):
        if node.op == "max_pool":
            return "it has no pools"
        return (2.0, "it adds in software") if node.op == "add" else None

    def time(self, kernel):
        self.kernels.append(kernel)
        return kernel.flops / self.speed


class Fast(alidade.HardwareModel):
    name = "fast-one"

    def time(self, kernel):
        return alidade.KernelTime(compute_s=1e-6, memory_s=3e-6, launch_s=2e-6, energy_j=0.5)


class Depth(alidade.Analysis):
    """The longest chain of operators, and what another analysis found."""

    needs = ("cost",)

    def run(self, graph, results):
        depth = [0] * len(graph.nodes)
        for node in graph.nodes:
            before = [value.maker for value in node.inputs if value is not None and value.maker is not None]
            depth[node.index] = 1 + max((depth[one] for one in before), default=0)
        return {"longest": max(depth), "macs": results["cost"]["totals"]["macs"], "widths": [1, 2.5, None, True, "a<b"]}


class Alternately(alidade.Placer):
    def place(self, task):
        return [step % len(task.devices) if one.seconds[step % len(task.devices)] is not None else 1
                for step, one in enumerate(task.steps)]


def test_a_device_is_an_object_in_place_of_a_name(resnet18):
    chip = Chip()
    found = resnet18.estimate([chip, "l4"], batch=[1, 2])
    mine = [row for row in found if row.target == "chip"]
    assert [row.device for row in mine] == ["The chip"] * 2 and len(found) == 4
    # Eager: a kernel for each operator. All but the pool's work is 1 s a GFLOP; eight additions take twice that.
    profile = resnet18.profile()
    work = sum(layer.flops for layer in profile if layer.op != "max_pool")
    added = sum(layer.flops for layer in profile if layer.op == "add")
    assert mine[0].time_s == pytest.approx((work + added) / 1e9) and mine[0].unpriced_ops == 1
    assert mine[0].time_s_upper is None and mine[1].time_s == pytest.approx(2 * mine[0].time_s)
    conv = next(kernel for kernel in chip.kernels if kernel.kind == "conv")
    assert conv.problem == {"batch": 1, "in_channels": 3, "out_channels": 64, "groups": 1, "transposed": False,
                            "in_sizes": (224, 224), "out_sizes": (112, 112), "kernel": (7, 7), "strides": (2, 2),
                            "dilations": (1, 1)}
    assert conv.matrix_flops == 2 * 118_013_952 and conv.arithmetic == "f32" and conv.runs == 1


def test_a_time_has_parts(resnet18):
    row = resnet18.estimate(Fast())[0]
    kernels = round(row.time_s / 5e-6)
    assert row.time_s == pytest.approx(kernels * 5e-6) and row.energy_j == pytest.approx(kernels * 0.5)
    assert row.target == row.component == "fast-one" and row.device == "Fast, in Python" and row.band_low_s is None


def test_an_analysis_stands_beside_the_others(resnet18):
    found = resnet18.profile(analyses=["memory", Depth()])
    mine = found.analyses["depth"]
    assert mine["longest"] == 63 and mine["macs"] == found.macs and mine["widths"] == [1, 2.5, None, True, "a<b"]
    assert "Depth:" in str(found) and "memory" in found.analyses
    assert "a\\u003cb" in found.to_html()


def test_a_graph_is_plain_values(tmp_path):
    (tmp_path / "net.alg").write_text(
        'graph "net" {\n  input %x : f32[2,4]\n  parameter %w : f32[3,4]\n'
        '  %y = linear(%x, %w) {transpose_b=1} : f32[2,3]\n'
        '  %z = softmax(%y) {axes=[1]} : f32[2,3]\n  return %z\n}\n')
    seen = []

    class Look(alidade.Analysis):
        def run(self, graph, results):
            seen.append(graph)
            return {}

    alidade.open(str(tmp_path / "net.alg")).profile(analyses=Look())
    linear, softmax = seen[0].nodes
    assert (linear.op, linear.attributes) == ("linear", {"transpose_b": 1})
    assert [value.shape for value in linear.inputs] == [(2, 4), (3, 4)] and linear.macs == 24
    assert linear.inputs[1].kind == "parameter" and linear.inputs[1].bytes == linear.weight_bytes == 48
    assert softmax.attributes == {"axes": (1,)} and softmax.inputs[0].maker == linear.index and softmax.inside is None
    assert seen[0].inputs[0] == linear.inputs[0] and seen[0].outputs[0].maker == softmax.index


def test_a_placer_decides_for_every_step(resnet18):
    found = resnet18.place(Chip(), placer=Alternately(), beside=Fast())
    assert found.devices == ["chip", "cpu"]
    pool = next(row for row in found if row.framework_op == "aten::max_pool")
    assert pool.device == "cpu" and pool.reason == "it has no pools"
    assert {row.device for row in found} == {"chip", "cpu"}


def test_a_pipeline_uses_a_plugin_by_its_name(tmp_path):
    path = pathlib.Path(alidade.open("resnet18").profile().document["path"]).absolute()
    (tmp_path / "p.toml").write_text(f'[[model]]\npath = "{path}"\n[[hardware]]\nuse = "fast-one"\n'
                                     '[[analysis]]\nuse = "depth"\n'
                                     f'[[report]]\nuse = "json"\npath = "{tmp_path}/r.json"\n')
    found = alidade.run(tmp_path / "p.toml", plugins=[Fast(), Depth()])
    assert found.document["hardware"][0]["id"] == "fast-one" and found.document["analyses"]["depth"]["longest"] == 63


def test_threads_may_ask_the_same_plugin(resnet18):
    chip, times = Chip(), []

    def ask():
        times.append(resnet18.estimate(chip)[0].time_s)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 4 and len(set(times)) == 1


def line_of(part: str) -> int:
    return next(number for number, line in enumerate(open(__file__), 1) if part in line)


class BrokenTime(alidade.HardwareModel):
    def time(self, kernel):
        return kernel.flops / self.speed  # time has none


class BrokenSupports(Chip):
    def supports(self, node):
        return self.rules[node.op]  # supports has none


class BrokenMachine(Chip):
    def machine(self):
        return alidade.Machine(self.title)  # machine has none


@pytest.mark.parametrize(("plugin", "lacks"), [
    (BrokenTime, "speed"), (BrokenSupports, "rules"), (BrokenMachine, "title")])
def test_what_is_raised_names_its_class_and_its_line(resnet18, plugin, lacks):
    with pytest.raises(alidade.PluginError) as caught:
        resnet18.estimate(plugin())
    name, method = plugin.__name__, plugin.__name__.removeprefix("Broken").lower()
    assert caught.value.what == (f"'{name.lower()}': {name}.{method} raised AttributeError: "
                                 f"'{name}' object has no attribute '{lacks}'")
    assert caught.value.where == f"{__file__}:{line_of(f'# {method} has none')}"


@pytest.mark.parametrize("method", ["time", "supports", "machine"])
def test_ctrl_c_in_a_plugin_reaches_the_caller(resnet18, method):
    def interrupted(*given):
        raise KeyboardInterrupt

    stopped = type("Stopped", (Chip,), {method: interrupted})
    with pytest.raises(KeyboardInterrupt):
        resnet18.estimate(stopped())
    assert resnet18.estimate("l4")[0].time_s > 0


def test_ctrl_c_ends_a_program_as_it_ends_others(tmp_path):
    script = tmp_path / "slow.py"
    script.write_text("import alidade, time\n"
                      "class Slow(alidade.HardwareModel):\n"
                      "    def time(self, kernel):\n"
                      "        print('begun', flush=True)\n"
                      "        time.sleep(600)\n"
                      "alidade.estimate('resnet18', on=Slow())\n")
    running = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT  # 130 for a shell
    assert said.splitlines()[-1].strip() == "KeyboardInterrupt"


@pytest.mark.parametrize(("given", "said"), [
    ("soon", "'chip': time gave 'soon', and a number of seconds or a KernelTime was expected"),
    (float("nan"), "'chip': time gave nan as compute_s, and a number from 0 to 1e+18 was expected"),
    (-1.0, "'chip': time gave -1.0 as compute_s, and a number from 0 to 1e+18 was expected"),
    (alidade.KernelTime("1"), "'chip': time gave '1' as compute_s, and a number from 0 to 1e+18 was expected"),
])
def test_a_time_that_is_none_is_refused(resnet18, given, said):
    class Wrong(alidade.HardwareModel):
        name = "chip"

        def time(self, kernel):
            return given

    with pytest.raises(alidade.PluginError) as caught:
        resnet18.estimate(Wrong())
    assert said in str(caught.value)


def nested(levels):
    made = {}
    for _ in range(levels):
        made = {"in": [made]}
    return made


CIRCLE: dict = {}
CIRCLE["x"] = CIRCLE


@pytest.mark.parametrize(("given", "said"), [
    ([1], "run gave [1], and a dict was expected"),
    ({"when": object}, "run gave <class 'object'> at ['when'], and numbers, texts, lists and dicts were expected"),
    ({"a": [1, 1 << 63]}, "run gave a whole number of more than 64 bits at ['a'][1]"),
    ({"a": float("nan")}, "run gave nan at ['a'], and finite numbers were expected: None is unknown"),
    (CIRCLE, "run gave lists or dicts deeper than 100 levels at ['x']['x']"),
    (nested(100), "run gave lists or dicts deeper than 100 levels at ['in'][0]['in'][0]"),
])
def test_a_result_that_is_none_is_refused_at_the_method_that_gave_it(resnet18, given, said):
    class Wrong(alidade.Analysis):
        def run(self, graph, results):  # gives what is given
            return given

    with pytest.raises(alidade.PluginError) as caught:
        resnet18.profile(analyses=[Wrong()])
    assert f"'wrong': {said}" in str(caught.value)
    assert f"{__file__}:{line_of('# gives what is given')}" in str(caught.value)


def test_numbers_of_numpy_are_numbers(resnet18):
    np = pytest.importorskip("numpy")

    class Counts(alidade.Analysis):
        def run(self, graph, results):
            return {"int": np.int64(3), "float": np.float32(0.5), "bool": True, "text": "\ud800"}

    class Chip(alidade.HardwareModel):
        def time(self, kernel):
            return np.float32(0.5)

    found = resnet18.profile(analyses=[Counts()]).analyses["counts"]
    assert found == {"version": 0, "int": 3, "float": 0.5, "bool": True, "text": "?"}
    assert resnet18.estimate(Chip())[0].time_s % 0.5 == 0


def test_an_analysis_may_need_another_one_in_python(resnet18):
    class First(alidade.Analysis):
        def run(self, graph, results):
            return {"nodes": len(graph.nodes)}

    class Second(alidade.Analysis):
        needs = ("first",)

        def run(self, graph, results):
            return {"twice": 2 * results["first"]["nodes"]}

    assert resnet18.profile(analyses=[Second(), First()]).analyses["second"]["twice"] == 2 * 69


@pytest.mark.parametrize(("machine", "said"), [
    (alidade.Machine("c", per_inference_s=-1e-3), "-0.001 as per_inference_s, and a number from 0 to 1e+18"),
    (alidade.Machine("c", capacity_bytes="16"), "'16' as capacity_bytes, and a number from 0 to 1e+18"),
    (alidade.Machine("c", streams=0), "0 as streams, and a number from 1 to 4096"),
    (alidade.Machine(5), "Machine(name=5,"),
])
def test_a_machine_that_makes_no_sense_is_refused(resnet18, machine, said):
    class Wrong(Chip):
        def machine(self):
            return machine

    with pytest.raises(alidade.PluginError) as caught:
        resnet18.estimate(Wrong())
    assert f"machine gave {said}" in str(caught.value)


@pytest.mark.parametrize("factor", [-3.0, 0.0, float("nan")])
def test_a_slow_operator_is_not_faster(resnet18, factor):
    class Wrong(Chip):
        def supports(self, node):
            return factor, "because"

    with pytest.raises(alidade.PluginError) as caught:
        resnet18.estimate(Wrong())
    assert f"supports gave {factor} as a factor, and a number from 1 to 1e+18 was expected" in str(caught.value)


@pytest.mark.parametrize("name", ["cost", "fusion", "gpu.mine"])
def test_a_name_that_the_install_has_is_refused(resnet18, name):
    depth = Depth()
    depth.name = name
    with pytest.raises(alidade.ConfigError) as caught:
        resnet18.profile(analyses=[depth])
    assert f"the program that calls has a component '{name.split('.')[0]}', and so has the install" in str(caught.value)


@pytest.mark.parametrize("batch", [0, -1, "2", 1.5])
def test_a_batch_is_a_whole_number(resnet18, batch):
    with pytest.raises((alidade.ConfigError, TypeError)) as caught:
        resnet18.estimate("l4", batch=[batch])
    assert caught.value.what == f"a batch is a whole number from 1, found {batch!r}"


def test_a_placer_that_forgets_steps_is_refused(resnet18):
    class Short(alidade.Placer):
        def place(self, task):
            return [0]

    with pytest.raises(alidade.PluginError) as caught:
        resnet18.place("neuron", placer=Short())
    assert "'short': place gave 1 devices for 69 steps" in str(caught.value)


def test_needs_are_a_tuple_of_names(resnet18):
    depth = Depth()
    depth.needs = "cost"
    with pytest.raises(alidade.ConfigError) as caught:
        resnet18.profile(analyses=[depth])
    assert str(caught.value) == ("'needs' is 'cost', and a tuple of names was expected\n  --> Depth\n"
                                 '  fix: write needs = ("cost",)')


@pytest.mark.parametrize(("given", "said"), [
    (Chip, "Chip is a class, and an object of it was expected\n  --> Chip\n  fix: make one: Chip()"),
    (7, "a plugin was expected, found int\n  fix: give a name, or an object of a class below alidade.Analysis, "
        "alidade.HardwareModel or alidade.Placer"),
])
def test_what_is_no_plugin_is_refused(resnet18, given, said):
    with pytest.raises(alidade.ConfigError) as caught:
        resnet18.estimate(on=given)
    assert str(caught.value) == said


def test_a_name_that_is_no_word_is_refused(resnet18):
    chip = Chip()
    chip.name = "my chip"
    with pytest.raises(alidade.ConfigError) as caught:
        resnet18.estimate(chip)
    assert str(caught.value) == ("'my chip' is not the name of a component\n  --> Chip\n  fix: give the class a name "
                                 'of letters, digits, "_" and "-": name = "chip"')
