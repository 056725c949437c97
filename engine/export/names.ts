/**
 * @file Names of variables. In: ids of nodes and blocks. Out: identifiers that read like them, each once in its scope, none of them a word
 * of the language.
 */
const reserved = (
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for ' +
  'function if implements import in instanceof interface let new null package private protected public return static super switch this ' +
  'throw true try typeof undefined var void while with yield async of Infinity NaN Object Symbol globalThis'
).split(' ')

export class Names {
  readonly #taken: Set<string>

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set([...reserved, ...taken])
  }

  /** `dense-out` becomes `denseOut`; a name that is taken gets a number. */
  claim(id: string): string {
    const base = id.replace(/-+(\w?)/g, (_, letter: string) => letter.toUpperCase())
    let name = base
    for (let count = 2; this.#taken.has(name); count++) name = `${base}_${count}`
    this.#taken.add(name)
    return name
  }

  get taken(): ReadonlySet<string> {
    return this.#taken
  }
}
