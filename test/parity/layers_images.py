"""Rows of layers.py for convolutions, pools, normalisations and filters: by kind, from (inputs by port, parameters, weights, training) to outputs
by name, in PyTorch's operations and written by hand.
"""
import math

import torch
import torch.nn.functional as F


def sequence(x, p, apply):
    """PyTorch has the channels before the steps."""
    return {"y": apply(x) if p["layout"] == "NCL" else apply(x.movedim(2, 1)).movedim(1, 2)}


def max_over_time(x, mask, p):
    """One sequence after the other; of the steps that count."""
    steps = x if p["layout"] == "NLC" else x.movedim(1, 2)
    rows = steps if mask is None else [row[counts > 0] for row, counts in zip(steps, mask)]
    return {"y": torch.stack([row.max(0).values if len(row) else 0 * steps[0, 0] for row in rows])}


def conv1d(x, p, w):
    return sequence(x, p, lambda s: F.conv1d(s, w["kernel"], w.get("bias"), p["stride"], p["padding"], p["dilation"], p["groups"]))


def conv_transpose(x, p, w):
    extra = (w.get("bias"), p["stride"], p["padding"], p["outputPadding"], p["groups"], p["dilation"])
    return {"y": F.conv_transpose2d(x, w["kernel"], *extra)}


def layer_norm(x, p, w):
    shape = x.shape[x.dim() - p["numAxes"] :]
    return {"y": F.layer_norm(x, shape, w.get("scale"), w.get("shift"), p["epsilon"])}


def margins(p, sign):
    return [sign * p[side] for side in ("left", "right", "top", "bottom")]


def pair(value):
    return value if isinstance(value, list) else [value, value]


