import collections
import json
import pathlib
import tempfile
import unittest

import torch
from alidade.capture.archive import record_of
from alidade.capture.command import with_open_sizes
from alidade.capture.faults import CaptureError
from alidade.capture.phases.source import in_phase
from alidade.capture.quiet import quiet_libraries
from alidade.capture.request import Request
from alidade.capture.sources import resolve
from alidade.capture.sources.live import LiveModule
from alidade.capture.strategy import capture

SMALL = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
         "num_key_value_heads": 2, "vocab_size": 512, "head_dim": 16}
LLAMA = {**SMALL, "architectures": ["LlamaForCausalLM"], "model_type": "llama"}
GEMMA = {**SMALL, "architectures": ["Gemma3ForCausalLM"], "model_type": "gemma3_text", "sliding_window": 16,
         "layer_types": ["sliding_attention", "sliding_attention", "full_attention"]}
DEEPSEEK = {**SMALL, "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "head_dim": 8,
            "num_key_value_heads": 4, "q_lora_rank": 24, "kv_lora_rank": 48, "qk_nope_head_dim": 16,
            "qk_rope_head_dim": 8, "v_head_dim": 16, "n_routed_experts": 8, "num_experts_per_tok": 2, "n_group": 2,
            "topk_group": 1, "moe_intermediate_size": 32, "first_k_dense_replace": 1, "n_shared_experts": 1}
BERT = {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 64, "num_hidden_layers": 1,
        "num_attention_heads": 4, "intermediate_size": 96, "vocab_size": 512}


WHISPER = {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper", "d_model": 64,
           "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
           "encoder_ffn_dim": 96, "decoder_ffn_dim": 96, "vocab_size": 512, "num_mel_bins": 16,
           "max_source_positions": 20, "max_target_positions": 64, "pad_token_id": 0, "bos_token_id": 1,
           "eos_token_id": 2, "decoder_start_token_id": 1}
T5 = {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "d_model": 64, "d_kv": 16, "d_ff": 96,
      "num_layers": 2, "num_heads": 4, "vocab_size": 512, "decoder_start_token_id": 0}
MAMBA = {"architectures": ["MambaForCausalLM"], "model_type": "mamba", "hidden_size": 64, "num_hidden_layers": 2,
         "state_size": 8, "vocab_size": 512}


class Ring(torch.nn.Module):
    """Writes its newest row over the oldest of its cache."""

    def forward(self, x, cache):
        cache["rows"][:, 0] = x
        return cache["rows"].sum(1)


