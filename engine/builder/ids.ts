/**
 * @file Automatic ids: a stem and the next number that is free, counted per graph (`conv1`, `conv2` …).
 * The builder gives them and the code export leaves them out, so both use this one rule.
 */
export class Ids {
  readonly #taken = new Set<string>()
  readonly #counts = new Map<string, number>()

  has(id: string): boolean {
    return this.#taken.has(id)
  }

  /** Marks an id that somebody chose. */
  take(id: string): void {
    this.#taken.add(id)
  }

  /** The id that `next` would give. */
  peek(stem: string): string {
    let count = (this.#counts.get(stem) ?? 0) + 1
    while (this.#taken.has(`${stem}${count}`)) count++
    return `${stem}${count}`
  }

  next(stem: string): string {
    const id = this.peek(stem)
    this.#counts.set(stem, Number(id.slice(stem.length)))
    this.take(id)
    return id
  }
}
