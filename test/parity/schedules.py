"""The rates of PyTorch's schedulers, step by step. Reads from stdin a list of rows, writes the rates of each."""
import json
import sys

import torch
from torch.optim import lr_scheduler as kinds


def rates(ask):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=ask["base"])
    scheduler = eval(ask["scheduler"], {"o": optimizer, "kinds": kinds, "torch": torch})
    found = []
    for k in range(ask["steps"]):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if ask["validation"]:
            scheduler.step(ask["validation"][k])
        else:
            scheduler.step()
    return found


json.dump([rates(ask) for ask in json.load(sys.stdin)], sys.stdout)
