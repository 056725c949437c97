/**
 * @file Phase functions: a loop over work units whose numbers unfold into indices, and phases joined into one.
 */
import type { PhaseFunction } from './alike'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import type { Phase } from './emitter'

/** A phase function whose units are the flattened indices of nested loops; the last runs fastest. */
export function unitFunction<const N extends readonly number[]>(
  module: ModuleBuilder,
  extents: N,
  body: (f: FunctionBuilder, indices: { [K in keyof N]: Local }, unit: Local) => void,
): PhaseFunction {
  return module.phase((f, begin, end) => {
    const unit = f.local('i32')
    const rest = f.local('i32')
    const indices = extents.map(() => f.local('i32'))
    f.for(unit, begin, end, 1, () => {
      f.assign(rest, unit)
      for (let d = extents.length - 1; d >= 0; d--) {
        const extent = extents[d] as number
        const index = indices[d] as Local
        if (d === 0) f.assign(index, rest)
        else if (extent === 1) f.assign(index, 0)
        else {
          f.get(rest).get(rest).i32(extent).op('i32.div_u').tee(rest).i32(extent).op('i32.mul').op('i32.sub').set(index)
        }
      }
      body(f, indices as { [K in keyof N]: Local }, unit)
    })
  })
}

/** Independent phases as one: their units one after the other. */
export function joinPhases(module: ModuleBuilder, phases: readonly Phase[], label: string): Phase {
  const [only] = phases
  if (only && phases.length === 1) return { ...only, label }
  const func = module.phase((f, begin, end) => {
    let first = 0
    for (const phase of phases) {
      clamped(f, begin, first, phase.units)
      clamped(f, end, first, phase.units)
      f.callPhase(phase.func)
      first += phase.units
    }
  })
  return {
    func,
    units: phases.reduce((sum, { units }) => sum + units, 0),
    cost: phases.reduce((sum, { cost }) => sum + cost, 0),
    label,
  }
}

/** Pushes min(max(unit − first, 0), units). */
function clamped(f: FunctionBuilder, unit: Local, first: number, units: number): void {
  const shifted = f.local('i32')
  f.get(unit).i32(first).op('i32.sub').tee(shifted).i32(0).get(shifted).i32(0).op('i32.gt_s').op('select').set(shifted)
  f.min(shifted, units)
}

/** Nanoseconds to move so many floats. */
export const moveCost = (floats: number): number => 0.12 * floats
