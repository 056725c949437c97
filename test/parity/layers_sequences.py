"""Rows of layers.py for sequences: by kind, from (inputs by port, parameters, weights, training) to outputs by name. Where PyTorch has the same
layer (`nn.RNN`, `nn.LSTM`), it is PyTorch's own, its gates reordered; its GRU applies the reset gate elsewhere, so that one is written out.
"""
import torch


def suffixes(p):
    return [d + (str(layer + 1) if layer else "") for layer in range(p["numLayers"]) for d in ["", "Backwards"][: 1 + p["bidirectional"]]]


def starts(given, p, batch):
    rows = len(suffixes(p))
    return torch.zeros(batch, rows, p["numHiddens"]) if given is None else given.reshape(batch, rows, p["numHiddens"])


def finish(y, finals, p):
    """`finals`: by state, (N, rows, units)."""
    directions = 1 + p["bidirectional"]
    result = {"y": y if p["returns"] == "sequence" else torch.cat([finals["state"][:, i] for i in range(-directions, 0)], 1)}
    if p["returnState"]:
        for name, final in finals.items():
            result[name] = final if final.shape[1] > 1 else final[:, 0]
    return result


def functional(kind, i, p, w, order):
    """PyTorch's fused layers, called with our weights: kernels transposed, gates in PyTorch's order, the second bias zero."""
    units = p["numHiddens"]

    def rows(weight):
        blocks = weight.split(units, -1)
        return torch.cat([blocks[gate] for gate in order], -1)

    flat = []
    for s in suffixes(p):
        bias = rows(w["bias" + s]) if p["useBias"] else torch.zeros(len(order) * units)
        flat += [rows(w["inputKernel" + s]).T, rows(w["recurrentKernel" + s]).T, bias, torch.zeros_like(bias)]
    x = i["x"]
    h = starts(i.get("state"), p, x.shape[0]).transpose(0, 1).contiguous()
    tail = (flat, True, p["numLayers"], 0.0, False, p["bidirectional"], True)
    if kind == "lstm":
        c = starts(i.get("cell"), p, x.shape[0]).transpose(0, 1).contiguous()
        y, h, c = torch.lstm(x, (h, c), *tail)
        return finish(y, {"state": h.transpose(0, 1), "cell": c.transpose(0, 1)}, p)
    y, h = {"tanh": torch.rnn_tanh, "relu": torch.rnn_relu}[p["activation"]](x, h, *tail)
    return finish(y, {"state": h.transpose(0, 1)}, p)


def unrolled(step, names, i, p, w):
    """Step by step, with a mask."""
    x, mask = i["x"], i.get("mask")
    batch, length, _ = x.shape
    begin = {name: starts(i.get(name), p, batch) for name in names}
    finals = {name: [] for name in names}
    directions = 1 + p["bidirectional"]
    for row, s in enumerate(suffixes(p)):
        if row % directions == 0:
            layer_input, layer_outputs = x, []
        state = [begin[name][:, row] for name in names]
        outputs = [None] * length
        for t in reversed(range(length)) if row % 2 == 1 and p["bidirectional"] else range(length):
            bias = w["bias" + s] if p["useBias"] else 0
            new = step(layer_input[:, t], state, w["inputKernel" + s], w["recurrentKernel" + s], bias)
            state = new if mask is None else [torch.where((mask[:, t] > 0).unsqueeze(1), n, o) for n, o in zip(new, state)]
            outputs[t] = state[0]
        layer_outputs.append(torch.stack(outputs, 1))
        for name, value in zip(names, state):
            finals[name].append(value)
        if row % directions == directions - 1:
            x = torch.cat(layer_outputs, 2)
    return finish(x, {name: torch.stack(values, 1) for name, values in finals.items()}, p)


def gru_step(x, state, wx, wh, b):
    (h,) = state
    units = h.shape[1]
    xr, xz, xh = (x @ wx + b).split(units, 1)
    hr, hz, hh = wh.split(units, 1)
    r, z = torch.sigmoid(xr + h @ hr), torch.sigmoid(xz + h @ hz)
    return [z * h + (1 - z) * torch.tanh(xh + (r * h) @ hh)]


