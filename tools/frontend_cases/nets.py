"""Models that no library has in this size: recurrent and audio ones, a U-Net, a detector's head, tiny transformers."""

import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
from alidade.capture.torchvision_ops import import_torchvision  # noqa: E402


class Tagger(nn.Module):
    """Words to tags: embedding, two bidirectional LSTM layers, a classifier."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(1000, 48)
        self.lstm = nn.LSTM(48, 64, num_layers=2, bidirectional=True, batch_first=True)
        self.classify = nn.Linear(128, 17)

    def forward(self, words):
        return self.classify(self.lstm(self.embed(words))[0])


class Forecaster(nn.Module):
    """A time series and its next value: GRU layers and a head on the last step."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 40, num_layers=2)
        self.head = nn.Sequential(nn.Linear(40, 20), nn.ReLU(), nn.Linear(20, 1))

    def forward(self, series):
        return self.head(self.gru(series)[0][-1])


class SpeechToText(nn.Module):
    """After Deep Speech 2: convolutions over the spectrogram, LSTM layers, letters."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 8, (11, 5), (2, 2), (5, 2)), nn.BatchNorm2d(8), nn.Hardtanh(0, 20),
                                  nn.Conv2d(8, 8, (11, 5), (2, 1), (5, 2)), nn.BatchNorm2d(8), nn.Hardtanh(0, 20))
        self.lstm = nn.LSTM(8 * 20, 96, num_layers=2, bidirectional=True)
        self.letters = nn.Linear(192, 29)

    def forward(self, spectrogram):
        x = self.conv(spectrogram).flatten(1, 2).permute(2, 0, 1)
        return self.letters(self.lstm(x)[0]).log_softmax(-1)


class KeywordSpotter(nn.Module):
    """After the DS-CNN: depthwise separable convolutions over MFCCs."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(1, 64, (10, 4), 2, (5, 1)), nn.BatchNorm2d(64), nn.ReLU()]
        for _ in range(4):
            layers += [nn.Conv2d(64, 64, 3, padding=1, groups=64), nn.BatchNorm2d(64), nn.ReLU(),
                       nn.Conv2d(64, 64, 1), nn.BatchNorm2d(64), nn.ReLU()]
        self.features, self.classify = nn.Sequential(*layers), nn.Linear(64, 12)

    def forward(self, mfcc):
        return self.classify(self.features(mfcc).mean((2, 3)))


class Vocoder(nn.Module):
    """After WaveNet's feed-forward kin: dilated 1-d convolutions with gates, transposed ones to go up."""

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose1d(40, 32, 8, stride=4, padding=2)
        self.gates = nn.ModuleList(nn.Conv1d(32, 64, 3, padding=2**i, dilation=2**i) for i in range(4))
        self.mix = nn.ModuleList(nn.Conv1d(32, 32, 1) for _ in range(4))
        self.out = nn.Conv1d(32, 1, 1)

    def forward(self, mel):
        x = self.up(mel)
        for gate, mix in zip(self.gates, self.mix, strict=True):
            a, b = gate(x).chunk(2, 1)
            x = x + mix(a.tanh() * b.sigmoid())
        return self.out(x).tanh()


def twice(cin: int, cout: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True),
                         nn.Conv2d(cout, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))


class UNet(nn.Module):
    """Segmentation with skips: pooling down, transposed convolutions up."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([twice(3, 16), twice(16, 32), twice(32, 64)])
        self.bottom = twice(64, 128)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(c * 2, c, 2, 2) for c in (64, 32, 16)])
        self.joins = nn.ModuleList([twice(c * 2, c) for c in (64, 32, 16)])
        self.out = nn.Conv2d(16, 4, 1)

    def forward(self, image):
        kept, x = [], image
        for block in self.down:
            x = block(x)
            kept.append(x)
            x = F.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, join in zip(self.ups, self.joins, strict=True):
            x = join(torch.cat([kept.pop(), up(x)], 1))
        return self.out(x)


class OneStage(nn.Module):
    """RetinaNet's network without what follows it in Python: ResNet-18, a pyramid, its two heads."""

    def __init__(self):
        super().__init__()
        torchvision = import_torchvision()
        from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
        self.backbone = resnet_fpn_backbone(backbone_name="resnet18", weights=None, trainable_layers=5)
        self.head = torchvision.models.detection.retinanet.RetinaNetHead(256, 9, 20)

    def forward(self, image):
        found = self.head(list(self.backbone(image).values()))
        return found["cls_logits"], found["bbox_regression"]


