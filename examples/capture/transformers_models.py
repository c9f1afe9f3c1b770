"""DETR, BERT and ViT of transformers, built from their configs: captured, profiled, their graphs saved as Python.

    transformers_models.py [detr|bert|vit]... [--save-code DIR]
"""

import argparse

from alidade import profile_model
from alidade.capture.cli import main

MODELS = {"detr": "hf:detr-resnet-50", "bert": "hf:bert-base-uncased", "vit": "hf:vit-base-patch16-224"}


def command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", choices=[*MODELS, []], default=[])
    parser.add_argument("--save-code", metavar="DIR")
    return parser.parse_args()


if __name__ == "__main__":
    options = command_line()
    for name in options.models or MODELS:
        result = profile_model(MODELS[name], show=False)
        totals = result["totals"]
        print(f"{name}: {totals['macs']:,} MACs, {totals['params']:,} parameters, {totals['ops']} operators")
        if options.save_code:
            main([MODELS[name], "--via", "export", "--save-code", options.save_code, "-o",
                  f"{options.save_code}/{name}.pt2"])
