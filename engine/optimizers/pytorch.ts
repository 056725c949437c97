/**
 * @file Optimisers in PyTorch. In: an update rule in Python. Out: a `torch.optim.Optimizer` that follows it, for the rules that PyTorch writes in
 * another way or has not.
 */

/** How an optimiser reads in PyTorch. */
export interface PyTorchOptimizer {
  /** What makes it. */
  readonly expression: string
  /** Python that must stand before. */
  readonly definitions?: readonly string[]
}

export interface PyTorchOptimizerArguments {
  /** Expressions of what it trains and of its rate. */
  readonly parameters: string
  readonly lr: string
  /** The rate stays as it is; where it changes, rules with a velocity differ in whether the old rate stays in it. */
  readonly steady: boolean
}

export interface RuleInPython {
  readonly name: string
  /** The formula, and why the class is there. */
  readonly about: string
  readonly settings: readonly string[]
  /** One tensor for each parameter, zeros at first. */
  readonly state: string
  /** In terms of `w`, its gradient `g`, the state, `lr` and the settings. */
  readonly update: readonly string[]
}

export const optimizerClass = ({ name, about, settings, state, update }: RuleInPython): string =>
  [
    `class ${name}(torch.optim.Optimizer):`,
    `    """${about}"""`,
    '',
    `    def __init__(self, params, lr, ${settings.join(', ')}):`,
    `        super().__init__(params, dict(lr=lr, ${settings.map((setting) => `${setting}=${setting}`).join(', ')}))`,
    '',
    '    @torch.no_grad()',
    '    def step(self):',
    '        for group in self.param_groups:',
    `            lr, ${settings.join(', ')} = ${['lr', ...settings].map((setting) => `group['${setting}']`).join(', ')}`,
    '            for w in group["params"]:'.replaceAll('"', "'"),
    '                if w.grad is None:',
    '                    continue',
    `                g, ${state} = w.grad, self.state[w].setdefault('${state}', torch.zeros_like(w))`,
    ...update.map((line) => `                ${line}`),
  ].join('\n')
