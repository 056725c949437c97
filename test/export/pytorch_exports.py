"""Runs files that Netloom exports for PyTorch.

In (stdin): for each file its source, the name of its network, the inputs in the order of `forward`, where its weights lie, and what to do.
Out: what `forward` gives with and without what may be left out, gradients, or the weights after some steps of the file's own `train`.
"""
import json
import sys

import torch

torch.set_default_dtype(torch.float64)


def tensor(given):
    kind = torch.int64 if given["dtype"] == "i32" else torch.float64
    return torch.tensor(given["data"], dtype=kind).reshape(given["shape"])


def plain(value):
    return value.detach().double().flatten().tolist()


def run(file):
    scope = {"__name__": "exported"}
    exec(compile(file["source"], "exported.py", "exec"), scope)
    torch.manual_seed(0)
    model = scope[file["network"]]()
    if file["weights"]:
        scope["load_weights"](model, file["weights"])
    model.train(file["training"])
    if file["isFresh"]:
        return {"state": {name: plain(value) for name, value in model.state_dict().items()}}
    if file.get("epochs"):
        batches = [[tensor(given) for given in batch] for batch in file["batches"]]
        scope["train"](model, batches, epochs=file["epochs"])
        return {"state": {name: plain(value) for name, value in model.state_dict().items()}}
    inputs = [tensor(given) for given in file["inputs"]]
    given = model(*inputs)
    values = list(given) if isinstance(given, tuple) else [given]
    answer = {"values": [plain(value) for value in values], "without": None}
    if file["required"] < len(inputs):
        few = model(*inputs[: file["required"]])
        answer["without"] = [plain(value) for value in (few if isinstance(few, tuple) else [few])]
    return answer


def attempt(file):
    try:
        return run(file)
    except Exception as error:  # reported by the test
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([attempt(file) for file in json.load(sys.stdin)], sys.stdout)
