"""Losses, masks, penalties and information measures for layers.py, written by hand with PyTorch's operations."""
import math

import torch
import torch.nn.functional as F


def counted(each, i, reduction="mean", only_mask=False):
    """The mean of single losses (batch first): over what the mask leaves in, each times its weight."""

    def like(given):
        while given.dim() < each.dim():
            given = given.unsqueeze(-1)
        return given

    weight = like(i["weight"]) if "weight" in i and not only_mask else torch.ones_like(each)
    mask = like(i["mask"]) + torch.zeros_like(each) if "mask" in i else torch.ones_like(each)
    total = (each * weight * mask).sum()
    if reduction == "sum":
        return total / (mask.reshape(mask.shape[0], -1) > 0).any(1).sum()
    return total / mask.sum()


def class_loss(i, p, scores, log_probability):
    """Cross-entropy of log-probabilities with labels, smoothed; accuracy, and the perplexity of sequences."""
    axis = 1 if p["axis"] == "channels" else scores.dim() - 1
    classes = scores.shape[axis]
    label = i["label"]
    if label.dtype == torch.int64:
        right, shares = label, F.one_hot(label, classes).double().movedim(-1, axis)
    else:
        right, shares = label.argmax(axis), label
    smoothing = p.get("labelSmoothing", 0)
    each = -((shares * (1 - smoothing) + smoothing / classes) * log_probability).sum(axis)
    result = {
        "loss": counted(each, i),
        "metric:accuracy": counted((scores.argmax(axis) == right).double(), i, only_mask=True),
    }
    if axis == 2:
        result["metric:perplexity"] = torch.exp(counted(-(shares * log_probability).sum(axis), i, only_mask=True))
    return result


def softmax_cross_entropy(i, p):
    z = i["logits"]
    axis = 1 if p["axis"] == "channels" else z.dim() - 1
    return class_loss(i, p, z, torch.log_softmax(z, axis))


def difference_loss(i, each):
    return {"loss": counted(each, i), "metric:absoluteError": counted((i["prediction"] - i["target"]).abs(), i, only_mask=True)}


def mean_squared_error(i, p):
    each = F.mse_loss(i["prediction"], i["target"], reduction="none")
    return difference_loss(i, each / 2 if p["half"] else each)


def binary_loss(i, p, score, entropy, threshold):
    y = i["target"] * (1 - p["labelSmoothing"]) + p["labelSmoothing"] / 2
    each = entropy(score, y, reduction="none")
    right = ((score > threshold) == (i["target"] > 0.5)).double()
    return {"loss": counted(each, i, p["reduction"]), "metric:accuracy": counted(right, i, only_mask=True)}


def huber(i, p):
    return difference_loss(i, F.huber_loss(i["prediction"], i["target"], reduction="none", delta=p["delta"]))


def hinge(i, p):
    s, sign = i["score"], torch.sign(i["target"])
    each = torch.clamp(p["margin"] - sign * s, min=0)
    right = ((s > 0) == (sign > 0)).double()
    return {"loss": counted(each**2 if p["squared"] else each, i), "metric:accuracy": counted(right, i, only_mask=True)}


def margin_ranking(s, negative, margin):
    return F.margin_ranking_loss(s, negative, torch.ones_like(s), margin, reduction="none")


def ranking(i, each):
    right = (i["score"] > i["negativeScore"]).double()
    return {"loss": counted(each, i), "metric:accuracy": counted(right, i, only_mask=True)}


def kl_divergence(i, p):
    logs = {"probabilities": torch.log, "logProbabilities": torch.clone, "logits": lambda z: torch.log_softmax(z, -1)}[p["given"]]
    return {"loss": counted(F.kl_div(logs(i["prediction"]), i["target"], reduction="none").sum(-1), i)}


def gaussian(i):
    return difference_loss(i, F.gaussian_nll_loss(i["prediction"], i["target"], i["variance"], reduction="none"))


def activity_penalty(i, p):
    x = i["x"]
    each = x.abs() if p["norm"] == "l1" else x**2 / 2
    return {"y": x, "penalty": p["strength"] * counted(each, i, "sum")}


