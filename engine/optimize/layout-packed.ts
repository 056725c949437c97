/**
 * @file Instructions whose operands or results lie packed. In: an instruction and the forms of its operands. Out: the same computation on
 * packed tensors; undefined where there is none.
 */
import { columnsOf, kernelPacking, type Packing, type Panels, packedShape, samePacking } from '../ir/packing'
import type { Instruction, Op, ValueId } from '../ir/program'
import { type Forms, identity, type Packed, swapImage, type Turned } from './layout-forms'
import { packValue, paddingAfter, unpackValue } from './pack-values'

const panelsOf = (packing: Packing): Panels => ({ columns: columnsOf(packing), width: packing.width })

/** The instruction with a packed result, if it can make one. */
export function packedForm(forms: Forms, value: Instruction, packing: Packing): Packed | undefined {
  const { op, inputs, dtype, origin } = value
  const [x, y] = inputs as [ValueId, ValueId]
  const add = (packedOp: Op, operands: readonly ValueId[]) => forms.rewriter.add(packedOp, operands, packedShape(packing), dtype, origin)
  switch (op.op) {
    case 'input':
      return op.role === 'state' ? { packing, packed: add(op, []), padding: 0 } : undefined
    case 'unary':
    case 'binary':
    case 'select':
    case 'cast':
    case 'stopGradient': {
      const operands = inputs.map((id) => forms.inPanels(id, packing))
      const paddings = operands.map(({ padding }) => padding)
      const packed = add(
        op,
        operands.map((operand) => operand.packed),
      )
      return { packing, packed, padding: paddingAfter(value, paddings) }
    }
    case 'conv2dKernelGrad': {
      const isKernel = samePacking(packing, kernelPacking(packing.shape, packing.width))
      if (!isKernel || op.window.layout !== 'NCHW' || op.window.groups > 1) return undefined
      const inHwnc: Op = { ...op, window: { ...op.window, layout: 'HWNC' }, panels: panelsOf(packing) }
      return { packing, packed: add(inHwnc, [forms.inOrder(x, swapImage), forms.inOrder(y, swapImage)]), padding: 0 }
    }
    case 'matmul': {
      if (value.shape.length !== 2) return undefined
      const { transposeA, transposeB } = op
      const panels = { of: 'result' as const, ...panelsOf(packing) }
      const [a, b] = [forms.logical(x), forms.logical(y)]
      // (A · B)ᵀ = Bᵀ · Aᵀ
      const packed =
        packing.column === 1
          ? add({ ...op, panels }, [a, b])
          : add({ ...op, transposeA: !transposeB, transposeB: !transposeA, panels }, [b, a])
      return { packing, packed, padding: 0 }
    }
    default:
      return undefined
  }
}

/** The kernel of a convolution as it lies. */
export function kernelOf(forms: Forms, id: ValueId): { readonly value: ValueId; readonly panels?: Panels } {
  const form = forms.of(id)
  if (!('packed' in form)) return { value: forms.logical(id) }
  const { packed, packing } = form
  return samePacking(packing, kernelPacking(packing.shape, packing.width))
    ? { value: packed, panels: panelsOf(packing) }
    : { value: forms.logical(id) }
}

/** A product whose right operand is read as it lies. */
export function productOf(forms: Forms, value: Instruction, op: Extract<Op, { op: 'matmul' }>): Turned {
  const [x, y] = value.inputs as [ValueId, ValueId]
  const form = forms.of(y)
  if (!('packed' in form) || value.shape.length !== 2) return forms.emitLogical(value)
  const { packed, packing } = form
  // What is packed by the columns of Bᵀ is Bᵀ.
  const transposeB = op.transposeB !== (packing.column === 0)
  return forms.emit(value, { ...op, transposeB, panels: { of: 'right', ...panelsOf(packing) } }, [forms.logical(x), packed], identity(2))
}

/** A reduction to one number, if the padding adds nothing to it. */
export function reducedWhole(forms: Forms, value: Instruction, op: Extract<Op, { op: 'reduce' }>): Turned | undefined {
  const form = forms.of(value.inputs[0] as ValueId)
  if (!('packed' in form) || value.shape.length > 0) return undefined
  const adds = form.padding !== (op.name === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
  if (adds && hasPadding(form.packing)) return undefined
  const axes = identity(forms.rewriter.at(form.packed).shape.length)
  return forms.emit(value, { ...op, axes }, [form.packed], [])
}

/** The value packed, for a slot: its padding stays zero. */
export function kept(forms: Forms, id: ValueId, packing: Packing): ValueId {
  const { packed, padding } = forms.inPanels(id, packing)
  if (padding === 0 || !hasPadding(packing)) return packed
  return packValue(forms.rewriter, unpackValue(forms.rewriter, packed, packing), packing).packed
}

const hasPadding = (packing: Packing): boolean => columnsOf(packing) % packing.width > 0