def lstm_step(x, state, wx, wh, b):
    h, c = state
    i, f, o, g = (x @ wx + h @ wh + b).split(h.shape[1], 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return [torch.sigmoid(o) * torch.tanh(c), c]


def rnn_step(activation):
    return lambda x, state, wx, wh, b: [getattr(torch, activation)(x @ wx + state[0] @ wh + b)]


def rnn(i, p, w):
    if i.get("mask") is None and p["activation"] != "sigmoid":
        return functional("rnn", i, p, w, [0])
    return unrolled(rnn_step(p["activation"]), ["state"], i, p, w)


def lstm(i, p, w):
    # PyTorch: input, forget, candidate, output.
    return functional("lstm", i, p, w, [0, 1, 3, 2]) if i.get("mask") is None else unrolled(lstm_step, ["state", "cell"], i, p, w)


def attention(i, p, score):
    query, keys = i["query"], i["keys"]
    rows = query if query.dim() == 3 else query.unsqueeze(1)
    scores = score(rows, keys)
    if i.get("mask") is not None:
        scores = torch.where(i["mask"][:, None, :] > 0, scores, torch.tensor(-1e9))
    weights = torch.exp(scores - scores.max(2, keepdim=True).values)
    weights = weights / weights.sum(2, keepdim=True)
    y = torch.einsum("nts,nsv->ntv", weights, i.get("values", keys))
    shape = query.shape[:-1]
    result = {"y": y.reshape(*shape, -1)}
    return {**result, "weights": weights.reshape(*shape, -1)} if p["returnWeights"] else result


def dot_attention(i, p):
    scale = i["keys"].shape[2] ** -0.5 if p["scaled"] else 1
    return attention(i, p, lambda q, k: torch.einsum("ntd,nsd->nts", q, k) * scale)


def additive_attention(i, p, w):
    def score(q, k):
        hidden = torch.tanh((q @ w["queryKernel"])[:, :, None] + (k @ w["keyKernel"])[:, None])
        return (hidden @ w["scoreKernel"])[..., 0]

    return attention(i, p, score)


def ngram(i, p, w, training):
    """The three formulas of notes 002 §1, one probability at a time; without a token before, pairs decide."""
    m, order = p["classes"], p["order"]
    n = {f"counts{k}": w[f"counts{k}"].clone() for k in range(1, order + 1)}
    after = {name: counts.clone() for name, counts in n.items()}
    y = torch.zeros(*i["x"].shape, m)
    for row, (words, following) in enumerate(zip(i["x"].tolist(), i["next"].tolist())):
        for t, word in enumerate(words):
            before = words[t - 1] if t > 0 else None
            for k in range(m):
                chance = (n["counts1"][k] + p["epsilon1"] / m) / (n["counts1"].sum() + p["epsilon1"])
                if order > 1:
                    chance = (n["counts2"][word, k] + p["epsilon2"] * chance) / (n["counts2"][word].sum() + p["epsilon2"])
                if order > 2 and before is not None:
                    pairs = n["counts3"][before, word]
                    chance = (pairs[k] + p["epsilon3"] * chance) / (pairs.sum() + p["epsilon3"])
                y[row, t, k] = chance.log()
            after["counts1"][following[t]] += 1
            if order > 1:
                after["counts2"][word, following[t]] += 1
            if order > 2 and before is not None:
                after["counts3"][before, word, following[t]] += 1
    return {"y": y, **({f"next:{name}": counts for name, counts in after.items()} if training else {})}


TABLE = {
    "ngram": ngram,
    "dotAttention": lambda i, p, w, t: dot_attention(i, p),
    "additiveAttention": lambda i, p, w, t: additive_attention(i, p, w),
    "rnn": lambda i, p, w, t: rnn(i, p, w),
    "gru": lambda i, p, w, t: unrolled(gru_step, ["state"], i, p, w),
    "lstm": lambda i, p, w, t: lstm(i, p, w),
}