def entropy_penalty(i, p):
    z = i["x"].movedim(1, -1) if p["axis"] == "channels" else i["x"]
    return {"y": i["x"], "penalty": p["strength"] * counted(torch.distributions.Categorical(logits=z).entropy(), i)}


def kl_sparsity(x, p, i):
    share = torch.ones_like(x)
    if "mask" in i:
        share = share * i["mask"].reshape(i["mask"].shape + (1,) * (x.dim() - i["mask"].dim()))
    wanted, mean = p["target"], (x * share).sum(0) / share.sum(0)
    each = wanted * torch.log(wanted / mean) + (1 - wanted) * torch.log((1 - wanted) / (1 - mean))
    return {"y": x, "penalty": p["strength"] * each.sum()}


def bits(p):
    """Entropy over all axes but the first."""
    return torch.special.entr(p).flatten(1).sum(1) / math.log(2)


def relative_entropy(p, q):
    return torch.stack([(torch.xlogy(a, a) - torch.xlogy(a, b)).sum() / math.log(2) for a, b in zip(p, q)])


def sequence_mask(lengths, like):
    rows = [[1.0 if step < length else 0.0 for step in range(like.shape[1])] for length in lengths.tolist()]
    return {"y": torch.tensor(rows) + 0.0 * like.double().sum()}


TABLE = {
    "softmaxCrossEntropy": lambda i, p, w, t: softmax_cross_entropy(i, p),
    "meanSquaredError": lambda i, p, w, t: mean_squared_error(i, p),
    "binaryCrossEntropy": lambda i, p, w, t: binary_loss(i, p, i["logits"], F.binary_cross_entropy_with_logits, 0),
    "meanAbsoluteError": lambda i, p, w, t: {"loss": counted(F.l1_loss(i["prediction"], i["target"], reduction="none"), i)},
    "huber": lambda i, p, w, t: huber(i, p),
    "categoricalCrossEntropy": lambda i, p, w, t: class_loss(i, p, i["probabilities"], torch.log(i["probabilities"])),
    "negativeLogLikelihood": lambda i, p, w, t: class_loss(i, p, i["logProbabilities"], i["logProbabilities"]),
    "binaryCrossEntropyOfProbabilities": lambda i, p, w, t: binary_loss(i, p, i["probabilities"], F.binary_cross_entropy, 0.5),
    "hinge": lambda i, p, w, t: hinge(i, p),
    "pairwiseHinge": lambda i, p, w, t: ranking(i, margin_ranking(i["score"], i["negativeScore"], p["margin"])),
    "bprLoss": lambda i, p, w, t: ranking(i, -F.logsigmoid(i["score"] - i["negativeScore"])),
    "klDivergence": lambda i, p, w, t: kl_divergence(i, p),
    "gaussianNegativeLogLikelihood": lambda i, p, w, t: gaussian(i),
    "activityPenalty": lambda i, p, w, t: activity_penalty(i, p),
    "entropyPenalty": lambda i, p, w, t: entropy_penalty(i, p),
    "klSparsity": lambda i, p, w, t: kl_sparsity(i["x"], p, i),
    "selfInformation": lambda i, p, w, t: {"y": -torch.log2(i["p"])},
    "entropy": lambda i, p, w, t: {"y": bits(i["p"])},
    "conditionalEntropy": lambda i, p, w, t: {"y": bits(i["p"]) - bits(i["p"].sum(2 if p["given"] == "x" else 1))},
    "mutualInformation": lambda i, p, w, t: {"y": bits(i["p"].sum(2)) + bits(i["p"].sum(1)) - bits(i["p"])},
    "pointwiseMutualInformation": lambda i, p, w, t: {
        "y": torch.log2(i["p"]) - torch.log2(torch.einsum("nx,ny->nxy", i["p"].sum(2), i["p"].sum(1)))
    },
    "relativeEntropy": lambda i, p, w, t: {"y": relative_entropy(i["p"], i["q"])},
    "sequenceMask": lambda i, p, w, t: sequence_mask(i["lengths"], i["like"]),
}
