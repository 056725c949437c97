"""Independent values for every row of every layer's cases, in double precision.

In (stdin): a JSON list of rows, each with kind, params, inputs, weights, upstream gradients and the layer's own PyTorch export.
Out (stdout): for each row the outputs, the gradients and, by running the export, the outputs once more.
Each kind is written by hand in TABLE: by PyTorch's own function where there is one, else in its operations; nothing here is derived from Netloom's code.
"""
import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

sys.dont_write_bytecode = True
import layers_images
import layers_losses
import layers_sequences

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def batch_norm(x, p, w, training):
    running = None if training else w["runningMean"], None if training else w["runningVariance"]
    result = {"y": F.batch_norm(x, *running, w["scale"], w["shift"], training, eps=p["epsilon"])}
    if training:
        # PyTorch averages the unbiased variance; the notes' is the biased one.
        m, axes = p["momentum"], [0] if x.dim() == 2 else [0, 2, 3]
        mean, variance = x.mean(axes), x.var(axes, unbiased=False)
        result["next:runningMean"] = (1 - m) * w["runningMean"] + m * mean
        result["next:runningVariance"] = (1 - m) * w["runningVariance"] + m * variance
    return result


def dense(x, p, w):
    z = torch.einsum("...i,io->...o", x, w["kernel"])
    return {"y": z + w["bias"] if p["useBias"] else z}


def conv2d(x, p, w):
    return {"y": F.conv2d(x, w["kernel"], w.get("bias"), p["stride"], p["padding"], p["dilation"], p["groups"])}


def dropout(x, p, training):
    assert not training or p["p"] == 0, "random numbers cannot be compared"
    return {"y": x}


def gaussian_noise(x, p, training):
    assert not training or p["deviation"] == 0, "random numbers cannot be compared"
    return {"y": x}


def rrelu(x, p, training):
    assert not training or p["lower"] == p["upper"], "random numbers cannot be compared"
    return {"y": F.leaky_relu(x, (p["lower"] + p["upper"]) / 2)}


def flat(y, *leaves):
    """A staircase has no derivative in PyTorch; here it is zero."""
    return {"y": y.double() + sum(0 * leaf.sum() for leaf in leaves)}


def step(x, p):
    z = x - p["threshold"]
    return flat(z >= 0 if p["values"] == "binary" else z.sgn(), x)


def maxout(x, p):
    groups = torch.stack(x.split(p["groupSize"], p["axis"]), p["axis"] if p["axis"] >= 0 else p["axis"] - 1)
    return {"y": groups.amax(p["axis"] + 1 if p["axis"] >= 0 else p["axis"])}


def polynomial_kernel(x, p, w):
    base = p["gamma"] * torch.einsum("nf,lf->nl", x, w["landmarks"]) + p["offset"]
    return {"y": torch.stack([base] * p["degree"]).prod(0)}


def rbf_kernel(x, p, w):
    difference = x[:, None, :] - w["landmarks"][None]
    return {"y": torch.exp(-p["gamma"] * (difference**2).sum(-1))}


def reduce(x, p):
    axes = p["axes"] or list(range(1, x.dim()))
    rank, keep = x.dim(), p["keepAxes"]
    reduced = {"mean": x.mean, "sum": x.sum, "max": x.amax, "min": x.amin}[p["operation"]]
    return {"y": reduced([axis % rank for axis in axes], keepdim=keep) if axes else x}


def part(x, p):
    place = [slice(None)] * x.dim()
    place[p["axis"]] = slice(p["start"], p["stop"] or None, p["step"])
    return {"y": x[tuple(place)]}


def gather(x, index, p):
    if p["from"] == "batch":
        return {"y": x.index_select(0, index.flatten()).reshape(index.shape + x.shape[1:])}
    return {"y": torch.stack([rows[numbers] for rows, numbers in zip(x, index)])}


def batched_matmul(a, b, p):
    left, right = "...ba" if p["transposeA"] else "...ab", "...cb" if p["transposeB"] else "...bc"
    return {"y": torch.einsum(f"{left},{right}->...ac", a, b)}