def tiny(config: str, model: str, **values):
    """A transformer of two layers, 64 wide, with 4 heads and 500 words."""
    import_torchvision()
    import transformers
    made = getattr(transformers, config)(**values)
    made.use_cache = False
    made._attn_implementation = "sdpa"
    return getattr(transformers, model)._from_config(made)


LAYERS = {"vocab_size": 500, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
          "num_attention_heads": 4, "max_position_embeddings": 128}


def bert():
    return tiny("BertConfig", "BertModel", **LAYERS)


def albert():
    return tiny("AlbertConfig", "AlbertModel", **LAYERS, embedding_size=32)


def electra():
    return tiny("ElectraConfig", "ElectraModel", **LAYERS, embedding_size=32)


def llama():
    return tiny("LlamaConfig", "LlamaForCausalLM", **LAYERS, num_key_value_heads=2, tie_word_embeddings=True)


def qwen2():
    return tiny("Qwen2Config", "Qwen2ForCausalLM", **LAYERS, num_key_value_heads=2)


def gemma():
    return tiny("GemmaConfig", "GemmaForCausalLM", **LAYERS, num_key_value_heads=1, head_dim=32)


def phi():
    return tiny("PhiConfig", "PhiForCausalLM", **LAYERS)


def gpt2():
    return tiny("GPT2Config", "GPT2LMHeadModel", vocab_size=500, n_positions=128, n_embd=64, n_layer=2, n_head=4)


def opt():
    return tiny("OPTConfig", "OPTForCausalLM", vocab_size=500, hidden_size=64, ffn_dim=160, num_hidden_layers=2,
                num_attention_heads=4, max_position_embeddings=128, word_embed_proj_dim=64)


def t5():
    return tiny("T5Config", "T5ForConditionalGeneration", vocab_size=500, d_model=64, d_kv=16, d_ff=160, num_layers=2,
                num_heads=4)


def bart():
    return tiny("BartConfig", "BartModel", vocab_size=500, d_model=64, encoder_layers=2, decoder_layers=2,
                encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=160, decoder_ffn_dim=160,
                max_position_embeddings=128)


def whisper():
    return tiny("WhisperConfig", "WhisperForConditionalGeneration", vocab_size=500, num_mel_bins=20, d_model=64,
                encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
                encoder_ffn_dim=160, decoder_ffn_dim=160, max_source_positions=50, max_target_positions=64,
                pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)


def wav2vec2():
    return tiny("Wav2Vec2Config", "Wav2Vec2Model", hidden_size=64, intermediate_size=160, num_hidden_layers=2,
                num_attention_heads=4, conv_dim=[32] * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4)


def clip():
    parts = {"hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4}
    return tiny("CLIPConfig", "CLIPModel", projection_dim=32, text_config={**parts, "vocab_size": 500},
                vision_config={**parts, "image_size": 64, "patch_size": 16})


def detr():
    return tiny("DetrConfig", "DetrForObjectDetection", d_model=64, encoder_layers=2, decoder_layers=2,
                encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=160, decoder_ffn_dim=160,
                num_queries=20, num_labels=10, backbone="resnet18")


def yolos():
    return tiny("YolosConfig", "YolosForObjectDetection", hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
                intermediate_size=160, image_size=[96, 128], num_labels=10, num_detection_tokens=20,
                use_mid_position_embeddings=False)


def segformer():
    return tiny("SegformerConfig", "SegformerForSemanticSegmentation", depths=[1, 1, 1, 1],
                hidden_sizes=[16, 32, 40, 64], decoder_hidden_size=64, num_labels=19)
