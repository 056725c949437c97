/** @file Every measure with its formula and what it says, in a sentence. In: a report. Out: figures in bits. */
import { Fragment } from 'react'
import type { InformationReport, Variable } from '../../../../engine/information/report'
import { formatBits } from '../../../../engine/information/shown'
import { useWords } from '../../../i18n/i18n'
import { formatCount } from '../../../i18n/numbers'
import { Tex } from '../../../lesson/Numbers'
import { jointTableOf } from './joint-cells'
import { Overlap } from './Overlap'
import { informationWords } from './words'

interface Measure {
  readonly id: string
  readonly tex: string
  readonly bits: number
  readonly meaning: string
}

type Say = ReturnType<typeof useWords<typeof informationWords.words>>

export function Measures({ report }: { report: InformationReport }) {
  const words = useWords(informationWords)
  const table = jointTableOf(report)
  return (
    <section className="information-measures" aria-label={words('measures')}>
      {table && <Overlap table={table} />}
      <dl>
        {measuresOf(report, words).map(({ id, tex, bits, meaning }) => (
          <Fragment key={id}>
            <dt>
              <Tex tex={tex} />
              <data data-measure={id} value={String(bits)}>
                {formatBits(bits)}
              </data>
            </dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  )
}

function measuresOf(report: InformationReport, say: Say): readonly Measure[] {
  const { x, rows } = report
  const table = jointTableOf(report)
  if (!table) return [entropyOf('X', x, say), ...shiftsOf('X', x, say)]
  const { y, joint } = table
  const measures: Measure[] = [
    { id: 'mutual', tex: String.raw`I(X;Y)=\sum_{x,y}p(x,y)\log_2\frac{p(x,y)}{p(x)\,p(y)}`, bits: joint.mutual, meaning: say('mutual') },
    {
      id: 'chance',
      tex: String.raw`\bar I\approx\frac{(|X|-1)(|Y|-1)}{2N\ln 2}`,
      bits: joint.chance,
      meaning: say('chance', { count: formatCount(rows) }),
    },
    entropyOf('X', x, say),
    entropyOf('Y', y, say),
    { id: 'joint', tex: String.raw`H(X,Y)=-\sum_{x,y}p(x,y)\log_2 p(x,y)`, bits: joint.entropy, meaning: say('jointEntropy') },
    { id: 'x-given-y', tex: String.raw`H(X\mid Y)=-\sum_{x,y}p(x,y)\log_2 p(x\mid y)`, bits: joint.xGivenY, meaning: say('xGivenY') },
    { id: 'y-given-x', tex: String.raw`H(Y\mid X)=-\sum_{x,y}p(x,y)\log_2 p(y\mid x)`, bits: joint.yGivenX, meaning: say('yGivenX') },
  ]
  if (joint.relative)
    measures.push(
      {
        id: 'x-to-y',
        tex: String.raw`D(X\|Y)=\sum_v p_X(v)\log_2\frac{p_X(v)}{p_Y(v)}`,
        bits: joint.relative.forward,
        meaning: say('relativeXY'),
      },
      {
        id: 'y-to-x',
        tex: String.raw`D(Y\|X)=\sum_v p_Y(v)\log_2\frac{p_Y(v)}{p_X(v)}`,
        bits: joint.relative.backward,
        meaning: say('relativeYX'),
      },
    )
  return [...measures, ...shiftsOf('X', x, say), ...shiftsOf('Y', y, say)]
}

function entropyOf(letter: 'X' | 'Y', { entropy, categories }: Variable, say: Say): Measure {
  const small = letter.toLowerCase()
  const values = { most: formatBits(Math.log2(categories.length)), count: categories.length }
  return {
    id: small,
    tex: String.raw`H(${letter})=-\sum_{${small}}p(${small})\log_2 p(${small})`,
    bits: entropy,
    meaning: say(`entropy${letter}`, values),
  }
}

function shiftsOf(letter: 'X' | 'Y', { column, shift }: Variable, say: Say): readonly Measure[] {
  if (!shift) return []
  const divergence = (p: string, q: string): string => String.raw`D_{${letter}}(${p}\|${q})=\sum_v ${p}(v)\log_2\frac{${p}(v)}{${q}(v)}`
  const small = letter.toLowerCase()
  return [
    {
      id: `${small}-shift-forward`,
      tex: divergence(String.raw`p_{\mathrm t}`, String.raw`p_{\mathrm v}`),
      bits: shift.forward,
      meaning: say('shiftForward', { column }),
    },
    {
      id: `${small}-shift-backward`,
      tex: divergence(String.raw`p_{\mathrm v}`, String.raw`p_{\mathrm t}`),
      bits: shift.backward,
      meaning: say('shiftBackward', { column }),
    },
  ]
}
