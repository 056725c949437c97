/**
 * @file The body of a `forward` method. In: steps, and the names of what is there already. Out: Python statements that read as by hand: short chains
 * in one line, `x` for what runs through, a name of its own for what is needed again.
 */
import type { Category } from '../../layers/kit/define'
import { PythonNames, snake } from './names'
import { keyOf, type Ref, type Step } from './steps'

/** Longer lines are not made by putting calls into each other. */
const LINE = 88
/** Stands for an argument while a call is looked at. */
const MARK = '\u0000'
/** What runs through, and what runs beside it. */
const usual = ['x', 'y', 'z'] as const
/** The layers that a network is counted in: a line holds one, with what belongs to it. */
const main: readonly Category[] = ['dense', 'convolution', 'sequence']

interface Held {
  readonly key: string
  readonly text: string
  readonly weight: number
  readonly step: Step
  /** Arguments that are used for the last time in it. */
  readonly dying: readonly string[]
}

export interface ForwardOptions {
  /** Variable of each argument of the method. */
  readonly given: ReadonlyMap<string, string>
  /** What is read after the steps, once for each time. */
  readonly results: readonly Ref[]
  /** Names that values of these keys are to have. */
  readonly wanted?: ReadonlyMap<string, string>
  /** Expression of each step's module: `self.conv1`. */
  readonly moduleOf: (step: Step) => string
}

export class Forward {
  readonly lines: string[] = []
  readonly #penalties: (() => string)[] = []
  readonly #variables: Map<string, string>
  readonly #uses = new Map<string, number>()
  readonly #arguments: ReadonlySet<string>
  #held: Held | undefined

  constructor(
    readonly options: ForwardOptions,
    /** All that will be written. */
    steps: readonly Step[],
  ) {
    this.#variables = new Map(options.given)
    this.#arguments = new Set(options.given.values())
    for (const ref of options.results) this.#use(ref)
    for (const { args, penalty } of steps)
      for (const ref of args)
        if (ref) {
          this.#use(ref)
          if (penalty) this.#use(ref)
        }
  }

  #use(ref: Ref): void {
    this.#uses.set(keyOf(ref), (this.#uses.get(keyOf(ref)) ?? 0) + 1)
  }

  write(steps: readonly Step[]): void {
    for (const [index, step] of steps.entries()) {
      let held = this.#express(step)
      if (this.#held && this.#isTooLong(held)) {
        this.#state(this.#held)
        this.#held = undefined
        held = this.#express(step)
      }
      const dying = [...(this.#held?.dying ?? []), ...this.#spend(step)]
      this.#held = undefined
      const complete = { ...held, dying }
      if (this.#isChained(complete, steps[index + 1])) this.#held = complete
      else this.#state(complete)
      const { penalty, args } = step
      if (penalty) this.#penalties.push(() => penalty(args.map((ref) => this.variable(ref))))
    }
  }

  /** Of the steps that have been written, in order; their arguments are kept for them. */
  penalties(): string[] {
    return this.#penalties.map((penalty) => penalty())
  }

  /** The body with its end. */
  returning(refs: readonly (Ref | undefined)[]): string[] {
    const results = refs.map((ref) => this.variable(ref)).join(', ')
    const last = this.lines.at(-1)
    const start = `${results} = `
    return refs.length === 1 && last?.startsWith(start)
      ? [...this.lines.slice(0, -1), `return ${last.slice(start.length)}`]
      : [...this.lines, `return ${results}`]
  }

  /** The variable that holds it. */
  variable(ref: Ref | undefined): string {
    return (ref && this.#variables.get(keyOf(ref))) ?? 'None'
  }

  #texts({ args }: Step): string[] {
    return args.map((ref) => (ref && this.#held?.key === keyOf(ref) ? this.#held.text : this.variable(ref)))
  }

  #express(step: Step): Omit<Held, 'dying'> {
    const [port = ''] = step.outputs
    const isMain = step.layer !== undefined && main.includes(step.layer.category)
    return {
      key: keyOf({ node: step.node.id, port }),
      text: step.call(this.options.moduleOf(step), this.#texts(step)),
      weight: (isMain || step.layer === undefined ? 1 : 0) + (this.#held?.weight ?? 0),
      step,
    }
  }

  #isTooLong({ text, weight }: Omit<Held, 'dying'>): boolean {
    return weight > 1 || text.length > LINE
  }

  /** Variables that this step is the last to read. */
  #spend({ args }: Step): string[] {
    return args.flatMap((ref) => {
      if (!ref) return []
      const key = keyOf(ref)
      const left = (this.#uses.get(key) ?? 0) - 1
      this.#uses.set(key, left)
      const variable = this.#variables.get(key)
      return left === 0 && variable !== undefined ? [variable] : []
    })
  }

  /** The next step alone reads it, once, and as a whole. */
  #isChained({ key, text, step }: Held, next: Step | undefined): boolean {
    if (!next || step.outputs.length !== 1 || step.penalty || this.#uses.get(key) !== 1 || this.options.wanted?.has(key)) return false
    const at = next.args.findIndex((ref) => ref && keyOf(ref) === key)
    if (at < 0 || !isAtom(text)) return false
    const call = next.call(
      'self',
      next.args.map((_, i) => (i === at ? MARK : 'x')),
    )
    return call !== MARK && call.split(MARK).length === 2
  }

  #state({ step, text, dying }: Held): void {
    const names = step.outputs.map((port) => {
      const key = keyOf({ node: step.node.id, port })
      if ((this.#uses.get(key) ?? 0) === 0) return '_'
      // What hands a variable on makes no other.
      const name = /^\w+$/.test(text) && !this.options.wanted?.has(key) ? text : this.#nameFor(step, port, key, dying)
      this.#variables.set(key, name)
      return name
    })
    if (names.every((name) => name === '_')) return
    if (names.length > 1 || names[0] !== text) this.lines.push(`${names.join(', ')} = ${text}`)
  }

  #nameFor(step: Step, port: string, key: string, dying: readonly string[]): string {
    const taken = new Set([...this.#arguments, ...this.#liveNames()])
    const wanted = this.options.wanted?.get(key)
    if (wanted !== undefined) return new PythonNames(taken).claim(wanted)
    const named = new Set(this.options.wanted?.values())
    if (step.outputs.length === 1) {
      const live = this.#liveNames()
      const again = dying.find((name) => !named.has(name) && !this.#arguments.has(name) && !live.has(name))
      const isFree = (name: string) => !named.has(name) && !live.has(name) && (name === usual[0] || !this.#arguments.has(name))
      if (isFree(usual[0])) return usual[0]
      const short = again ?? usual.find(isFree)
      if (short !== undefined) return short
    }
    const own = snake(step.node.id)
    return new PythonNames([...taken, ...named]).claim(step.outputs.length === 1 ? own : `${own}_${snake(port)}`)
  }

  /** Names of what will still be read. */
  #liveNames(): ReadonlySet<string> {
    return new Set([...this.#variables].filter(([key]) => (this.#uses.get(key) ?? 0) > 0).map(([, name]) => name))
  }
}

/** Whether it stays one whole wherever it is put: a name, or a call of one. */
export function isAtom(text: string): boolean {
  if (/^[\w.]+$/.test(text)) return true
  const open = /^[\p{L}\p{N}_.]+\(/u.exec(text)?.[0].length
  if (open === undefined || !text.endsWith(')')) return false
  let depth = 1
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    if (depth === 0) return at === text.length - 1
  }
  return false
}
