/**
 * @file The n-gram language model with Laplace smoothing (notes 002 §1 and §7): what follows a token is what followed it before. Nothing is learned by
 * descent; the weights are counts, to which every training step adds what it reads.
 *
 *   P(w)        = (n(w) + ε₁/m) / (n + ε₁)
 *   P(w′|w)     = (n(w, w′) + ε₂ P(w′)) / (n(w) + ε₂)
 *   P(w″|w, w′) = (n(w, w′, w″) + ε₃ P(w″|w′)) / (n(w, w′) + ε₃)
 *
 * n(w) and n(w, w′) below the line count what was followed by something, so that each P sums to 1.
 */
import { limits } from '../core/limits'
import { formatBatches, sameShape, sizeOf, type TensorType } from '../core/tensor'
import type { Emit, Tensor } from '../ir/emit'
import { weightOf } from './kit/affine'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import { expectIndices } from './kit/indices'
import { float, int } from './kit/params'

const smoothing = (order: number, about: { readonly en: string; readonly zh: string }) =>
  float({
    label: { en: `Smoothing ε${order}`, zh: `平滑 ε${order}` },
    help: about,
    default: 1,
    min: 0,
    max: 1_000_000,
    above: true,
    advanced: true,
  })

const names = ['counts1', 'counts2', 'counts3'] as const

/** (counts of what came next + ε · what the shorter context says) / (their sum + ε), along the last axis. */
function smoothed(b: Emit, counts: Tensor, epsilon: number, shorter: Tensor): Tensor {
  const last = counts.shape.length - 1
  return b.div(b.add(counts, b.mul(shorter, epsilon)), b.add(b.sum(counts, [last], true), epsilon))
}

const python = `class NGram(nn.Module):
    def __init__(self, size, epsilons):
        super().__init__()
        self.epsilons, self.kept = epsilons, None
        for n in range(1, len(epsilons) + 1):
            self.register_buffer(f'counts{n}', torch.zeros([size] * n))

    def forward(self, x, following):
        before = F.pad(x, (1, 0))[:, :-1]
        known = torch.ones_like(x, dtype=self.counts1.dtype)
        known[:, 0] = 0
        if self.kept is not None:
            if len(self.kept) > 0:
                before[:, 0], known[:, 0] = self.kept, 1
            self.kept = x[:, -1]
        contexts = [(), (x,), (before, x)]
        p = 1 / self.counts1.shape[0]
        for n, epsilon in enumerate(self.epsilons):
            counts = getattr(self, f'counts{n + 1}')
            seen = counts[contexts[n]] * (known[..., None] if n == 2 else 1)
            p = (seen + epsilon * p) / (seen.sum(-1, keepdim=True) + epsilon)
        if self.training:
            for n in range(len(self.epsilons)):
                add = known if n == 2 else torch.ones_like(known)
                getattr(self, f'counts{n + 1}').index_put_((*contexts[n], following), add, accumulate=True)
        return torch.log(p.expand(*x.shape, -1))
`

const sequences = (batch: number, steps: number, classes: number) => {
  const type: TensorType = { shape: [batch, steps], dtype: 'i32', classes }
  return { x: type, next: type }
}

