"""Statistics beside numbers worked by hand; readers on rows of the measured files; the command beside the program."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import attention
import convolutions
import layers
import networks
import neusight
import page
import products
import sets
import transformers
from devices import device_named, without_constants
from goals import GOALS, Wanted, outcome
from program import Program, Target, first_error, fx_names, sum_of
from rows import Row, UnreadableRow, family_of, records
from scores import Prediction, statistics, tier_of
from scoring import Scored, coverages
from text_graph import TextGraph

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = HERE / "data"
MIOPEN = "conv_amd_mi100_mi210_mi250x_mi300x_miopen.csv"
BIN = os.environ["ALIDADE_BIN"]


def operators(name):
    return list(records(DATA / "ops" / name))


def totals(rows):
    """What the program counts in a graph of these rows."""
    graph = TextGraph("rows")
    for i, row in enumerate(rows):
        row.build(graph, f"g{i}")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.alg"
        file.write_text(graph.text(), encoding="utf-8")
        done = subprocess.run([BIN, "profile", str(file), "--format", "json"], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["totals"]


class Statistics(unittest.TestCase):
    def test_numbers_by_hand(self):
        rows = [Prediction(1.0, 1.1, 0.9, 1.3, naive=0.5), Prediction(2.0, 1.0, 0.8, 1.9, naive=1.0),
                Prediction(4.0, 4.0, 3.0, 4.0, naive=None), Prediction(10.0, 13.0)]
        s = statistics(rows)
        self.assertEqual(s["n"], 4)
        self.assertAlmostEqual(s["mape"], 22.5)  # 10, 50, 0, 30
        self.assertAlmostEqual(s["median"], 20)  # between 10 and 30
        self.assertAlmostEqual(s["bias"], (1.1 * 0.5 * 1.0 * 1.3) ** 0.25)
        self.assertEqual(s["within20"], 50)
        self.assertEqual(s["coverage80"], 50)  # the second lies outside, the last has no interval
        self.assertEqual(s["naive_mape"], 50)

    def test_nothing_is_not_zero(self):
        self.assertEqual(statistics([]), {"n": 0, "mape": None, "median": None, "bias": None, "within20": None,
                                          "coverage80": None, "naive_mape": None})
        self.assertIsNone(statistics([Prediction(1.0, 1.0)])["coverage80"])

    def test_tiers_are_not_mixed_in_silence(self):
        self.assertEqual(tier_of([Prediction(1, 1, tier="calibrated")]), "calibrated")
        self.assertEqual(tier_of([Prediction(1, 1, tier="calibrated"), Prediction(1, 1)]), "mixed")

    def test_errors_are_quoted_on_the_half_that_constants_did_not_see(self):
        seen, unseen = Prediction(1, 2, held_out=False, tier="calibrated"), Prediction(1, 1, tier="calibrated")
        self.assertEqual(Scored("a", "b", rows=2, predictions=[seen, unseen]).quoted, [unseen])
        plain = [Prediction(1, 2, held_out=False), Prediction(1, 1)]
        self.assertEqual(Scored("a", "b", rows=2, predictions=plain).quoted, plain)

    def test_a_set_that_loses_rows_is_missed(self):
        right = [Prediction(1.0, 1.0)]
        self.assertEqual(Scored("a", "b", sets.Goal(10), 50, right * 49).verdict, "reached")
        self.assertEqual(Scored("a", "b", sets.Goal(10), 50, right * 48).verdict, "missed")
        self.assertEqual(Scored("a", "b", sets.Goal(10, 88), 1, [Prediction(1.0, 1.05)]).verdict, "reached")
        self.assertEqual(Scored("a", "b", sets.Goal(30, 88), 1, [Prediction(1.0, 1.25)]).verdict, "missed")

    def test_small_sets_are_pooled_for_intervals(self):
        inside, outside = Prediction(1.0, 1.0, 0.9, 1.1), Prediction(2.0, 1.0, 0.9, 1.1)
        large = Scored("large", "b", rows=100, predictions=[inside] * 80 + [outside] * 20)
        small = [Scored(name, "b", rows=4, predictions=[inside] * 3 + [outside]) for name in "cd"]
        found = coverages([large, *small])
        self.assertEqual([(c.name, c.n, c.share, c.holds) for c in found],
                         [("large, b", 100, 80.0, True), ("smaller sets together", 8, 75.0, True)])

    def test_goals_name_sets_that_there_are(self):
        names = {s.name + suffix for s in sets.all_sets() for suffix in ("", " > 0.1 ms", ", energy")}
        for goal in GOALS:
            self.assertLessEqual(set(goal.sets), names, goal.title)

    def test_goals_of_several_sets(self):
        right, wrong = [Prediction(1.0, 1.05, naive=0.5)] * 4, [Prediction(1.0, 1.15, naive=0.4)] * 4
        sets_of = [Scored(name, device, sets.Goal(8), 4, rows)
                   for name, device, rows in (("x", "a", right), ("x", "b", wrong))]
        apart = outcome(Wanted("all", ("x",)), sets_of)
        self.assertEqual((apart.naive, apart.reached, apart.verdict), ("50–60", "5.0 (a), 15.0 (b)", "missed"))
        together = outcome(Wanted("all", ("x",), pooled=True), sets_of)
        self.assertEqual((together.reached, together.verdict), ("10.0 of 8", "missed"))
        some = outcome(Wanted("some", ("x",), ("a",)), sets_of)
        self.assertEqual((some.reached, some.to_reach, some.verdict), ("5.0 (a)", "8", "reached"))
        self.assertEqual(outcome(Wanted("none", ("y",)), sets_of).reached, "not scored")

    def test_the_page_names_what_misses(self):
        rows = [Prediction(1.0, 0.5, family="bert"), Prediction(1.0, 1.1, family="vgg")]
        self.assertEqual(list(page.residuals([Scored("x", "a", sets.Goal(8), 2, rows)])),
                         ["x, a: bert 0.50 (50 % of 1), vgg 1.10 (10 % of 1)"])
        lost = Scored("x", "a", sets.Goal(50), 4, rows)
        self.assertEqual(page.cells(lost)[-1], "missed: 2 of 4 rows lost")

    def test_halves_and_families(self):
        # "123456789" is the check value of CRC-32, 0xCBF43926; that of "a" is 0xE8B7BE43
        self.assertFalse(Row("123456789", 1.0, 1.0, 1.0, "bf16").held_out)
        self.assertTrue(Row("a", 1.0, 1.0, 1.0, "bf16").held_out)
        self.assertEqual([family_of(n) for n in ("resnetv2_50x1_bit", "vgg16", "VGG", "3d")],
                         ["resnetv", "vgg", "vgg", "3d"])


class Readers(unittest.TestCase):
    def test_products(self):
        rows = list(products.products(operators("gemm_h100_vllm.csv"), "bfloat16"))
        self.assertEqual([r.family for r in rows], ["4096|4096", "1024|8192", "4096|4096"])
        self.assertEqual(rows[0].flops, 2 * 16 * 4096 * 4096)
        self.assertEqual(rows[0].bytes, 2 * (16 * 4096 + 4096 * 4096 + 16 * 4096))
        self.assertAlmostEqual(rows[2].seconds, 166.026e-6)
        self.assertEqual(totals(rows)["flops"], sum(r.flops for r in rows))
        self.assertEqual(list(products.products(operators("gemm_h100_vllm.csv"), "fp8")), [])

    def test_attention(self):
        full, band, narrow = attention.attentions(operators("attn_prefill_h100.csv"), "prefill")
        self.assertEqual(full.flops, 4 * 2 * 24 * 3072 * 3072 * 64 / 2)
        # 8 * 24 blocks of 128 queries that see 128 keys
        self.assertEqual(band.flops, 4 * 8 * 24 * 64 * 128 * 128 * 64)
        self.assertEqual(band.bytes, 8 * 3072 * 64 * (2 * 2 * 4 + 4 * 64))
        self.assertEqual(narrow.bytes, 64 * 64 * 128 * (2 * 2 * 1 + 4 * 64))
        few = list(attention.attentions(operators("attn_decode_a100.csv"), "decode"))
        self.assertEqual(few[1].flops, 4 * 16 * 24 * 512 * 128)
        totals([full, band, narrow, *few])

    def test_experts(self):
        one, half, shared = products.experts(operators("moe_h100.csv"), ["bfloat16"])
        self.assertEqual(one.flops, 6 * 2 * 6144 * 1024)
        self.assertEqual(half.flops, 6 * 96 * 6144 * 16384)
        self.assertEqual(shared.flops, 6 * 48 * 6144 * 3072)
        counted = totals([one, half, shared])["flops"]
        self.assertLess(abs(counted / (one.flops + half.flops + shared.flops) - 1), 0.01)

    def test_convolutions_in_three_directions_have_the_work_of_the_forward_one(self):
        found = list(convolutions.convolutions(operators(MIOPEN), "ms_mi100", "solver_mi100", False))
        self.assertEqual(len(found), 3)
        for row in found:
            self.assertEqual(totals([row])["flops"], row.flops)
        self.assertEqual(list(convolutions.convolutions(operators(MIOPEN), "ms_mi100", "solver_mi100", True)), [])

    def test_layers_of_a_tpu(self):
        found = {row.parts: row for row in layers.tpu_layers(operators("tpu_v6e_layers.csv"))}
        both = found["down_proj", "up_proj"]  # up_proj has no row of its own here
        self.assertEqual(both.flops, 2 * 2 * 128 * 4096 * 14336)
        self.assertEqual({row.group for row in found.values()}, {"tokens128"})
        totals([both])

    def test_operators_of_language_models(self):
        def record(op, n, k=""):
            return {"model": "a", "tp": "1", "op": op, "tokens_M": "8", "N": str(n), "K": k, "median_ms": "0.5"}

        ops = ["add", "mlp_act", "attn_rope", "emb", "input_layernorm"]
        rows = list(layers.operators([*(record(op, 256) for op in ops), record("mlp_up_proj", 512, "256"),
                                      record("what", 1)]))
        self.assertEqual([row.bytes for row in rows[:5]], [6 * 2048, 6 * 2048, 4 * 2048, 4 * 2048, 4 * 2048])
        self.assertEqual(rows[5].flops, 2 * 8 * 512 * 256)
        self.assertIsInstance(rows[6], UnreadableRow)
        totals(rows[:6])

    def test_transformers_have_their_weights_and_work(self):
        row = transformers.network(transformers.BERT_BASE, 1, 128, "f32", "bert", 1.0, "f32")
        counted = totals([row])
        # 109.48 million of bert-base-uncased, less the pooler (0.59), 384 more places and two kinds of tokens; and five
        # of ours stand for scale and mask
        self.assertAlmostEqual(counted["params"] / 1e6, 109.48 - 0.59 - 0.295, delta=0.01)
        self.assertAlmostEqual(counted["flops"] / row.flops, 1, delta=0.01)

    def test_neusight(self):
        common = {"device": "a", "mode": "inf", "option": "", "seqlen": "512.0", "batch": "1", "e2e_ms": "100"}
        models = ["switchxl4", "opt_13", "what"]
        rows = list(neusight.neusight([common | {"model": model} for model in models], "a", False))
        for row in rows[:2]:
            self.assertAlmostEqual(totals([row])["flops"] / row.flops, 1, delta=0.01)
        self.assertEqual(str(rows[2]), "no layer list for what")
        # facebook/opt-1.3b has 1.316e9 parameters, 1,538 x 2,048 of them places that ours has not
        self.assertAlmostEqual(totals([rows[1]])["params"] / 1e9, 1.316 - 1538 * 2048 / 1e9, delta=0.001)

    def test_networks(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "mobilenetv2_100@224.pt2").touch()
            rows = list(networks.timm(records(DATA / "timm_rtx4090_amp_nchw_compiled_pt240.csv"),
                                      networks.Graphs(folder), "f16", 2))
        self.assertEqual((rows[0].family, rows[0].seconds, rows[0].batch), ("mobilenetv", 13.468e-3, 256))
        self.assertEqual((rows[0].flops, rows[0].bytes), (2 * 0.31e9 * 256, 2e6 * (3.5 + 2 * 6.68 * 256)))
        self.assertEqual(str(rows[1]), "no graph test_efficientnet@160.pt2")

    def test_networks_at_a_size_that_was_not_captured(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "resnet50@224.pt2").touch()
            graphs = networks.Graphs(folder)
            rows = [{"model": "ResNet-50 V1", "ms": "49"}, {"model": "Unet Mv2", "ms": "3.3"}]
            row, why = networks.coral(rows, graphs, "ms")
        self.assertEqual((row.path.name, row.image, row.seconds), ("resnet50@224.pt2", (3, 299, 299), 0.049))
        self.assertEqual(str(why), "no graph of Unet Mv2")


def kernel(name, seconds, **more):
    return {"name": name, "kind": "gemm", "time_s": str(seconds), "runs": "1", "low": "0.9", "high": "1.2",
            "energy_j": "", "tier": "datasheet"} | more


class Sums(unittest.TestCase):
    row = Row("f", 1.0, 1.0, 1.0, "bf16", parts=("a", "b"))

    def test_kernels_of_a_row_add_up(self):
        priced = sum_of([("a", kernel("a", 2.0, energy_j="3")), ("b", kernel("b", 1.0, runs="2", energy_j="4")),
                         ("c", kernel("c", 9.0))], self.row)
        self.assertEqual(priced.seconds, 4.0)
        self.assertAlmostEqual(priced.low, 3.6)
        self.assertAlmostEqual(priced.high, 4.8)
        self.assertEqual(priced.joules, 7.0)

    def test_what_is_unknown_stays_so(self):
        self.assertEqual(sum_of([("c", kernel("c", 9.0))], self.row), "the program has no kernel for it")
        self.assertEqual(sum_of([("a", kernel("a", ""))], self.row), "the program has no time for it")
        plain = sum_of([("a", kernel("a", 2.0, low="1", high="1"))], self.row)
        self.assertEqual((plain.low, plain.high, plain.joules), (None, None, None))

    def test_modules_without_a_kernel_are_a_call(self):
        call = kernel("call", 0.5)
        self.assertEqual(sum_of([("c", kernel("c", 9.0))], self.row, call).seconds, 0.5)
        self.assertEqual(sum_of([("a", kernel("a", 2.0))], self.row, call).seconds, 2.0)

    def test_modules_are_called_as_torch_fx_does(self):
        self.assertEqual(
            fx_names(["conv1", "layer1.0.relu/relu", "layer1.0/add", "layer1.0.relu/relu_2", "layer1.1/add", "fc"]),
            ["conv1", "layer1_0_relu", "add", "layer1_0_relu_1", "add_1", "fc"])

    def test_the_first_error_is_one_line(self):
        self.assertEqual(first_error("warning: x\nerror: no npu.so; searched: /a/b\n  fix: y\n"), "no npu.so")


class Command(unittest.TestCase):
    def run_command(self, *arguments):
        return subprocess.run([sys.executable, str(ROOT / "tools" / "accuracy" / "accuracy.py"), *arguments],
                              capture_output=True, text=True, check=False)

    def test_mistakes_say_what_to_do(self):
        done = self.run_command("--data", "/nowhere")
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                         (2, "dev accuracy: error: --data /nowhere is no folder"))
        done = self.run_command("--data", str(DATA), "--write-docs", "--set", "gemm")
        self.assertEqual(done.stderr.splitlines()[-1],
                         "dev accuracy: error: --write-docs is about all sets; leave --set out")

    def test_scores_of_some_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "scores.json"
            done = self.run_command("--data", str(DATA), "--json", str(file), "--set", "gemm bf16", "--set",
                                    "attention prefill", "--set", "timm compiled")
            self.assertEqual(done.returncode, 0, done.stderr)
            scores = json.loads(file.read_text(encoding="utf-8"))
        products_of_h100 = scores["sets"][0]
        self.assertEqual((products_of_h100["set"], products_of_h100["device"], products_of_h100["n"]),
                         ("gemm bf16", "h100_sxm", 3))
        self.assertLess(products_of_h100["mape"], 40)
        for key in ("tier", "median", "bias", "within20", "coverage80", "naive_mape", "held_out"):
            self.assertIn(key, products_of_h100)
        reasons = {(entry["set"], entry["device"]): entry["reason"] for entry in scores["unreadable"]}
        self.assertEqual(reasons["timm compiled", "rtx4090"],
                         "no captured graphs: --graphs DIR with NAME@SIZE.pt2 was not given, or has none")

    def test_constants_are_left_out_of_a_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = without_constants(device_named("h100_sxm"), pathlib.Path(folder)).read_text(encoding="utf-8")
        self.assertNotIn("memory_share", copy)
        self.assertIn("dram_gbps = 3352.0", copy)

    def test_a_precision_that_a_device_lacks_ends_the_set_and_says_so(self):
        rows = list(products.products(operators("gemm_h100_vllm.csv"), "bfloat16"))
        for i, row in enumerate(rows):
            row.group = str(i)
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(Exception, "f8"):
            Program(BIN, folder).price(rows, Target("a100_sxm_80", "f8"))


if __name__ == "__main__":
    unittest.main()
