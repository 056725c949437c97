/**
 * @file The vocabulary of a text (notes 002 §7): every token has an index, the frequent ones the small ones; what is rare is unknown.
 * In: tokens, and how often one must occur. Out: indices for tokens and tokens for indices.
 */
export const UNKNOWN = '<unk>'

export class Vocabulary {
  private readonly indices: ReadonlyMap<string, number>

  /** `tokens`: by index, the unknown token first. */
  constructor(readonly tokens: readonly string[]) {
    this.indices = new Map(tokens.map((token, index) => [token, index]))
  }

  /** By falling frequency, equally frequent ones in the order of their code points: the same text gives the same indices everywhere. */
  static of(tokens: Iterable<string>, minFrequency: number): Vocabulary {
    const counts = new Map<string, number>()
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
    const kept = [...counts].filter(([, count]) => count >= minFrequency)
    kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    return new Vocabulary([UNKNOWN, ...kept.map(([token]) => token)])
  }

  get size(): number {
    return this.tokens.length
  }

  /** 0 for what is not in it. */
  indexOf(token: string): number {
    return this.indices.get(token) ?? 0
  }

  encode(tokens: Iterable<string>): Int32Array {
    return Int32Array.from(tokens, (token) => this.indexOf(token))
  }
}
