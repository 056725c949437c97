/**
 * @file How two variables share their information (MacKay 2003, figure 8.1): bars to scale, H(X, Y) on top, H(X) from the left, H(Y) from the right; where
 * they overlap is I(X; Y). In: a joint table. Out: the bars with their numbers.
 */
import { formatBits } from '../../../../engine/information/shown'
import { useWords } from '../../../i18n/i18n'
import type { JointTable } from './joint-cells'
import { informationWords } from './words'

interface Bar {
  readonly id: string
  readonly name: string
  readonly from: number
  readonly bits: number
}

export function Overlap({ table: { x, y, joint } }: { table: JointTable }) {
  const words = useWords(informationWords)
  const whole = joint.entropy
  const lines: readonly (readonly Bar[])[] = [
    [{ id: 'joint', name: 'H(X,Y)', from: 0, bits: whole }],
    [{ id: 'x', name: 'H(X)', from: 0, bits: x.entropy }],
    [{ id: 'y', name: 'H(Y)', from: joint.xGivenY, bits: y.entropy }],
    [
      { id: 'x-given-y', name: 'H(X|Y)', from: 0, bits: joint.xGivenY },
      { id: 'mutual', name: 'I(X;Y)', from: joint.xGivenY, bits: joint.mutual },
      { id: 'y-given-x', name: 'H(Y|X)', from: x.entropy, bits: joint.yGivenX },
    ],
  ]
  // Where nothing is unknown there is nothing to draw to scale.
  const percent = (bits: number): number => (whole > 0 ? Math.min(100, Math.max(0, (100 * bits) / whole)) : 0)
  return (
    <div className="information-overlap" role="img" aria-label={words('overlap')} title={words('overlap')}>
      {lines.map((bars) => (
        <div key={bars[0]?.id}>
          {bars.map(({ id, name, from, bits }) => (
            <span
              key={id}
              className={`information-share is-${id}`}
              data-measure={id}
              title={`${name} ${formatBits(bits)}`}
              style={{ left: `${percent(from)}%`, width: `${percent(bits)}%` }}
            >
              <span>
                {name} {formatBits(bits)}
              </span>
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}
