"""Rows of layers.py for convolutions, pools, normalisations and filters: by kind, from (inputs by port, parameters, weights, training) to outputs
by name, in PyTorch's operations and written by hand.
"""
import torch
import torch.nn.functional as F


def sequence(x, p, apply):
    """PyTorch has the channels before the steps."""
    return {"y": apply(x) if p["layout"] == "NCL" else apply(x.movedim(2, 1)).movedim(1, 2)}


def conv1d(x, p, w):
    return sequence(x, p, lambda s: F.conv1d(s, w["kernel"], w.get("bias"), p["stride"], p["padding"], p["dilation"], p["groups"]))


def conv_transpose(x, p, w):
    extra = (w.get("bias"), p["stride"], p["padding"], p["outputPadding"], p["groups"], p["dilation"])
    return {"y": F.conv_transpose2d(x, w["kernel"], *extra)}


def layer_norm(x, p, w):
    shape = x.shape[x.dim() - p["numAxes"] :]
    rows = x.reshape(-1, shape.numel())
    normal = (rows - rows.mean(1, keepdim=True)) / (rows.var(1, unbiased=False, keepdim=True) + p["epsilon"]).sqrt()
    y = normal.reshape(x.shape)
    return {"y": y * w["scale"] + w["shift"] if p["affine"] else y}


def margins(p, sign):
    return [sign * p[side] for side in ("left", "right", "top", "bottom")]


TABLE = {
    "convTranspose2d": lambda i, p, w, t: conv_transpose(i["x"], p, w),
    "conv1d": lambda i, p, w, t: conv1d(i["x"], p, w),
    "maxPool1d": lambda i, p, w, t: sequence(i["x"], p, lambda s: F.max_pool1d(s, p["kernelSize"], p["stride"], p["padding"])),
    "avgPool1d": lambda i, p, w, t: sequence(
        i["x"], p, lambda s: F.avg_pool1d(s, p["kernelSize"], p["stride"], p["padding"], count_include_pad=p["countPadding"])
    ),
    "maxOverTime": lambda i, p, w, t: {"y": i["x"].max(1 if p["layout"] == "NLC" else 2).values},
    "globalMaxPool2d": lambda i, p, w, t: {"y": F.adaptive_max_pool2d(i["x"], 1)[:, :, 0, 0]},
    "layerNorm": lambda i, p, w, t: layer_norm(i["x"], p, w),
    "upsample2d": lambda i, p, w, t: {
        "y": i["x"].repeat_interleave(pair(p["factor"])[0], 2).repeat_interleave(pair(p["factor"])[1], 3)
    },
    "zeroPad2d": lambda i, p, w, t: {"y": F.pad(i["x"], margins(p, 1))},
    "crop2d": lambda i, p, w, t: {"y": i["x"][:, :, p["top"] : i["x"].shape[2] - p["bottom"], p["left"] : i["x"].shape[3] - p["right"]]},
}


def pair(value):
    return value if isinstance(value, list) else [value, value]
