"""Attention as engines run it: one operator, whose heads share keys, over the cache as it is stored."""

import inspect

NAME = "alidade"  # of this attention, in the registry of transformers


def register(model_class) -> str:
    """Makes this attention known to transformers; its name there, or "eager" for models that take no other."""
    import transformers
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
    transformers.AttentionInterface.register(NAME, attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, mask)
    flags = ("_supports_attention_backend", "_supports_sdpa", "_supports_flash_attn")
    return NAME if any(getattr(model_class, flag, False) for flag in flags) else "eager"


def attend(module, query, key, value, attention_mask, scaling=None, is_causal=None, softcap=None, **_):
    """[batch, heads, tokens, width] of queries over fewer heads of keys and values."""
    if key.shape[-1] > query.shape[-1]:
        out = over_latents(module, query, key, value, scaling)
    elif softcap:
        out = capped(query, key, value, attention_mask, scaling, softcap)
    else:
        out = fused(query, key, value, attention_mask, scaling, causal(module, is_causal, query, attention_mask))
    return out.transpose(1, 2).contiguous(), None


def causal(module, asked, query, attention_mask) -> bool:
    wanted = getattr(module, "is_causal", True) if asked is None else asked
    return bool(wanted and attention_mask is None and query.shape[2] > 1)


def fused(query, key, value, attention_mask, scaling, is_causal: bool):
    from torch.nn.functional import scaled_dot_product_attention
    return scaled_dot_product_attention(query, key, value, attn_mask=attention_mask, is_causal=is_causal,
                                        scale=scaling, enable_gqa=key.shape[1] != query.shape[1])


def capped(query, key, value, attention_mask, scaling, softcap: float):
    """Scores below a cap, which no fused operator of ATen has."""
    import torch
    shared = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(shared, 1), value.repeat_interleave(shared, 1)
    scores = torch.tanh(query @ key.transpose(2, 3) * (scaling / softcap)) * softcap
    if attention_mask is not None:
        scores = scores.masked_fill(~attention_mask, float("-inf"))
    return scores.softmax(-1) @ value


def over_latents(module, query, key, value, scaling):
    """Attention on the latents themselves: queries are taken to them, and what is found is taken back."""
    import torch
    up = module.kv_b_proj.weight.view(module.num_heads, -1, module.kv_lora_rank)
    key_up, value_up = up.split([module.qk_nope_head_dim, module.v_head_dim], 1)
    plain, rotated = query.split([module.qk_nope_head_dim, module.qk_rope_head_dim], -1)
    taken = (plain.transpose(0, 1).flatten(1, 2) @ key_up).unflatten(1, (query.shape[0], query.shape[2]))
    found = fused(torch.cat((taken.transpose(0, 1), rotated), -1), key, value, None, scaling, False)
    back = found.transpose(0, 1).flatten(1, 2) @ value_up.transpose(1, 2)
    return back.unflatten(1, (query.shape[0], query.shape[2])).transpose(0, 1)


def leave_latents(model) -> None:
    """For decode: layers hand their latents to attention as they are, and make no keys and values of them."""
    import torch
    for part in model.modules():
        if hasattr(part, "expand_kv"):
            part.expand_kv = lambda latent, rotated: (torch.cat((latent, rotated), -1), latent)


def mask(batch_size, q_length, kv_length, local_size=None, **rest):
    """None where attention is causal or over all there is; windows of a prompt have a mask."""
    from transformers.masking_utils import sdpa_mask
    if local_size is None or q_length == 1:
        return None
    known = inspect.signature(sdpa_mask).parameters
    given = {name: value for name, value in rest.items() if name in known}
    return sdpa_mask(batch_size, q_length, kv_length, local_size=local_size, **given)
