/**
 * @file The code that the CPU would run, as text. In: a program and how it is compiled. Out: the WebAssembly module in its text format, where each
 * function that does a kernel's work bears its name and leads to its node. Addresses are those of an empty machine.
 */
import { ByteWriter } from '../../codegen/wasm/bytes'
import { controlBytes } from '../../codegen/wasm/dispatch'
import type { Phase } from '../../codegen/wasm/emitter'
import type { EmittedModule, ModuleOptions } from '../../codegen/wasm/module'
import { InternalError } from '../../core/diagnostics'
import { type Listing, listingLine } from '../../core/listing'
import { bytesOf } from '../../core/tensor'
import type { Program } from '../../ir/program'
import { aligned } from '../../memory/plan'
import { staysAwake } from './awake'
import { type Blueprint, drawBlueprint } from './blueprint'

/** A phase, and the node whose work it is. */
interface Use {
  readonly label: string
  readonly origin: string | undefined
}

/** A function, named after the first of its uses; phases that are alike share one (codegen/wasm/alike.ts). */
interface Named {
  readonly name: string
  readonly uses: readonly Use[]
}

export async function wasmListing(program: Program, options: ModuleOptions): Promise<Listing> {
  const blueprint = drawBlueprint(program, options)
  const { bytes } = blueprint.module.link(addressesOf(blueprint))
  const names = namesOf(blueprint.module)
  const { default: load } = await import('wabt')
  const wabt = await staysAwake(load())
  const module = wabt.readWasm(withNames(bytes, names), { readDebugNames: true, simd: true, threads: true, relaxed_simd: true })
  try {
    module.generateNames()
    module.applyNames()
    const text = module.toText({ foldExprs: false, inlineExport: false })
    return linesOf(text, new Map([...names.values()].map(({ name, uses }) => [name, uses])))
  } finally {
    module.destroy()
  }
}

/** What is kept one after the other, what is shared behind it. */
function addressesOf({ kernels, plan, kept, module }: Blueprint) {
  let end = aligned(controlBytes)
  const own = (bytes: number): number => {
    const address = end
    end += aligned(bytes)
    return address
  }
  const control = 0
  const fixed = own(module.fixedBytes)
  const addresses = new Map(
    kernels.buffers.flatMap(({ role, shape }, buffer) =>
      role === 'state' || kept.has(buffer) ? [[buffer, own(bytesOf(shape))] as const] : [],
    ),
  )
  return { control, fixed, of: (place: number): number => addresses.get(place) ?? end + (plan.offsets.get(place) ?? 0) }
}

/** The functions that do phases, by number; names are made of what the text format allows. */
function namesOf({ groups }: EmittedModule): ReadonlyMap<number, Named> {
  const uses = new Map<number, Use[]>()
  const seen = new Set<Phase>()
  for (const { parts } of groups)
    for (const { steps } of parts)
      for (const { phase, origins } of steps) {
        if (seen.has(phase)) continue
        seen.add(phase)
        const use = { label: phase.label.trim(), origin: origins[0] }
        const known = uses.get(phase.func.func)
        if (known) known.push(use)
        else uses.set(phase.func.func, [use])
      }
  const taken = new Map<string, number>()
  return new Map(
    [...uses].map(([func, uses]) => {
      const plain = uses[0]?.label.replace(/[^\w./-]+/g, '_') ?? ''
      const count = (taken.get(plain) ?? 0) + 1
      taken.set(plain, count)
      return [func, { name: count === 1 ? plain : `${plain}~${count}`, uses }]
    }),
  )
}

/** The module with a custom section “name” at its end, as the specification's appendix lays it out. */
function withNames(bytes: Uint8Array, names: ReadonlyMap<number, Named>): Uint8Array {
  const functions = new ByteWriter(1024)
  functions.unsigned(names.size)
  for (const [func, { name }] of [...names].sort(([a], [b]) => a - b)) {
    functions.unsigned(func)
    functions.name(name)
  }
  const content = new ByteWriter(1024)
  content.name('name')
  content.byte(1)
  content.sized(functions)
  const section = new ByteWriter(bytes.length + 1024)
  section.append(bytes)
  section.byte(0)
  section.sized(content)
  // A copy of the right length: wabt reads the whole buffer behind a view.
  return section.view().slice()
}

/** Lines of a function belong to the node of its first use; its other uses stand above it, each with its own node. */
function linesOf(text: string, users: ReadonlyMap<string, readonly Use[]>): Listing {
  let origin: string | undefined
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      // Members of the module are indented by two.
      if (!line.startsWith('  (')) return [listingLine(line, origin)]
      const name = /^ {2}\(func \$(\S+)/.exec(line)?.[1]
      if (name === undefined && line.startsWith('  (func')) throw new InternalError('wasm', `a function without a name: ${line}`)
      const [first, ...others] = (name === undefined ? undefined : users.get(name)) ?? []
      origin = first?.origin
      return [
        ...others.map((use) => listingLine(`  ;; ${use.label}: $${name} with other constants`, use.origin)),
        listingLine(line, origin),
      ]
    })
}
