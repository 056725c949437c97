"""The models of SYSTEMS.md, written by hand in PyTorch's operations, in double precision.

In (stdin): which model, in which mode, the names of its parameters in forward order, and a safetensors file with these and the inputs.
Out: a safetensors file with the logits, the loss, the gradient of everything real, and in training the new running statistics.

Of several batches the first is taken that keeps its distance from every kink (the zero of a ReLU, a tie in a max pool): at a kink the
derivative jumps, so that rounding alone decides it and no two single-precision programs agree, PyTorch's own included.

Each function takes its parameters one after another in the order that CLI.md promises, and checks every shape, so a model that agrees
also has the layers of SYSTEMS.md in the promised order. Nothing here is derived from Netloom's code.
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


class Model:
    """Hands out the parameters in forward order."""

    def __init__(self, parameters, training):
        self.rest = iter(parameters.items())
        self.training = training
        self.renewed = {}
        # What recurrent layers hand on to the next batch, by node; empty where there was none.
        self.carried = {}
        self.margin = float("inf")

    def take(self, what, *shape):
        name, tensor = next(self.rest)
        if not name.endswith("." + what) or tuple(tensor.shape) != shape:
            raise ValueError(f"expected a {what} of shape {shape}, got {name} of shape {tuple(tensor.shape)}")
        return name, tensor

    def dense(self, x, units):
        _, kernel = self.take("kernel", x.shape[-1], units)
        _, bias = self.take("bias", units)
        return x @ kernel + bias

    def recurrent(self, x, units, gates, step, count=1):
        """`step` makes the next states from x W + b of one step, the states and the recurrent kernel; the first state is the output."""
        _, kernel = self.take("inputKernel", x.shape[-1], gates * units)
        name, recurrent = self.take("recurrentKernel", units, gates * units)
        _, bias = self.take("bias", gates * units)
        node = name.split(".")[0]
        states = self.carried.get(node) or [torch.zeros(x.shape[0], units) for _ in range(count)]
        outputs = []
        for t in range(x.shape[1]):
            states = step(x[:, t] @ kernel + bias, states, recurrent)
            outputs.append(states[0])
        self.carried[node] = [state.detach() for state in states]
        return torch.stack(outputs, 1)

    def conv(self, x, channels, size, stride=1, padding=0):
        _, kernel = self.take("kernel", channels, x.shape[1], size, size)
        _, bias = self.take("bias", channels)
        return F.conv2d(x, kernel, bias, stride, padding)

    def batch_norm(self, x):
        channels = x.shape[1]
        _, scale = self.take("scale", channels)
        _, shift = self.take("shift", channels)
        mean_name, running_mean = self.take("runningMean", channels)
        variance_name, running_variance = self.take("runningVariance", channels)
        if not self.training:
            return F.batch_norm(x, running_mean, running_variance, scale, shift, training=False)
        # Both running averages are of the batch's own, biased statistics.
        self.renewed[mean_name] = 0.9 * running_mean + 0.1 * x.mean((0, 2, 3))
        self.renewed[variance_name] = 0.9 * running_variance + 0.1 * x.var((0, 2, 3), unbiased=False)
        return F.batch_norm(x, None, None, scale, shift, training=True)

    def keep_margin(self, gap, scale):
        self.margin = min(self.margin, (gap.min() / scale.std()).item())

    def relu(self, x):
        self.keep_margin(x.abs(), x)
        return torch.relu(x)

    def max_pool(self, x, size, stride, padding=0):
        with torch.no_grad():
            padded = F.pad(x, [padding] * 4, value=float("-inf"))
            windows = padded.unfold(2, size, stride).unfold(3, size, stride).flatten(4)
            largest, second = windows.topk(2, dim=4).values.unbind(4)
            # Exact ties do no harm: a window of zeros behind a ReLU passes no gradient on, and equal values in overlapping
            # pools are copies of one element, to which either hands the gradient back.
            decided = largest > second
            self.keep_margin((largest - second)[decided], x)
        return F.max_pool2d(x, size, stride, padding)

    def finish(self):
        left = [name for name, _ in self.rest]
        if left:
            raise ValueError(f"parameters left over: {left}")


def softmax_regression(m, x):
    return m.dense(x, 10)


def mlp(m, x):
    return m.dense(m.relu(m.dense(x, 256)), 10)


def lenet(m, x):
    x = m.max_pool(torch.sigmoid(m.conv(x, 6, 5)), 2, 2)
    x = m.max_pool(torch.sigmoid(m.conv(x, 16, 5)), 2, 2)
    x = torch.sigmoid(m.dense(x.flatten(1), 120))
    return m.dense(torch.sigmoid(m.dense(x, 84)), 10)


def residual(m, x, channels, stride, shortcut):
    y = m.relu(m.batch_norm(m.conv(x, channels, 3, stride, 1)))
    y = m.batch_norm(m.conv(y, channels, 3, 1, 1))
    return m.relu(y + (m.conv(x, channels, 1, stride) if shortcut else x))


def resnet18(m, x):
    x = m.relu(m.batch_norm(m.conv(x, 64, 7, 2, 3)))
    x = m.max_pool(x, 3, 2, 1)
    for group, channels in enumerate([64, 128, 256, 512]):
        x = residual(m, x, channels, 2 if group > 0 else 1, group > 0)
        x = residual(m, x, channels, 1, False)
    return m.dense(x.mean((2, 3)), 10)


def inception(m, x, n1, n2, n3, n4):
    def relu_conv(x, channels, size, padding=0):
        return m.relu(m.conv(x, channels, size, 1, padding))

    path1 = relu_conv(x, n1, 1)
    path2 = relu_conv(relu_conv(x, n2[0], 1), n2[1], 3, 1)
    path3 = relu_conv(relu_conv(x, n3[0], 1), n3[1], 5, 2)
    path4 = relu_conv(m.max_pool(x, 3, 1, 1), n4, 1)
    return torch.cat([path1, path2, path3, path4], 1)


def googlenet(m, x):
    def pool(x):
        return m.max_pool(x, 3, 2, 1)

    x = pool(m.relu(m.conv(x, 64, 7, 2, 3)))
    x = m.relu(m.conv(x, 64, 1))
    x = pool(m.relu(m.conv(x, 192, 3, 1, 1)))
    x = inception(m, x, 64, (96, 128), (16, 32), 32)
    x = pool(inception(m, x, 128, (128, 192), (32, 96), 64))
    x = inception(m, x, 192, (96, 208), (16, 48), 64)
    x = inception(m, x, 160, (112, 224), (24, 64), 64)
    x = inception(m, x, 128, (128, 256), (24, 64), 64)
    x = inception(m, x, 112, (144, 288), (32, 64), 64)
    x = pool(inception(m, x, 256, (160, 320), (32, 128), 128))
    x = inception(m, x, 256, (160, 320), (32, 128), 128)
    x = inception(m, x, 384, (192, 384), (48, 128), 128)
    return m.dense(x.mean((2, 3)), 10)


VOCABULARY = 11
UNITS = 256


def rnn_step(z, states, kernel):
    return [torch.tanh(z + states[0] @ kernel)]


def gru_step(z, states, kernel):
    h = states[0]
    r, u, _ = torch.sigmoid(z + h @ kernel).split(h.shape[1], 1)
    candidate = torch.tanh(z[:, 2 * h.shape[1] :] + (r * h) @ kernel[:, 2 * h.shape[1] :])
    return [u * h + (1 - u) * candidate]


def lstm_step(z, states, kernel):
    h, c = states
    i, f, o, candidate = (z + h @ kernel).split(h.shape[1], 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(candidate)
    return [torch.sigmoid(o) * torch.tanh(c), c]


def language_model(gates, step, count=1, layers=1):
    def scores(m, tokens):
        x = F.one_hot(tokens, VOCABULARY).to(torch.float64)
        for _ in range(layers):
            x = m.recurrent(x, UNITS, gates, step, count)
        return m.dense(x, VOCABULARY)

    return scores


MODELS = {
    "rnn-lm": language_model(1, rnn_step),
    "gru-lm": language_model(3, gru_step),
    "lstm-lm": language_model(4, lstm_step, count=2),
    "deep-rnn-lm": language_model(1, rnn_step, layers=2),
    "softmax-regression": softmax_regression,
    "mlp": mlp,
    "lenet": lenet,
    "resnet18": resnet18,
    "googlenet": googlenet,
}


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    kinds = {"F32": torch.float32, "I32": torch.int32}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"]).to(torch.float64 if entry["dtype"] == "F32" else torch.int64)
    return tensors


def write(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        chunk = tensor.detach().to(torch.float64).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunk)]}
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def forward(ask, parameters, x):
    model = Model(parameters, ask["training"])
    logits = MODELS[ask["model"]](model, x)
    model.finish()
    return model, logits


def main():
    ask = json.load(sys.stdin)
    given = read(ask["given"])
    parameters = {name: given[name] for name in ask["parameters"]}
    candidates = given["candidates"]
    for chosen, x in enumerate(candidates):
        with torch.no_grad():
            margin = forward(ask, parameters, x)[0].margin
        if margin > ask["margin"]:
            break
    else:
        raise ValueError(f"each of {len(candidates)} batches comes within {ask['margin']} of a kink")
    if x.is_floating_point():
        x.requires_grad_()
    for name in ask["trainable"]:
        parameters[name].requires_grad_()
    model, logits = forward(ask, parameters, x)
    loss = F.cross_entropy(logits.flatten(0, -2), given["label"].flatten())
    loss.backward()
    answer = {"logits": logits, "loss": loss}
    if x.grad is not None:
        answer[f"grad:{ask['input']}"] = x.grad
    answer.update({f"grad:{name}": parameters[name].grad for name in ask["trainable"]})
    answer.update({f"next:{name}": value for name, value in model.renewed.items()})
    write(ask["answer"], answer)
    count = sum(parameters[name].numel() for name in ask["trainable"])
    json.dump({"parameterCount": count, "chosen": chosen}, sys.stdout)


if __name__ == "__main__":
    main()
