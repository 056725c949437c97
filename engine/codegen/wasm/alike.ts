/**
 * @file Phases whose code differs in constants alone (sizes, addresses) become one function: a network repeats the same work in many sizes, and
 * code costs time to compile. In: bodies, one after another. Out: which function does a phase, and, once all are there, which constants
 * differ; those are read from a record of the phase at its start, the others stay in the code (merging of similar functions, as linkers
 * and LLVM's function merging do it, with data in place of parameters). A phase that is like no other keeps all its constants.
 */
import { digest, sameNumbers } from './digest'
import { type FunctionBody, linkedValue, type Resolve, type Taken } from './module-bytes'
import { argumentsPlace, placeIn, placeOffset } from './places'

/** The work of a phase: a function of the module, and the number under which its constants are kept. */
export interface PhaseFunction {
  readonly func: number
  readonly instance: number
}

interface Instance {
  readonly func: number
  readonly values: readonly number[]
}

export interface Settled {
  /** By function. */
  readonly taken: ReadonlyMap<number, Taken>
  /** By instance: the number of its first word among all. */
  readonly first: readonly number[]
  readonly words: number
}

export class Alike {
  private readonly instances: Instance[] = []
  private readonly byHash = new Map<number, { readonly func: number; readonly body: FunctionBody }[]>()
  /** The functions among them. */
  private readonly phases = new Set<number>()
  private outcome: Settled | undefined

  /** `define`: adds the function to the module. */
  add(body: FunctionBody, define: () => number): PhaseFunction {
    this.outcome = undefined
    const hash = digestOf(body)
    const candidates = this.byHash.get(hash) ?? []
    const known = candidates.find((candidate) => isAlike(candidate.body, body))
    const func = known?.func ?? define()
    if (!known) this.byHash.set(hash, [...candidates, { func, body }])
    this.phases.add(func)
    return { func, instance: this.instances.push({ func, values: body.constants.values }) - 1 }
  }

  placesOf({ func, instance }: PhaseFunction, bodyOf: (func: number) => FunctionBody): Set<number> {
    const places = new Set<number>()
    const visit = (func: number, values: readonly number[]) => {
      const { gaps, callees } = bodyOf(func)
      for (const { place } of gaps) if (place !== argumentsPlace) places.add(place)
      for (const value of values) {
        const place = placeIn(value)
        if (place === argumentsPlace) {
          const called = this.instances[placeOffset(value)] as Instance
          visit(called.func, called.values)
        } else if (place > 0) places.add(place)
      }
      // Phases that it calls were met among the values.
      for (const callee of callees) if (!this.phases.has(callee)) visit(callee, [])
    }
    visit(func, (this.instances[instance] as Instance).values)
    return places
  }

  /** What the constants come to, now that no phase is to follow. */
  settled(): Settled {
    this.outcome ??= this.settle()
    return this.outcome
  }

  /** The records of all phases, one after another. */
  wordsOf(resolve: Resolve): number[] {
    const { taken } = this.settled()
    return this.instances.flatMap(({ func, values }) => {
      const { from = [], words = 0 } = taken.get(func) ?? {}
      const record = new Array<number>(words)
      for (const [i, word] of from.entries()) if (word >= 0) record[word] = linkedValue(values[i] as number, resolve)
      return record
    })
  }

  private settle(): Settled {
    const byFunction = new Map<number, Instance[]>()
    for (const instance of this.instances) {
      const known = byFunction.get(instance.func)
      if (known) known.push(instance)
      else byFunction.set(instance.func, [instance])
    }
    const taken = new Map<number, Taken>()
    for (const [func, instances] of byFunction) if (instances.length > 1) taken.set(func, takenBy(instances))
    let words = 0
    const first = this.instances.map(({ func }) => {
      const start = words
      words += taken.get(func)?.words ?? 0
      return start
    })
    return { taken, first, words }
  }
}

/** Constants that are equal to each other in every instance are one word. */
function takenBy(instances: readonly Instance[]): Taken {
  const [{ values: own }] = instances as readonly [Instance]
  const leaders: number[] = []
  const from = own.map((value, i) => {
    if (instances.every(({ values }) => values[i] === value)) return -1
    const known = leaders.findIndex((leader) => instances.every(({ values }) => values[i] === values[leader]))
    return known >= 0 ? known : leaders.push(i) - 1
  })
  return { from, words: leaders.length }
}

const digestOf = ({ prologue, code, locals }: FunctionBody): number => digest(code.view(), digest(prologue.view(), digest([locals.length])))

function isAlike(a: FunctionBody, b: FunctionBody): boolean {
  return (
    a.locals.length === b.locals.length &&
    a.locals.every((type, i) => type === b.locals[i]) &&
    sameNumbers(a.prologue.view(), b.prologue.view()) &&
    sameNumbers(a.code.view(), b.code.view()) &&
    sameNumbers(a.constants.at, b.constants.at) &&
    a.gaps.length === b.gaps.length &&
    a.gaps.every((gap, i) => {
      const other = b.gaps[i]
      return gap.at === other?.at && gap.place === other.place && gap.offset === other.offset && gap.signed === other.signed
    })
  )
}
