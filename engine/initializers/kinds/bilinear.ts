/**
 * @file The weights with which a transposed convolution enlarges by linear interpolation: a tent over the window, from each channel to the
 * one of the same number (notes 002 §9; Long et al. 2015). A window of twice the stride enlarges by the stride.
 */
import { defineInitializer } from '../kit'

/** Height of a tent over `extent` pixels at pixel i: as wide as linear interpolation by half the extent, rounded up, needs it. */
const tent = (extent: number, i: number): number => 1 - Math.abs(i - (extent - 1) / 2) / Math.ceil(extent / 2)

const inPython = `def bilinear(weight):
    """Weights that enlarge by linear interpolation, from each channel to the one of the same number."""
    tent = torch.ones(())
    for n in weight.shape[2:]:
        tent = tent[..., None] * (1 - (torch.arange(n) - (n - 1) / 2).abs() / ((n + 1) // 2))
    with torch.no_grad():
        weight.zero_()
        for channel in range(weight.shape[0]):
            weight[channel, channel % weight.shape[1]] = tent`

export default defineInitializer({
  kind: 'bilinear',
  title: { en: 'Bilinear', zh: '双线性插值' },
  formula: String.raw`w_{c,c,i,j} = \left(1 - \tfrac{|i - m|}{f}\right)\left(1 - \tfrac{|j - m|}{f}\right)`,
  reference: 'notes 002 §9; Long et al. 2015',
  params: {},
  fill: (values, _random, { shape }) => {
    const [first = 1, second = 1, ...window] = shape
    const taps = window.reduce((product, extent) => product * extent, 1)
    for (let c = 0; c < first; c++) {
      const start = (c * second + (c % second)) * taps
      for (let tap = 0; tap < taps; tap++) {
        let rest = tap
        let height = 1
        for (const extent of window.toReversed()) {
          height *= tent(extent, rest % extent)
          rest = Math.floor(rest / extent)
        }
        values[start + tap] = height
      }
    }
  },
  pytorch: () => ({ call: 'bilinear(w)', definition: inPython, ownAxes: true }),
})
