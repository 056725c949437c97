"""Ten steps of every training method, by PyTorch's own optimisers where the definitions agree, else by the formula written out here.
Reads from stdin a list of rows, writes the weights after each step of each row."""
import json
import sys

import torch

torch.set_default_dtype(torch.float64)


def slope_and_path(ask, step):
    """Descends the sum of cos(3x) + k x^2, whose gradient is another for every element and every step."""
    x = torch.tensor(ask["start"], requires_grad=True)
    k = torch.tensor(ask["weights"])
    path = []
    for t in range(1, ask["steps"] + 1):
        x.grad = None
        (torch.cos(3 * x) + k * x * x).sum().backward()
        step(x, t)
        path.append(x.tolist())
    return path


def torch_optimizer(ask):
    optimizer = None

    def step(x, _):
        nonlocal optimizer
        optimizer = optimizer or getattr(torch.optim, ask["torch"])([x], **ask["options"])
        optimizer.step()

    return slope_and_path(ask, step)


def by_formula(rule):
    def rows(ask):
        state = {}

        def step(x, t):
            with torch.no_grad():
                x -= rule(x.grad, state, t, **ask["options"])

        return slope_and_path(ask, step)

    return rows


def adagrad(g, state, _, lr, eps):
    """Notes 002, section 8: epsilon stands under the root, where PyTorch adds it to the root."""
    state["s"] = state.get("s", 0) + g * g
    return lr / torch.sqrt(state["s"] + eps) * g


def rmsprop(g, state, _, lr, gamma, eps):
    state["s"] = gamma * state.get("s", 0) + (1 - gamma) * g * g
    return lr / torch.sqrt(state["s"] + eps) * g


def rows_and_targets(ask):
    x = torch.tensor(ask["x"], dtype=torch.float32).double()
    y = torch.tensor(ask["y"], dtype=torch.float32).double().unsqueeze(1)
    return torch.cat([x, torch.ones(len(x), 1)], 1), y


def newton(ask):
    """The Hessian of half the mean squared error of a logistic unit, by torch.autograd."""
    x, y = rows_and_targets(ask)
    theta = torch.tensor(ask["theta"])
    loss = lambda w: 0.5 * ((torch.sigmoid(x @ w.unsqueeze(1)) - y) ** 2).mean()
    path = []
    for _ in range(ask["steps"]):
        g = torch.autograd.functional.jacobian(loss, theta)
        h = torch.autograd.functional.hessian(loss, theta) + ask["damping"] * torch.eye(len(theta))
        theta = theta - ask["lr"] * torch.linalg.solve(h, g)
        path.append(theta.tolist())
    return path


def normal_equations(ask):
    x, y = rows_and_targets(ask)
    solved = (torch.linalg.pinv(x) @ y).flatten().tolist()
    return [solved] * ask["steps"]


def perceptron(ask):
    """theta <- theta + alpha (y - h(x)) x, one sample a step."""
    x, y = rows_and_targets(ask)
    theta = torch.tensor(ask["theta"])
    path = []
    for step in range(ask["steps"]):
        row, wanted = x[step % len(x)], y[step % len(x), 0]
        theta = theta + ask["lr"] * (wanted - float(row @ theta >= 0)) * row
        path.append(theta.tolist())
    return path


methods = {
    "torch": torch_optimizer,
    "adagrad": by_formula(adagrad),
    "rmsprop": by_formula(rmsprop),
    "newton": newton,
    "normalEquations": normal_equations,
    "perceptron": perceptron,
}

json.dump([methods[ask["by"]](ask) for ask in json.load(sys.stdin)], sys.stdout)
