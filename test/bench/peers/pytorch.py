"""Training steps in PyTorch on the CPU (see protocol.md). The models are those of SYSTEMS.md: convolutions with bias, no batch norm in shortcuts."""
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(cin, cout, 3, stride, 1), nn.BatchNorm2d(cout)
        self.c2, self.b2 = nn.Conv2d(cout, cout, 3, 1, 1), nn.BatchNorm2d(cout)
        self.shortcut = nn.Conv2d(cin, cout, 1, stride) if stride != 1 or cin != cout else None

    def forward(self, x):
        y = F.relu(self.b1(self.c1(x)), inplace=True)
        y = self.b2(self.c2(y))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)), inplace=True)


class Inception(nn.Module):
    def __init__(self, cin, n1, n2, n3, n4):
        super().__init__()
        relu = lambda: nn.ReLU(inplace=True)
        self.p1 = nn.Sequential(nn.Conv2d(cin, n1, 1), relu())
        self.p2 = nn.Sequential(nn.Conv2d(cin, n2[0], 1), relu(), nn.Conv2d(n2[0], n2[1], 3, padding=1), relu())
        self.p3 = nn.Sequential(nn.Conv2d(cin, n3[0], 1), relu(), nn.Conv2d(n3[0], n3[1], 5, padding=2), relu())
        self.p4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(cin, n4, 1), relu())

    def forward(self, x):
        return torch.cat([self.p1(x), self.p2(x), self.p3(x), self.p4(x)], 1)


def lenet():
    act = nn.Sigmoid
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), act(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), act(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(256, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10))


def resnet18():
    layers, channels = [nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)], 64
    for width, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Residual(channels, width, stride), Residual(width, width, 1)]
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def googlenet():
    pool = lambda: nn.MaxPool2d(3, 2, 1)
    relu = lambda: nn.ReLU(inplace=True)
    return nn.Sequential(
        nn.Conv2d(1, 64, 7, 2, 3), relu(), pool(),
        nn.Conv2d(64, 64, 1), relu(), nn.Conv2d(64, 192, 3, padding=1), relu(), pool(),
        Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64), pool(),
        Inception(480, 192, (96, 208), (16, 48), 64), Inception(512, 160, (112, 224), (24, 64), 64),
        Inception(512, 128, (128, 256), (24, 64), 64), Inception(512, 112, (144, 288), (32, 64), 64),
        Inception(528, 256, (160, 320), (32, 128), 128), pool(),
        Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 10))


class LanguageModel(nn.Module):
    """One-hot characters, a recurrent layer, scores for the next character of every step."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.scores = layer(VOCABULARY, 256, batch_first=True), nn.Linear(256, VOCABULARY)

    def forward(self, tokens):
        return self.scores(self.layer(F.one_hot(tokens, VOCABULARY).float())[0]).flatten(0, 1)


VOCABULARY, STEPS = 28, 35
LANGUAGE_MODELS = {"rnn-lm": nn.RNN, "gru-lm": nn.GRU, "lstm-lm": nn.LSTM}

# name: (model, shape of one sample)
CASES = {
    "mlp": (lambda: nn.Sequential(nn.Linear(784, 256), nn.ReLU(inplace=True), nn.Linear(256, 10)), (784,)),
    "lenet": (lenet, (1, 28, 28)),
    "resnet18": (resnet18, (3, 64, 64)),
    "googlenet": (googlenet, (1, 96, 96)),
}

OPTIMIZERS = {
    "sgd": lambda ps: torch.optim.SGD(ps, lr=0.01),
    "momentum": lambda ps: torch.optim.SGD(ps, lr=0.01, momentum=0.9),
    "adam": lambda ps: torch.optim.Adam(ps, lr=0.001),
}


DEVICE = torch.device(sys.argv[1] if len(sys.argv) > 1 else "cpu")
THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else 1


def prepare(request):
    torch.manual_seed(0)
    batch = request["batch"]
    if request["case"] in LANGUAGE_MODELS:
        model = LanguageModel(LANGUAGE_MODELS[request["case"]]).to(DEVICE)
        x = torch.arange(batch * STEPS, device=DEVICE).reshape(batch, STEPS) % 10
        target = x.flatten()
    elif request["case"] in CASES:
        make, shape = CASES[request["case"]]
        model = make().to(DEVICE)
        x, target = torch.rand(batch, *shape, device=DEVICE), torch.arange(batch, device=DEVICE) % 10
    else:
        raise ValueError("not written for this peer")
    if request.get("channelsLast"):
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if request["mode"] == "infer":
        model.eval()

        def forward():
            with torch.no_grad():
                model(x).cpu()

        return forward
    optimizer = OPTIMIZERS[request.get("optimizer", "sgd")](model.parameters())

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        loss.item()  # waits for the device

    return step


def about():
    """Version, and the library that multiplies matrices: the reference BLAS is many times slower than any other."""
    if DEVICE.type == "cuda":
        if not torch.cuda.is_available():
            return {"missing": "no CUDA device"}
        return {"version": torch.__version__, "label": torch.cuda.get_device_name()}
    with open("/proc/self/maps") as maps:
        loaded = maps.read()
    blas = next((name for name in ("openblas", "mkl", "blis", "atlas") if name in loaded), "reference")
    return {"version": torch.__version__, "label": f"{THREADS} thread{'s' if THREADS > 1 else ''}", "blas": blas}


def timed(step, request):
    end = time.perf_counter() + request["warm"] / 1e3
    while time.perf_counter() < end:
        step()
    times, begun = [], time.perf_counter()
    now = begun
    while len(times) < request["least"] or (now - begun) * 1e3 < request["milliseconds"]:
        started = now
        step()
        now = time.perf_counter()
        times.append((now - started) * 1e3)
    return times


torch.set_num_threads(THREADS)
known, step = None, None
for line in sys.stdin:
    request = json.loads(line)
    if request.get("about"):
        print(json.dumps(about()), flush=True)
        continue
    try:
        answer = {}
        work = {key: value for key, value in request.items() if key not in ("warm", "least", "milliseconds")}
        if work != known:
            started = time.perf_counter()
            step = prepare(request)
            step()
            answer["prepared"] = {"firstStepMilliseconds": (time.perf_counter() - started) * 1e3}
            known = work
        answer["milliseconds"] = timed(step, request)
        print(json.dumps(answer), flush=True)
    except Exception as error:  # reported to the bench, which names the peer and the case
        print(json.dumps({"error": str(error)}), flush=True)
