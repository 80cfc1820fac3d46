"""Public list prices, built in so that there is an estimate without any settings. They change: check the sources.

GPUs, CPU and memory: modal.com/pricing, the rates for sandboxes. Models: the pricing page of OpenAI's platform, for
standard processing of prompts that are not long. `[prices]` in the settings overrules each of them.
"""

from golfer_tui.model.settings import ModelPrice

SOURCE = "modal.com/pricing"
"""Where the prices of today stand; the settings' default `prices.as_of` says when these were read."""

GPUS = {
    "B200": 6.2496,
    "H200": 4.5396,
    "H100": 3.9492,
    "RTX-PRO-6000": 3.0312,
    "A100-80GB": 2.4984,
    "A100-40GB": 2.0988,
    "L40S": 1.9512,
    "A10": 1.1016,
    "L4": 0.7992,
    "T4": 0.5904,
}
"""Dollars for an hour of one GPU."""

MODELS = {
    "gpt-5.6-sol": ModelPrice(input=5.00, cached=0.50, output=30.00),
    "gpt-5.6-terra": ModelPrice(input=2.00, cached=0.20, output=12.00),
    "gpt-5.6-luna": ModelPrice(input=0.20, cached=0.02, output=1.20),
    "gpt-5.5": ModelPrice(input=5.00, cached=0.50, output=30.00),
    "gpt-5.4": ModelPrice(input=2.50, cached=0.25, output=15.00),
    "gpt-5.4-mini": ModelPrice(input=0.75, cached=0.075, output=4.50),
    "gpt-5.4-nano": ModelPrice(input=0.20, cached=0.02, output=1.25),
    "gpt-5.3-codex": ModelPrice(input=1.75, cached=0.175, output=14.00),
    "gpt-5.2": ModelPrice(input=1.75, cached=0.175, output=14.00),
    "gpt-5.2-codex": ModelPrice(input=1.75, cached=0.175, output=14.00),
    "gpt-5.1": ModelPrice(input=1.25, cached=0.125, output=10.00),
    "gpt-5": ModelPrice(input=1.25, cached=0.125, output=10.00),
    "gpt-5-mini": ModelPrice(input=0.25, cached=0.025, output=2.00),
    "gpt-5-nano": ModelPrice(input=0.05, cached=0.005, output=0.40),
    "gpt-4.1": ModelPrice(input=2.00, cached=0.50, output=8.00),
    "gpt-4.1-mini": ModelPrice(input=0.40, cached=0.10, output=1.60),
    "gpt-4.1-nano": ModelPrice(input=0.10, cached=0.025, output=0.40),
}
"""Dollars for a million tokens."""

MODAL_CORES = 0.125
"""Cores that Modal reserves for a sandbox by default."""

MODAL_MEMORY = 128
"""MiB that Modal reserves for a sandbox by default."""