def around(x, height, width, p):
    """The image with half a window more on each side."""
    mode = {"mode": "replicate"} if p["border"] == "nearest" else {}
    return F.pad(x, (width // 2, width // 2, height // 2, height // 2), **mode)


def fixed_kernel(x, rows, p):
    """Cross-correlation of every channel with the rows of one kernel."""
    kernel = torch.as_tensor(rows, dtype=x.dtype)
    padded = around(x, *kernel.shape, p)
    channels = x.shape[1]
    return F.conv2d(padded, kernel.repeat(channels, 1, 1, 1), groups=channels)


def average(x, p):
    return fixed_kernel(x, torch.full((p["size"], p["size"]), p["size"] ** -2), p)


def gaussian(x, p):
    at = torch.arange(p["size"]) - p["size"] // 2
    bell = torch.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / (2 * p["deviation"] ** 2))
    return {"y": fixed_kernel(x, bell / bell.sum(), p)}


def median(x, p):
    size = int(p["size"])
    patches = F.unfold(around(x, size, size, p).flatten(0, 1)[:, None], size)
    return {"y": patches.median(1).values.reshape(x.shape)}


def difference(x, p):
    """x[i + 1] or x[i] less x[i] or x[i - 1], along the last axis."""
    turned = x.transpose(2, 3) if p["direction"] == "vertical" else x
    wide = around(turned, 1, 3, p)
    before, here, behind = wide[..., :-2], wide[..., 1:-1], wide[..., 2:]
    y = {"forward": behind - here, "backward": here - before, "central": (behind - before) / 2}[p["scheme"]]
    return {"y": y.transpose(2, 3) if p["direction"] == "vertical" else y}


def edges(x, p, middle):
    """The notes' kernels, mirrored: conv2d correlates, they are for a convolution."""
    vertical = torch.tensor([[1, 0, -1], [middle, 0, -middle], [1, 0, -1]]).flip(0, 1)
    right, down = fixed_kernel(x, vertical, p), fixed_kernel(x, vertical.T, p)
    y = {"magnitude": torch.linalg.vector_norm(torch.stack([right, down]), dim=0)}
    return {**y, "angle": torch.atan2(down, right)} if p["angle"] else y


def quantize(x, p):
    levels = torch.linspace(p["low"], p["high"], p["levels"])
    nearest = levels[(x.detach()[..., None] - levels).abs().argmin(-1)]
    if p["gradient"] == "zero":
        return {"y": nearest + 0 * x}
    inside = x.clamp(p["low"], p["high"])
    return {"y": nearest + inside - inside.detach()}


def thin_lens(a, b, p):
    return a * b / (a + b) if p["solveFor"] == "f" else a * b / (b - a)


def convolve(f, g):
    length, width = f.shape[-1], g.shape[-1]
    y = [sum(f[..., t] * g[..., x - t] for t in range(length) if 0 <= x - t < width) for x in range(length + width - 1)]
    return {"y": torch.stack(y, -1)}


def roi_pool(x, rois, p):
    """Fast R-CNN's loops, bin by bin."""
    if rois.dim() == 3:
        number = torch.arange(x.shape[0]).repeat_interleave(rois.shape[1])
        rois = torch.cat([number[:, None], rois.reshape(-1, 4)], 1)
    rows, columns = pair(p["outputSize"])
    y = torch.zeros(len(rois), x.shape[1], rows, columns)
    for r, roi in enumerate(rois.detach()):
        left, top, right, bottom = [math.floor(v * p["spatialScale"] + 0.5) for v in roi[1:].tolist()]
        height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
        for i in range(rows):
            for j in range(columns):
                y0, y1 = top + math.floor(i * height / rows), top + math.ceil((i + 1) * height / rows)
                x0, x1 = left + math.floor(j * width / columns), left + math.ceil((j + 1) * width / columns)
                found = x[int(roi[0]), :, max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
                if found.numel() > 0:
                    y[r, :, i, j] = found.flatten(1).max(1).values
    return {"y": y + 0 * rois.sum()}


TABLE = {
    "convTranspose2d": lambda i, p, w, t: conv_transpose(i["x"], p, w),
    "conv1d": lambda i, p, w, t: conv1d(i["x"], p, w),
    "maxPool1d": lambda i, p, w, t: sequence(i["x"], p, lambda s: F.max_pool1d(s, p["kernelSize"], p["stride"], p["padding"])),
    "avgPool1d": lambda i, p, w, t: sequence(
        i["x"], p, lambda s: F.avg_pool1d(s, p["kernelSize"], p["stride"], p["padding"], count_include_pad=p["countPadding"])
    ),
    "maxOverTime": lambda i, p, w, t: max_over_time(i["x"], i.get("mask"), p),
    "globalMaxPool2d": lambda i, p, w, t: {"y": F.adaptive_max_pool2d(i["x"], 1)[:, :, 0, 0]},
    "layerNorm": lambda i, p, w, t: layer_norm(i["x"], p, w),
    "upsample2d": lambda i, p, w, t: {
        "y": i["x"].repeat_interleave(pair(p["factor"])[0], 2).repeat_interleave(pair(p["factor"])[1], 3)
    },
    "zeroPad2d": lambda i, p, w, t: {"y": F.pad(i["x"], margins(p, 1))},
    "crop2d": lambda i, p, w, t: {"y": i["x"][:, :, p["top"] : i["x"].shape[2] - p["bottom"], p["left"] : i["x"].shape[3] - p["right"]]},
    "averageFilter": lambda i, p, w, t: {"y": average(i["x"], p)},
    "gaussianFilter": lambda i, p, w, t: gaussian(i["x"], p),
    "highPassFilter": lambda i, p, w, t: {"y": (2 if p["keepImage"] else 1) * i["x"] - average(i["x"], p)},
    "medianFilter": lambda i, p, w, t: median(i["x"], p),
    "differenceFilter": lambda i, p, w, t: difference(i["x"], p),
    "prewittFilter": lambda i, p, w, t: edges(i["x"], p, 1),
    "sobelFilter": lambda i, p, w, t: edges(i["x"], p, 2),
    "quantize": lambda i, p, w, t: quantize(i["x"], p),
    "thinLens": lambda i, p, w, t: {"y": thin_lens(i["a"], i["b"], p)},
    "discreteConvolution": lambda i, p, w, t: convolve(i["f"], i["g"]),
    "roiPool": lambda i, p, w, t: roi_pool(i["x"], i["rois"], p),
}
