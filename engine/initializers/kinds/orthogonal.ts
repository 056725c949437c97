/**
 * @file Rows, or columns where those are fewer, of length 1 at right angles: signals keep their length through any number of layers (Saxe,
 * McClelland and Ganguli 2014). Kernels are read as matrices, their first axis against the rest.
 */
import { float } from '../../layers/kit/params'
import { defineInitializer } from '../kit'
import { orthonormal } from '../orthonormal'

export default defineInitializer({
  kind: 'orthogonal',
  title: { en: 'Orthogonal', zh: '正交' },
  formula: String.raw`W W^{\top} = g^2 I \ (m \le n), \quad W^{\top} W = g^2 I \ (m > n)`,
  reference: 'Saxe, McClelland & Ganguli 2014',
  params: {
    gain: float({
      label: { en: 'Gain g', zh: '增益 g' },
      help: { en: 'How many times as long a signal leaves the layer as it came.', zh: '信号经过此层后长度变为原来的多少倍。' },
      default: 1,
    }),
  },
  fill: (values, random, { shape: [rows = 1] }, { gain }) => {
    const columns = values.length / rows
    const wide = rows <= columns
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)]
    const vectors = orthonormal(count, length, random)
    const [along, across] = wide ? [1, columns] : [columns, 1]
    for (let k = 0; k < count; k++)
      for (let i = 0; i < length; i++) values[k * across + i * along] = gain * (vectors[k * length + i] as number)
  },
  // Evenly distributed, so that it is all the same which way the matrix lies.
  pytorch: (_unit, { gain }) => ({ call: `nn.init.orthogonal_(w${gain === 1 ? '' : `, ${gain}`})` }),
})
