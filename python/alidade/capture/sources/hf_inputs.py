"""What models of each kind take, with the sizes of their config."""

from alidade.capture.inputs import Inputs, TensorSpec

TOKENS = ((0, "batch"), (1, "seq"))
TEXT = ("encoder", "masked", "decoder", "ids", "seq2seq")


def ids(name: str, sequence: int = 128) -> TensorSpec:
    return TensorSpec(name, (1, sequence), "int64", TOKENS, "ones")


def keywords(*specs: TensorSpec) -> Inputs:
    return Inputs((), {spec.name: spec for spec in specs})


def longest(config) -> int:
    return min(128, getattr(config, "max_position_embeddings", None) or 128)


def encoder(config) -> Inputs:
    n = longest(config)
    return keywords(ids("input_ids", n), ids("attention_mask", n), ids("token_type_ids", n))


def masked(config) -> Inputs:
    n = longest(config)
    return keywords(ids("input_ids", n), ids("attention_mask", n))


def decoder(config) -> Inputs:
    n = longest(config)
    return keywords(ids("input_ids", n), ids("attention_mask", n))


def only_ids(config) -> Inputs:
    return keywords(ids("input_ids"))


def seq2seq(config) -> Inputs:
    return keywords(ids("input_ids"), ids("attention_mask"), ids("decoder_input_ids"))


def pixels(config) -> TensorSpec:
    inner = getattr(config, "vision_config", config)
    size = getattr(inner, "image_size", None) or 224
    height, width = size if isinstance(size, list | tuple) else (size, size)
    return TensorSpec("pixel_values", (1, getattr(inner, "num_channels", None) or 3, height, width))


def image(config) -> Inputs:
    return keywords(pixels(config))


def clip(config) -> Inputs:
    n = getattr(config.text_config, "max_position_embeddings", None) or 77
    return keywords(ids("input_ids", n), pixels(config), ids("attention_mask", n))


def detection(config) -> Inputs:
    """The shorter side that DETR scales images to, and a mask of all pixels."""
    mask = TensorSpec("pixel_mask", (1, 800, 1066), "int64", fill="ones")
    return keywords(TensorSpec("pixel_values", (1, 3, 800, 1066)), mask)


def speech2text(config) -> Inputs:
    frames = 2 * config.max_source_positions
    return keywords(TensorSpec("input_features", (1, config.num_mel_bins, frames)), ids("decoder_input_ids"))


def wave(config) -> Inputs:
    return keywords(TensorSpec("input_values", (1, 16000)))


def spectrogram(config) -> Inputs:
    return keywords(TensorSpec("input_values", (1, config.max_length, config.num_mel_bins)))


INPUTS = {"encoder": encoder, "masked": masked, "decoder": decoder, "ids": only_ids, "seq2seq": seq2seq, "image": image,
          "clip": clip, "detection": detection, "speech2text": speech2text, "wave": wave, "spectrogram": spectrogram}


def guess_kind(model) -> str:
    """For a config that the table does not know: what the model itself says of its inputs."""
    config, main = model.config, getattr(model, "main_input_name", "input_ids")
    by_main = {"pixel_values": "image", "input_features": "speech2text"}
    if main == "input_values":
        return "spectrogram" if hasattr(config, "num_mel_bins") else "wave"
    if hasattr(config, "text_config") and hasattr(config, "vision_config"):
        return "clip"
    if main in by_main:
        return by_main[main]
    if getattr(config, "is_encoder_decoder", False):
        return "seq2seq"
    if getattr(config, "use_cache", False) and "LM" in type(model).__name__ and "Masked" not in type(model).__name__:
        return "decoder"
    return "encoder" if getattr(config, "type_vocab_size", 0) and config.type_vocab_size > 1 else "masked"
