/**
 * @file Matrix products. In: a matmul kernel. Out: its dispatches, one product in one form, whatever is transposed.
 */
import type { MatmulKernel } from '../../optimize/kernel'
import type { Dispatch, GpuContext } from './emitter'
import { emitProducts } from './tile'
import type { Product, ProductForm } from './tile-product'

/** Rows and columns at constant strides, one segment. */
const matrices: ProductForm = {
  text: `fn rowOf(row: i32, item: i32) -> vec3i { return vec3i(row * $aRow + item * $aItem, 0, 0); }
fn columnOf(column: i32, item: i32) -> i32 { return column * $bColumn + item * $bItem; }
fn segmentOf(segment: i32) -> vec3i { return vec3i(); }
fn rowAt(row: vec3i, segment: vec3i) -> i32 { return row.x; }
fn columnAt(column: i32, segment: vec3i) -> i32 { return column; }
fn outRowOf(row: i32, item: i32) -> i32 { return row * $outRow + item * $outItem; }`,
  sizes: ['aRow', 'aItem', 'bColumn', 'bItem', 'outRow', 'outItem'],
  windowed: false,
  walks: false,
}

/** A product of contiguous matrices, as a matmul kernel describes it. */
export function matrixProduct(kernel: Omit<MatmulKernel, 'kind'>, label: string): Product {
  const { batch, m, k, n, transposeA, transposeB } = kernel
  return {
    label,
    form: matrices,
    a: kernel.a,
    b: { buffer: kernel.b },
    bias: kernel.bias,
    biasItem: 0,
    rows: m,
    columns: n,
    items: batch,
    segments: 1,
    inner: k,
    aStep: transposeA ? m : 1,
    bStep: transposeB ? 1 : n,
    outColumn: 1,
    aAlongDepth: !transposeA,
    bAlongDepth: transposeB,
    sizes: {
      aRow: transposeA ? 1 : k,
      aItem: m * k,
      bColumn: transposeB ? k : 1,
      bItem: k * n,
      outRow: n,
      outItem: m * n,
    },
  }
}

export function emitMatmul(kernel: MatmulKernel & { readonly origins?: readonly string[] }, context: GpuContext): Dispatch[] {
  const { out, batch, m, n, bias } = kernel
  return emitProducts(
    [matrixProduct(kernel, `${kernel.origins?.[0] ?? ''} product`)],
    { buffer: out, elements: batch * m * n, bias, biasLength: n },
    context,
  )
}
