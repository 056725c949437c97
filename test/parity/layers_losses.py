"""Losses, penalties and information measures for layers.py, written by hand with PyTorch's operations."""
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
    return class_loss(i, p, z, torch.log(torch.exp(z) / torch.exp(z).sum(axis, keepdim=True)))


def difference_loss(i, each):
    return {"loss": counted(each, i), "metric:meanAbsoluteError": counted((i["prediction"] - i["target"]).abs(), i, only_mask=True)}


def mean_squared_error(i, p):
    return difference_loss(i, (i["prediction"] - i["target"]) ** 2 * (0.5 if p["half"] else 1))


def binary_loss(i, p, score, probability, threshold):
    y = i["target"] * (1 - p["labelSmoothing"]) + p["labelSmoothing"] / 2
    each = -y * torch.log(probability) - (1 - y) * torch.log(1 - probability)
    right = ((score > threshold) == (i["target"] > 0.5)).double()
    return {"loss": counted(each, i, p["reduction"]), "metric:accuracy": counted(right, i, only_mask=True)}


TABLE = {
    "softmaxCrossEntropy": lambda i, p, w, t: softmax_cross_entropy(i, p),
    "meanSquaredError": lambda i, p, w, t: mean_squared_error(i, p),
    "binaryCrossEntropy": lambda i, p, w, t: binary_loss(i, p, i["logits"], 1 / (1 + torch.exp(-i["logits"])), 0),
}