const ngram = defineLayer({
  kind: 'ngram',
  category: 'sequence',
  idStem: 'ngram',
  title: { en: 'n-gram model', zh: 'n 元语法' },
  aliases: { en: 'Laplace smoothing, language model, bigram, trigram', zh: '拉普拉斯平滑, 语言模型, 二元语法, 三元语法' },
  summary: {
    en: 'Predicts a token from the one or two before it by counting what followed them, smoothed by what is known of shorter contexts. Train it for one epoch: reading the text once is all there is to learn. A measure for every other language model.',
    zh: '统计前一两个词元之后出现过什么，据此预测下一个词元，并以更短上下文的统计作拉普拉斯平滑。训练一轮即可：通读一遍文本就学完了。可作为其他语言模型的对照。',
  },
  formula: String.raw`P(x''|x, x') = \frac{n(x, x', x'') + \epsilon_3\, P(x''|x')}{n(x, x') + \epsilon_3}, \quad P(x'|x) = \frac{n(x, x') + \epsilon_2\, P(x')}{n(x) + \epsilon_2}, \quad P(x) = \frac{n(x) + \epsilon_1 / m}{n + \epsilon_1}`,
  reference: 'notes 002 §1, §7',
  inputs: {
    x: { about: { en: 'tokens (N, steps)', zh: '词元 (N, 时间步)' } },
    next: { about: { en: 'the token behind each (N, steps): counted in training', zh: '各词元之后的词元 (N, 时间步)：训练时计数' } },
  },
  outputs: { y: { about: { en: 'logarithms of probabilities (N, steps, tokens)', zh: '概率的对数 (N, 时间步, 词元数)' } } },
  params: {
    classes: int({
      label: { en: 'Tokens', zh: '词元种数' },
      help: { en: 'How many different tokens there are: the size of the vocabulary.', zh: '不同词元的个数，即词表大小。' },
      default: 64,
      min: 1,
      max: 1_000_000,
    }),
    order: int({
      label: { en: 'n', zh: 'n' },
      help: {
        en: 'How many tokens are counted together: 1 looks at none before, 2 at one, 3 at two.',
        zh: '一起计数的词元个数：1 不看前文，2 看前一个，3 看前两个。',
      },
      default: 3,
      min: 1,
      max: 3,
    }),
    epsilon1: smoothing(1, {
      en: 'How many counts the even distribution is worth against single tokens.',
      zh: '均匀分布相当于多少次单个词元的计数。',
    }),
    epsilon2: smoothing(2, { en: 'How many counts single tokens are worth against pairs.', zh: '单个词元的分布相当于多少次二元计数。' }),
    epsilon3: smoothing(3, { en: 'How many counts pairs are worth against threes.', zh: '二元分布相当于多少次三元计数。' }),
  },
  adjustable: { width: 'classes' },
  shape: ({ x, next }, { classes, order }, fail) => {
    const expected = { en: 'tokens (N, steps)', zh: '词元 (N, 时间步)' }
    for (const [port, type] of Object.entries({ x, next })) {
      if (!expectDType(type, 'i32', port, fail) || !expectRank(type, [2], expected, port, fail)) return undefined
      const longer = (needed: number) => ({
        title: { en: `Count ${needed} tokens`, zh: `将词元种数改为 ${needed}` },
        edits: [{ type: 'setParam', param: 'classes', value: needed } as const],
      })
      if (!expectIndices(type, classes, port, fail, longer)) return undefined
    }
    if (!sameShape(next.shape, x.shape))
      return fail({
        code: 'shape.mismatch',
        port: 'next',
        values: formatBatches(x.shape, next.shape),
        fixes: [
          {
            title: { en: `Give it ${x.shape[1]} steps`, zh: `将其设为 ${x.shape[1]} 个时间步` },
            edits: [{ type: 'adjustSource', port: 'next', what: 'shape', value: x.shape.slice(1) }],
          },
        ],
      })
    if (classes ** order > limits.tensorElements) {
      const fits = Math.max(1, Math.floor(Math.log(limits.tensorElements) / Math.log(classes)))
      return fail({
        code: 'shape.size',
        param: 'order',
        values: { got: `${classes}${`×${classes}`.repeat(order - 1)}`, expected: limits.tensorElements },
        fixes: [{ title: { en: `Set n to ${fits}`, zh: `将 n 设为 ${fits}` }, edits: [{ type: 'setParam', param: 'order', value: fits }] }],
      })
    }
    return { y: { shape: [...x.shape, classes], dtype: 'f32' } }
  },
  weights: (_inputs, { classes, order }) =>
    Object.fromEntries(
      names.slice(0, order).map((name, i) => [name, { shape: new Array<number>(i + 1).fill(classes), init: 'zeros', trainable: false }]),
    ),
  lower: (b, { x, next }, weights, { classes, order, epsilon1, epsilon2, epsilon3 }, context) => {
    const [batch, steps] = x.shape as [number, number]
    const { shape } = x
    // One more than the token before, so that 0 says that there was none.
    const numbered = b.add(b.cast(x, 'f32'), 1)
    const before = context.kept('before', [batch, 1])
    context.keep('before', b.slice(numbered, [0, steps - 1], [batch, steps]))
    const shifted = steps === 1 ? before : b.concat([before, b.slice(numbered, [0, 0], [batch, steps - 1])], 1)
    const isKnown = b.greater(shifted, 0)
    const pair = b.add(b.mul(b.cast(b.max(b.sub(shifted, 1), 0), 'i32'), classes), x)

    /** By n: where the counts of each step's context lie (those of single tokens are the same everywhere), and whether it has one. */
    const contexts: readonly { readonly row?: Tensor; readonly known?: Tensor }[] = [{}, { row: x }, { row: pair, known: isKnown }]
    const epsilons = [epsilon1, epsilon2, epsilon3]
    let p = b.constant(1 / classes, [classes])
    names.slice(0, order).forEach((name, i) => {
      const { row, known } = contexts[i] ?? {}
      const counts = weightOf(weights, name)
      const rows = row ? b.gather(b.reshape(counts, [classes ** i, classes]), row) : counts
      const seen = known ? b.mul(rows, b.broadcast(known, rows.shape, [0, 1])) : rows
      p = smoothed(b, seen, epsilons[i] ?? 1, p)
      if (!context.training) return
      const places = row ? b.add(b.mul(row, classes), next) : next
      const read = b.scatterAdd(places, known ?? b.constant(1, shape), sizeOf(counts.shape))
      context.assign(name, b.add(counts, b.reshape(read, counts.shape)))
    })
    return { y: b.log(b.broadcast(p, [...shape, classes])) }
  },
  flops: ({ x }, { classes, order }) => 4 * order * sizeOf(x.shape) * classes,
  brief: ({ order, classes }) => `n = ${order} · ${classes}`,
  pytorch: ({ classes, order, epsilon1, epsilon2, epsilon3 }) => ({
    definitions: [python],
    module: `NGram(${classes}, [${[epsilon1, epsilon2, epsilon3].slice(0, order).join(', ')}])`,
    call: (self, [x, next]) => `${self}(${x}, ${next})`,
    weights: Object.fromEntries(names.slice(0, order).map((name) => [name, { name, asBuilt: true, isBuffer: true }])),
    keeps: true,
  }),
  cases: [
    { name: 'single tokens', inputs: sequences(2, 5, 4), params: { classes: 4, order: 1, epsilon1: 0.5 } },
    { name: 'pairs', inputs: sequences(2, 5, 4), params: { classes: 4, order: 2, epsilon2: 2 } },
    { name: 'threes', inputs: sequences(3, 4, 3), params: { classes: 3, epsilon1: 0.5, epsilon2: 2, epsilon3: 0.25 } },
    { name: 'one step, batch 1, a larger vocabulary', inputs: sequences(1, 1, 3), params: { classes: 5 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    ngram: typeof ngram
  }
}
export default ngram