class Phases(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def captured(self, config: dict, phase: str) -> tuple[dict, object]:
        """What is recorded of a phase, and the exported program."""
        (self.folder / "config.json").write_text(json.dumps(config))
        source = in_phase(resolve(f"hf:{self.folder}"), phase)
        with quiet_libraries():
            made = capture(source, with_open_sizes(source, Request(phase=phase)), lambda line: None)
        made.write(self.folder / "out.pt2")
        return record_of(self.folder / "out.pt2"), made.captured.program

    def refusal(self, text: str, phase: str) -> str:
        with self.assertRaises(CaptureError) as raised:
            in_phase(resolve(text), phase)
        return str(raised.exception)

    def test_decode_takes_the_cache_and_gives_it_back_with_sizes_open(self):
        record, program = self.captured(LLAMA, "decode")
        self.assertEqual(record["phase"], "decode")
        self.assertEqual(set(record["symbols"].values()), {"batch", "past"})
        self.assertEqual(record["cache"][0], {"name": "past_key_values.layers.0.keys", "kind": "full", "axis": 2,
                                              "window": 0, "input": 1, "output": 1})
        self.assertEqual(len(record["cache"]), 6)
        tensors = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
        inputs = [tensors[name] for name in program.graph_signature.user_inputs if name in tensors]
        outputs = [node.meta["val"] for node in program.graph.output_node().args[0]]
        for one in record["cache"]:
            before, after = inputs[one["input"]], outputs[one["output"]]
            self.assertEqual((before.shape[1], before.shape[3]), (2, 16))
            self.assertEqual(str(after.shape[2]), f"{before.shape[2]} + 1")

    def test_attention_is_one_operator_over_the_heads_that_are_stored(self):
        for phase in ("prefill", "decode"):
            _, program = self.captured(LLAMA, phase)
            calls = [node for node in program.graph.nodes if "scaled_dot_product" in str(node.target)]
            self.assertEqual(len(calls), 3)
            self.assertEqual([call.args[1].meta["val"].shape[1] for call in calls], [2, 2, 2])

    def test_prefill_takes_a_prompt_and_gives_the_scores_of_its_last_token(self):
        record, program = self.captured(LLAMA, "prefill")
        self.assertEqual(set(record["symbols"].values()), {"batch", "seq"})
        self.assertEqual({one["input"] for one in record["cache"]}, {None})
        scores = program.graph.output_node().args[0][0].meta["val"]
        self.assertEqual(list(scores.shape[1:]), [1, 512])

    def test_windows_and_latents_are_kinds_of_their_own(self):
        kinds = [(one["kind"], one["window"]) for one in self.captured(GEMMA, "decode")[0]["cache"]]
        self.assertEqual(kinds, [("sliding", 16)] * 4 + [("full", 0)] * 2)
        record, program = self.captured(DEEPSEEK, "decode")
        self.assertEqual({one["kind"] for one in record["cache"]}, {"latent"})
        keys = [node.args[1].meta["val"].shape for node in program.graph.nodes if "scaled_dot" in str(node.target)]
        self.assertEqual({(shape[1], shape[3]) for shape in keys}, {(1, 48 + 8)})

    def test_encoders_outputs_and_states_are_kinds_of_their_own(self):
        for config, kinds, symbols in ((WHISPER, {"full": 4, "cross": 4}, {"batch", "past"}),
                                       (T5, {"full": 4, "cross": 4}, {"batch", "past"}),
                                       (MAMBA, {"state": 4}, {"batch"})):
            with self.subTest(config["model_type"]):
                record = self.captured(config, "decode")[0]
                self.assertEqual(collections.Counter(one["kind"] for one in record["cache"]), kinds)
                self.assertEqual(set(record["symbols"].values()), symbols)
        self.assertEqual(set(self.captured(WHISPER, "prefill")[0]["symbols"].values()), {"batch"})
        self.assertEqual(set(self.captured(T5, "prefill")[0]["symbols"].values()), {"batch", "seq"})

    def test_a_caller_s_cache_is_as_it_was(self):
        (self.folder / "config.json").write_text(json.dumps(LLAMA))
        model = resolve(f"hf:{self.folder}").build()
        ids = torch.ones(2, 5, dtype=torch.long, device="meta")
        model = model.to_empty(device="cpu")
        cache = model(ids.new_ones(ids.shape, device="cpu"), use_cache=True).past_key_values
        before = [layer.keys.clone() for layer in cache.layers]
        example = {"input_ids": torch.ones(2, 1, dtype=torch.long), "past_key_values": cache, "use_cache": True}
        with quiet_libraries():
            capture(LiveModule(model), Request(example=example), lambda line: None)
        self.assertEqual([layer.keys.shape[2] for layer in cache.layers], [5, 5, 5])
        for layer, keys in zip(cache.layers, before, strict=True):
            self.assertTrue(torch.equal(layer.keys.nan_to_num(), keys.nan_to_num()))

    def test_a_caller_s_cache_that_the_model_writes_into_is_as_it_was(self):
        rows = torch.arange(12.0).reshape(2, 3, 2)
        with quiet_libraries():
            capture(LiveModule(Ring()), Request(example=(torch.zeros(2, 2), {"rows": rows})), lambda line: None)
        self.assertTrue(torch.equal(rows, torch.arange(12.0).reshape(2, 3, 2)))

    def test_models_without_phases_are_told(self):
        self.assertEqual(self.refusal("hf:bert-base-uncased", "decod"),
                         '--phase: there is no phase "decod"; did you mean "decode"?; say prefill or decode')
        self.assertEqual(self.refusal("torchvision:resnet18", "decode"),
                         "torchvision:resnet18: phases are of language models of transformers; name one as hf:NAME, "
                         "or capture this without --phase")
        with self.assertRaises(CaptureError) as raised:
            self.captured(BERT, "decode")
        self.assertEqual(str(raised.exception),
                         f"hf:{self.folder}: this model keeps no cache between tokens, so it has no phases; capture it "
                         "without --phase; phases are of decoders, as in hf:llama-3-8b --phase decode")


if __name__ == "__main__":
    unittest.main()
