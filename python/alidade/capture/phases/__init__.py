"""The two phases of a language model: prefill reads a prompt and fills a cache, decode reads a token and the cache."""

PHASES = ("prefill", "decode")