# kind: (inputs by port, parameters, weights, training) -> outputs by name
TABLE = {
    **layers_images.TABLE,
    **layers_losses.TABLE,
    **layers_sequences.TABLE,
    "input": lambda i, p, w, t: {"y": i["fed"]},
    "label": lambda i, p, w, t: {"y": i["fed"]},
    "dense": lambda i, p, w, t: dense(i["x"], p, w),
    "conv2d": lambda i, p, w, t: conv2d(i["x"], p, w),
    "maxPool2d": lambda i, p, w, t: {"y": F.max_pool2d(i["x"], p["kernelSize"], p["stride"], p["padding"])},
    "avgPool2d": lambda i, p, w, t: {
        "y": F.avg_pool2d(i["x"], p["kernelSize"], p["stride"], p["padding"], count_include_pad=p["countPadding"])
    },
    "globalAvgPool2d": lambda i, p, w, t: {"y": F.adaptive_avg_pool2d(i["x"], 1)[:, :, 0, 0]},
    "batchNorm": lambda i, p, w, t: batch_norm(i["x"], p, w, t),
    "sigmoid": lambda i, p, w, t: {"y": torch.sigmoid(i["x"])},
    "tanh": lambda i, p, w, t: {"y": torch.tanh(i["x"])},
    "relu": lambda i, p, w, t: {"y": F.relu(i["x"])},
    "leakyRelu": lambda i, p, w, t: {"y": F.leaky_relu(i["x"], p["slope"])},
    "absolute": lambda i, p, w, t: {"y": i["x"].abs()},
    "linear": lambda i, p, w, t: {"y": i["x"].clone()},
    "elu": lambda i, p, w, t: {"y": F.elu(i["x"], p["alpha"])},
    "selu": lambda i, p, w, t: {"y": F.selu(i["x"])},
    "softplus": lambda i, p, w, t: {"y": torch.logaddexp(i["x"], torch.zeros_like(i["x"]))},
    "step": lambda i, p, w, t: step(i["x"], p),
    # The derivative of F.hardsigmoid has its sixth in single precision.
    "hardSigmoid": lambda i, p, w, t: {"y": F.relu6(i["x"] + 3) / 6},
    "swish": lambda i, p, w, t: {"y": F.silu(i["x"])},
    "gelu": lambda i, p, w, t: {"y": F.gelu(i["x"], approximate=p["approximate"])},
    "maxout": lambda i, p, w, t: maxout(i["x"], p),
    "prelu": lambda i, p, w, t: {"y": F.prelu(i["x"], w["slope"])},
    "rrelu": lambda i, p, w, t: rrelu(i["x"], p, t),
    "gaussianNoise": lambda i, p, w, t: gaussian_noise(i["x"], p, t),
    "scale": lambda i, p, w, t: {"y": p["factor"] * i["x"] + p["offset"]},
    "power": lambda i, p, w, t: {"y": i["x"] ** p["exponent"]},
    "subtract": lambda i, p, w, t: {"y": i["a"] - i["b"]},
    "divide": lambda i, p, w, t: {"y": i["a"] / i["b"]},
    "maximum": lambda i, p, w, t: {"y": torch.maximum(i["a"], i["b"])},
    "minimum": lambda i, p, w, t: {"y": torch.minimum(i["a"], i["b"])},
    "batchedMatmul": lambda i, p, w, t: batched_matmul(i["a"], i["b"], p),
    "reduce": lambda i, p, w, t: reduce(i["x"], p),
    "l2Normalize": lambda i, p, w, t: {"y": F.normalize(i["x"], dim=p["axis"], eps=p["epsilon"])},
    "oneHotEncoding": lambda i, p, w, t: {"y": torch.eye(p["classes"])[i["x"]]},
    "slice": lambda i, p, w, t: part(i["x"], p),
    "split": lambda i, p, w, t: {f"part{k + 1}": y for k, y in enumerate(i["x"].tensor_split(p["parts"], p["axis"]))},
    "transpose": lambda i, p, w, t: {"y": i["x"].permute([0] + p["order"])},
    "gather": lambda i, p, w, t: gather(i["x"], i["index"], p),
    "mccullochPitts": lambda i, p, w, t: flat(i["x"] @ w["kernel"] - w["threshold"] >= 0, i["x"], *w.values()),
    "polynomialKernel": lambda i, p, w, t: polynomial_kernel(i["x"], p, w),
    "rbfKernel": lambda i, p, w, t: rbf_kernel(i["x"], p, w),
    "softmax": lambda i, p, w, t: {"y": torch.softmax(i["x"], p["axis"])},
    "dropout": lambda i, p, w, t: dropout(i["x"], p, t),
    "flatten": lambda i, p, w, t: {"y": i["x"].reshape(i["x"].shape[0], -1)},
    "reshape": lambda i, p, w, t: {"y": i["x"].reshape([i["x"].shape[0]] + p["shape"])},
    "concat": lambda i, p, w, t: {"y": torch.cat(i["x"], p["axis"])},
    "add": lambda i, p, w, t: {"y": torch.stack(i["x"]).sum(0)},
    "multiply": lambda i, p, w, t: {"y": torch.stack(i["x"]).prod(0)},
    "embedding": lambda i, p, w, t: {"y": w["table"][i["x"]]},
}


