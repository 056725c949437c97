/**
 * @file The code that the CPU would run, as text. In: a program and how it is compiled. Out: the WebAssembly module in its text format, where each
 * function that does a kernel's work bears its name and leads to its node. Addresses are those of an empty machine.
 */
import { ByteWriter } from '../../codegen/wasm/bytes'
import { controlBytes } from '../../codegen/wasm/dispatch'
import type { EmittedModule, ModuleOptions } from '../../codegen/wasm/module'
import { InternalError } from '../../core/diagnostics'
import { type Listing, listingLine } from '../../core/listing'
import { bytesOf } from '../../core/tensor'
import type { Program } from '../../ir/program'
import { aligned } from '../../memory/plan'
import { staysAwake } from './awake'
import { type Blueprint, drawBlueprint } from './blueprint'

interface Named {
  readonly name: string
  readonly origin?: string
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
    return linesOf(text, new Map([...names.values()].map(({ name, origin }) => [name, origin])))
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
  const names = new Map<number, Named>()
  const uses = new Map<string, number>()
  for (const { parts } of groups)
    for (const { steps } of parts)
      for (const { phase, origins } of steps) {
        if (names.has(phase.func)) continue
        const plain = phase.label.trim().replace(/[^\w./-]+/g, '_')
        const use = (uses.get(plain) ?? 0) + 1
        uses.set(plain, use)
        const [origin] = origins
        names.set(phase.func, { name: use === 1 ? plain : `${plain}~${use}`, ...(origin === undefined ? {} : { origin }) })
      }
  return names
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

/** Lines of a function belong to its node. */
function linesOf(text: string, origins: ReadonlyMap<string, string | undefined>): Listing {
  let origin: string | undefined
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      // Members of the module are indented by two.
      if (line.startsWith('  (')) {
        const name = /^ {2}\(func \$(\S+)/.exec(line)?.[1]
        if (name === undefined && line.startsWith('  (func')) throw new InternalError('wasm', `a function without a name: ${line}`)
        origin = name === undefined ? undefined : origins.get(name)
      }
      return listingLine(line, origin)
    })
}
