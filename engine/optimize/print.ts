/**
 * @file Kernels as text, for people and for golden tests: byte-stable, one kernel a block, shapes on every buffer.
 * In: a kernel program. Out: lines such as
 *
 *   k3 loop [16384, 64] reduce 1 · bn1
 *     %0 = b7[64·i0 + i1]
 *     b9[i1] += %0
 */
import { type Listing, listingLine, listingText } from '../core/listing'
import { formatShape } from '../core/tensor'
import type { Buffer, ConvSizes, Kernel, KernelProgram, LoopKernel, LoopOp, View } from './kernel'

export function kernelListing({ name, buffers, kernels, outputs, state }: KernelProgram): Listing {
  const blank = listingLine('')
  const originOf = (buffer: number) => buffers[buffer]?.origin
  return [
    listingLine(`kernels of ${name}`),
    blank,
    ...buffers.map((buffer, id) => listingLine(`b${id} ${describe(buffer)}`, buffer.origin)),
    blank,
    ...kernels.flatMap((kernel, number) => kernelLines(kernel, `k${number}`)),
    blank,
    ...outputs.map(({ name, buffer }) => listingLine(`output ${name} = b${buffer}`, originOf(buffer))),
    ...state.map(({ name, buffer, update, packing }) => {
      const packed = packing ? `, packed from ${formatShape(packing.shape)}` : ''
      return listingLine(`state ${name} = b${buffer}${packed}${update === undefined ? '' : ', updated'}`, originOf(buffer))
    }),
  ]
}

export const printKernels = (program: KernelProgram): string => listingText(kernelListing(program))

function kernelLines(kernel: Kernel, number: string, indent = ''): Listing {
  const { origins } = kernel
  const named = origins.length > 0 ? ` · ${origins.join(', ')}` : ''
  const own = kernel.kind === 'loop' ? loopLines(kernel).map((line) => `  ${line}`) : []
  const inner = (part: string, kernels: readonly Kernel[]) =>
    kernels.flatMap((one, i) => kernelLines(one, `${number}.${part}${i}`, `${indent}  `))
  return [
    ...[`${number} ${title(kernel)}${named}`, ...own].map((line) => listingLine(`${indent}${line}`, origins[0])),
    ...(kernel.kind === 'scan' ? [...inner('before', kernel.before), ...inner('', kernel.steps)] : []),
  ]
}

const describe = ({ role, name, dtype, shape, origin }: Buffer): string =>
  [role, name, dtype, formatShape(shape), origin === '' || name !== undefined ? undefined : `(${origin})`]
    .filter((part) => part !== undefined)
    .join(' ')

function title(kernel: Kernel): string {
  switch (kernel.kind) {
    case 'loop':
      return `loop [${kernel.axes.join(', ')}]${kernel.reduced > 0 ? ` reduce ${kernel.reduced}` : ''}`
    case 'matmul': {
      const { batch, m, k, n, transposeA, transposeB, a, b, out, bias, panels } = kernel
      const plus = bias === undefined ? '' : ` + b${bias}`
      return `b${out} = b${a}${transposeA ? 'ᵀ' : ''} · b${b}${transposeB ? 'ᵀ' : ''}${plus} matmul ${batch}×(${m}×${k} · ${k}×${n})${panels ? `, ${panels.of} in panels of ${panels.width}` : ''}`
    }
    case 'conv': {
      const { direction, a, b, out, bias, sizes, window, panels } = kernel
      const plus = bias === undefined ? '' : ` + b${bias}`
      const groups = window.groups > 1 ? ` groups ${window.groups}` : ''
      return `b${out} = ${direction}(b${a}, b${b})${plus} conv ${convText(sizes)} stride ${window.stride.join('×')} padding ${window.padding.join('×')}${groups}${panels ? `, kernel in panels of ${panels.width}` : ''}`
    }
    case 'pool': {
      const { variant, x, index, out, sizes, window } = kernel
      const size = `${sizes.height}×${sizes.width}→${sizes.outHeight}×${sizes.outWidth}`
      return `b${out} = ${variant}(b${x}${index === undefined ? '' : `, index b${index}`}) pool ${window.kernel.join('×')} ${size}, ${sizes.batch} images, ${sizes.channels} channels`
    }
    case 'gather':
      return `b${kernel.out} = gather(b${kernel.table}, b${kernel.indices}) ${kernel.count} of ${kernel.rows} rows of ${kernel.width}`
    case 'scatterAdd':
      return `b${kernel.out} = scatterAdd(b${kernel.indices}, b${kernel.updates}) ${kernel.count} into ${kernel.rows} rows of ${kernel.width}`
    case 'argMax':
      return `b${kernel.out} = argMax(b${kernel.x}) ${kernel.outer}×${kernel.extent}×${kernel.inner}`
    case 'scan':
      return `scan ${kernel.length} items${kernel.reverse ? ', from the last' : ''}`
  }
}

const convText = (s: ConvSizes): string =>
  `${s.batch} images ${s.channels}→${s.outChannels}, ${s.height}×${s.width}→${s.outHeight}×${s.outWidth}, kernel ${s.kernelHeight}×${s.kernelWidth}`

function place(strides: readonly number[], offset: number, perItem = 0): string {
  const terms = strides.flatMap((stride, axis) => (stride === 0 ? [] : [stride === 1 ? `i${axis}` : `${stride}·i${axis}`]))
  if (perItem !== 0) terms.push(`${perItem}·t`)
  if (offset !== 0 || terms.length === 0) terms.push(`${offset}`)
  return terms.join(' + ')
}

const at = ({ buffer, strides, offset, perItem }: View): string => `b${buffer}[${place(strides, offset, perItem)}]`

function loopLines({ body, results }: LoopKernel): string[] {
  return [
    ...body.map((op, id) => `%${id} = ${expression(op)}`),
    ...results.map((result) => `${at(result)} ${result.reduce === 'sum' ? '+=' : result.reduce === 'max' ? 'max=' : '='} %${result.value}`),
  ]
}

function expression(op: LoopOp & { readonly dtype: string }): string {
  switch (op.op) {
    case 'load':
      return at(op.view)
    case 'constant':
      return `${op.value}`
    case 'index':
      return `index ${place(op.strides, op.offset)}`
    case 'random':
      return `random %${op.index} key b${op.key} stream ${op.stream}`
    case 'unary':
      return `${op.name} %${op.x}`
    case 'binary':
      return `${op.name} %${op.a} %${op.b}`
    case 'select':
      return `select %${op.condition} %${op.then} %${op.otherwise}`
    case 'cast':
      return `${op.dtype} %${op.x}`
  }
}
