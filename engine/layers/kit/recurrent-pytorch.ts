/**
 * @file Recurrent layers in PyTorch. In: a cell. Out: a class that does what the layer does, on weights as they lie here; `nn.GRU` applies the
 * reset gate behind the product, and none of PyTorch's layers take a mask. Where `kept` is a list, it goes on from batch to batch.
 */
interface CellInPython {
  readonly gates: number
  readonly states: readonly string[]
  /** The body of `step`. */
  readonly python: string
}

export const recurrentClass = (name: string, { gates, states, python }: CellInPython): string => `class ${name}(nn.Module):
    def __init__(self, inputs, hidden, layers=1, bidirectional=False, dropout=0.0, bias=True, returns='sequence', return_state=False):
        super().__init__()
        self.hidden, self.layers, self.directions = hidden, layers, 2 if bidirectional else 1
        self.dropout, self.returns, self.return_state, self.kept = dropout, returns, return_state, None
        for layer in range(layers):
            for suffix in self.suffixes(layer):
                width = inputs if layer == 0 else hidden * self.directions
                self.register_parameter('inputKernel' + suffix, nn.Parameter(torch.empty(width, ${gates} * hidden)))
                self.register_parameter('recurrentKernel' + suffix, nn.Parameter(torch.empty(hidden, ${gates} * hidden)))
                self.register_parameter('bias' + suffix, nn.Parameter(torch.zeros(${gates} * hidden)) if bias else None)

    def suffixes(self, layer):
        number = str(layer + 1) if layer > 0 else ''
        return [direction + number for direction in ['', 'Backwards'][:self.directions]]

    def step(self, z, states, kernel, units):
${python
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}

    def forward(self, x, mask=None, ${states.map((state) => `${state}=None`).join(', ')}):
        batch, length, _ = x.shape
        given = [${states.join(', ')}]
        goes_on = self.kept is not None and all(s is None for s in given)
        given = self.kept if goes_on and self.kept else given
        rows = self.layers * self.directions
        starts = [x.new_zeros(batch, rows, self.hidden) if s is None else s.reshape(batch, rows, self.hidden) for s in given]
        finals, row = [[] for _ in given], 0
        for layer in range(self.layers):
            outputs = []
            for suffix in self.suffixes(layer):
                weights = dict(self.named_parameters())
                z = x @ weights['inputKernel' + suffix] + weights.get('bias' + suffix, 0)
                now, made = [start[:, row] for start in starts], [None] * length
                for t in reversed(range(length)) if suffix.startswith('Backwards') else range(length):
                    new = self.step(z[:, t], now, weights['recurrentKernel' + suffix], self.hidden)
                    now = new if mask is None else [torch.where(mask[:, t, None] > 0, a, b) for a, b in zip(new, now)]
                    made[t] = now[0]
                outputs.append(torch.stack(made, 1))
                for final, state in zip(finals, now):
                    final.append(state)
                row += 1
            x = torch.cat(outputs, 2)
            if layer < self.layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        if goes_on:
            self.kept = [torch.stack(final, 1).detach() for final in finals]
            for ends in self.kept if self.directions == 2 else []:
                ends[:, 1::2] = 0  # what reads backwards has no past
        if self.returns == 'last':
            x = torch.cat(finals[0][-self.directions:], 1)
        if not self.return_state:
            return x
        return (x, *(torch.stack(final, 1) if rows > 1 else final[0] for final in finals))
`
