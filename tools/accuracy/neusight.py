"""Reader of the networks that NeuSight ran end to end; sizes are those of its configurations."""

from rows import UnreadableRow
from switch_transformer import switch_network
from transformers import BERT_LARGE, Transformer, network

GPT = {"decoder": True, "packed": True, "activation": "gelu_new"}
NETWORKS = {
    "bert_large": BERT_LARGE,
    "gpt2_large": Transformer(1280, 36, 20, 5120, 50257, **GPT),
    "gpt3_xl": Transformer(3072, 24, 24, 12288, 50257, **GPT),
    "gpt3_27": Transformer(2560, 32, 32, 10240, 50257, **GPT),
    "opt_13": Transformer(2048, 24, 32, 8192, 50272, decoder=True, activation="relu"),
}


def neusight(rows, device, fused):
    """Inference in fp32, with or without torch.compile (columns of sitar-lab/NeuSight)."""
    for record in rows:
        if record["device"] != device or record["mode"] != "inf" or (record["option"] == "fusion") != fused:
            continue
        batch, length = int(float(record["batch"])), int(float(record["seqlen"]))
        seconds = float(record["e2e_ms"]) / 1e3
        config = NETWORKS.get(record["model"])
        if record["model"] == "switchxl4":
            yield switch_network(batch, length, record["model"], seconds)
        elif config is None:
            yield UnreadableRow(f"no layer list for {record['model']}")
        else:
            yield network(config, batch, length, "f32", record["model"], seconds, "f32")
