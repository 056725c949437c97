"""Training of language models in sequence, written by hand in PyTorch's operations and in double precision: the state goes on from batch to batch
and begins anew with every epoch, gradients are clipped by their norm, weights descend (notes 002 §7).

In (stdin): which model, rate and clip, for each batch whether it goes on, and a safetensors file with parameters, tokens and targets.
Out: the loss of each step, and a safetensors file with the parameters after the last.
"""
import json
import sys

import torch
import torch.nn.functional as F

from models import MODELS, Model, read, write


def main():
    ask = json.load(sys.stdin)
    given = read(ask["given"])
    parameters = {name: given[name].requires_grad_() for name in ask["parameters"]}
    losses, carried = [], {}
    for tokens, targets, goes_on in zip(given["tokens"], given["targets"], ask["continues"]):
        model = Model(parameters, True)
        model.carried = carried if goes_on else {}
        scores = MODELS[ask["model"]](model, tokens)
        model.finish()
        carried = model.carried
        loss = F.cross_entropy(scores.movedim(-1, 1), targets)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        norm = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
        with torch.no_grad():
            for parameter, gradient in zip(parameters.values(), gradients):
                parameter -= ask["lr"] * min(ask["clip"] / norm, 1) * gradient
    write(ask["answer"], parameters)
    json.dump({"losses": losses}, sys.stdout)


main()