def tensor(given, grad=False):
    if given["dtype"] == "i32":
        return torch.tensor(given["data"], dtype=torch.int64).reshape(given["shape"])
    return torch.tensor(given["data"], dtype=torch.float64).reshape(given["shape"]).requires_grad_(grad)


def plain(values):
    return {name: value.detach().double().flatten().tolist() for name, value in values.items()}


def run_export(export, args, weights, training):
    """The outputs of the Python that the layer itself would export, in port order; what it adds to the loss last."""
    scope = {"nn": nn, "F": F, "torch": torch}
    for definition in export["definitions"]:
        exec(definition, scope)
    if export["module"]:
        module = scope["self_layer"] = eval(export["module"], scope)
        state = {}
        for ours, theirs in export["weights"].items():
            value = weights[ours].detach()
            state[theirs["name"]] = value.permute(theirs["permutation"]) if theirs.get("permutation") else value
        missing = module.load_state_dict(state, strict=False)
        assert not missing.unexpected_keys, missing
        assert all(key.endswith("num_batches_tracked") for key in missing.missing_keys), missing
        module.train(training)
    scope.update({f"a{i}": a for i, a in enumerate(args)})
    result = eval(export["call"], scope)
    outputs = list(result) if isinstance(result, tuple) else [result]
    if export["penalty"]:
        outputs.append(eval(export["penalty"], scope))
    return [output.detach().double().flatten().tolist() for output in outputs]


def check(row):
    wires = {name: tensor(given, True) for name, given in row["wires"].items()}
    weights = {name: tensor(given, given["trainable"]) for name, given in row["weights"].items()}
    ports = {
        port: [wires[name] for name in names] if isinstance(names, list) else wires[names] for port, names in row["ports"].items()
    }
    outputs = TABLE[row["kind"]](ports, row["params"], weights, row["training"])
    loss = sum((outputs[port] * tensor(given)).sum() for port, given in row["upstream"].items())
    leaves = {**wires, **{f"layer.{name}": w for name, w in weights.items()}}
    leaves = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    grads = {}
    if leaves and torch.is_tensor(loss):
        for (name, leaf), g in zip(leaves.items(), torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)):
            grads[name] = torch.zeros_like(leaf) if g is None else g
    args = [wires[name] for names in row["ports"].values() for name in (names if isinstance(names, list) else [names])]
    exported = run_export(row["export"], args, weights, row["training"]) if row["export"] else None
    return {"outputs": plain(outputs), "gradients": plain(grads), "exported": exported}


def attempt(row):
    try:
        return check(row)
    except Exception as error:  # reported on the row by the test
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([attempt(row) for row in json.load(sys.stdin)], sys.stdout)
