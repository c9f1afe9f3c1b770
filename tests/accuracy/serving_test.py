"""Rows of serving and of training as calls of the program, ratios beside numbers worked by hand, and the sections."""

import pathlib
import tempfile
import unittest

import collectives
import serving_page
import serving_runs
import training
import training_page
from networks import Graphs
from rows import UnreadableRow
from score_lines import Score, table
from serve_plans import Plans

KEYS = ("model_path", "backend", "backend_version", "system", "mode", "isl", "osl", "gemm_quant_mode", "batch_size",
        "tp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size", "silicon_ttft_ms", "silicon_tpot_ms",
        "concurrency")


def row(**said):
    first = {"model_path": "Qwen/Qwen3-32B", "backend": "vllm", "backend_version": "0.12.0", "system": "h100_sxm",
             "mode": "agg", "isl": "1024", "osl": "128", "batch_size": "8", "tp_size": "2", "concurrency": "16"}
    return dict.fromkeys(KEYS, "") | first | said


class Runs(unittest.TestCase):
    def test_a_row_is_a_call(self):
        self.assertEqual(
            serving_runs.call_of(row()),
            ("Qwen/Qwen3-32B", "h100_sxm", ("vllm_0_13", (("step_tokens", str(16 + 1024 + 1500)),)), "--dtype", "bf16",
             "--context", 1152, "--generate", 128, "--tp", "2"))
        kimi = serving_runs.call_of(row(model_path="moonshotai/Kimi-K2.5", backend_version="0.17.0", system="b200_sxm",
                                        gemm_quant_mode="nvfp4", tp_size="4", moe_ep_size="4"))
        self.assertEqual(kimi[1:3], ("b200", ("vllm", (("request_ms", "70.0"),))))
        self.assertEqual(kimi[-6:], ("--ep", 4, "--cache-dtype", "f8e4m3", "--shortest", 0.8))

    def test_engines_are_those_of_the_runs(self):
        mixed = ("sglang", (("prompts_first", "false"),))
        self.assertEqual(serving_runs.engine_of(row(backend="sglang", backend_version="0.5.1.post1")), ("sglang", ()))
        self.assertEqual(serving_runs.engine_of(row(backend="sglang", backend_version="0.5.6.post2")), mixed)
        self.assertEqual(serving_runs.vllm_of("vLLM <=0.16 (docs)"), "vllm_0_16")
        self.assertEqual(serving_runs.vllm_of("0.19.0"), "vllm")

    def test_what_cannot_be_asked_is_told(self):
        for said, why in (({"mode": "disagg"}, "prefill and decode on servers of their own"),
                          ({"gemm_quant_mode": "i3"}, "products in i3"),
                          ({"attention_dp_size": "2"}, "attention by data on several devices")):
            with self.assertRaisesRegex(UnreadableRow, f"^{why}$"):
                serving_runs.call_of(row(**said))

    def test_halves_are_of_settings_whatever_their_clients(self):
        self.assertEqual({serving_runs.held_out(row(concurrency=str(n))) for n in range(1, 9)},
                         {serving_runs.held_out(row())})
        self.assertEqual({serving_runs.held_out(row(isl=str(n))) for n in range(1, 33)}, {False, True})

    def test_times_are_compared_in_milliseconds(self):
        run = serving_runs.run_of(row(silicon_ttft_ms="100", silicon_tpot_ms="10"),
                                  {"token_s": 0.011, "first_token_s": 0.05})
        self.assertEqual((run.kind, round(run.token, 9), round(run.first, 9)),
                         ("Qwen3-32B on h100_sxm, vLLM", 1.1, 0.5))


class Engines(unittest.TestCase):
    def test_a_copy_has_other_figures(self):
        with tempfile.TemporaryDirectory() as scratch:
            plans = Plans("alidade", Graphs(None), scratch)
            self.assertEqual(plans._engine("vllm"), "vllm")
            text = pathlib.Path(plans._engine("vllm", (("step_tokens", "2540"),))).read_text(encoding="utf-8")
            self.assertIn("\nstep_tokens = 2540\n", text)
            self.assertNotIn("\nstep_tokens = 8192\n", text)

    def test_a_model_that_is_not_captured_costs_its_rows(self):
        plans = Plans("alidade", Graphs(None), "")
        with self.assertRaisesRegex(UnreadableRow, "^no configuration of GLM$"):
            plans.serving("GLM", "h100_sxm", ("vllm",))
        with self.assertRaisesRegex(UnreadableRow, "^no graph of hf:Qwen3-32B, and no folder to keep one in$"):
            plans.serving("Qwen/Qwen3-32B", "h100_sxm", ("vllm",))


class Scores(unittest.TestCase):
    def test_numbers_by_hand(self):
        # 10 and 50 % off; the root of 1.1 * 0.5
        self.assertEqual(Score("x", 3, [1.1, 0.5], 31).cells(),
                         ("x", "2 of 3", "30.0", "30.0", "0.74", "31", "reached"))
        self.assertEqual(table([Score("x", 3, [], 30)])[1], ("x", "0 of 3", "-", "-", "-", "30", "missed"))

    def test_collectives_lie_on_lines_of_logarithms(self):
        self.assertAlmostEqual(collectives.between([[100, 1.0], [10000, 100.0]], 1000), 10.0)

    def test_a_set_without_files_has_no_scores(self):
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(serving_page.ServingScorer(None, pathlib.Path(empty)).scores, [])


class Peaks:
    """Plans whose layers hold 1 GiB each, and 10 GiB besides, of which 4 are gathered."""

    def training(self, model, *_):
        layers = int(model.rpartition("_")[2])
        return {"peak_bytes": (10 + layers) * training.GIB, "gathered_bytes": 4 * training.GIB}


class Training(unittest.TestCase):
    def test_a_row_is_a_call(self):
        call = training.call_of({"setting": "Table 1 FSDP. 8 GPUs. Selective activation checkpointing.", "variant": ""})
        self.assertEqual((call.model, call.sizes, call.words[-4:]),
                         ("llama3_8b", "2x8192", ("--zero", "3", "--devices", "8")))
        with self.assertRaisesRegex(UnreadableRow, "^the row does not say what was run$"):
            training.call_of({"setting": "same", "variant": "8 nodes x 8"})

    def test_the_peak_of_all_layers_is_on_the_line(self):
        self.assertEqual(training.peak(Peaks(), training.Call("llama3_8b", "2x8192", 1, ())), 42 * training.GIB)
        self.assertEqual(training.peak(Peaks(), training.Call("llama3_70b", "2x8192", 8, ())), 86.5 * training.GIB)

    def test_the_section_has_every_row(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder)
            (data / "ops").mkdir()
            (data / training.FILE).with_suffix("").write_text(
                "setting,variant,tokens_per_s_per_gpu,peak_memory_gib\n"
                "Table 1. 8 GPUs.,FSDP,1,40\nsame,8 nodes x 8,1,46.97\n", encoding="utf-8")
            scorer = training.TrainingScorer(Peaks(), data)
        text = training_page.section(scorer, "COMMAND", "DATE", "COMMIT")
        self.assertTrue(text.startswith("## Training memory\n"))
        self.assertIn("| peak memory of a training step | 1 of 2 | 5.0 | 5.0 | 1.05 | 15 | reached |", text)
        self.assertIn("| Table 1. 8 GPUs. | FSDP | 40.0 | 42.0 | +5.0 % |", text)
        self.assertIn("| same | 8 nodes x 8 | 47.0 | - | the row does not say what was run |", text)


if __name__ == "__main__":
    unittest.main()
