/** @file A variable on its own: every category with its share of the rows and what it says. In: the variable. Out: a list with bars, to scale. */
import type { Variable } from '../../../../engine/information/report'
import { formatBits, shownCategory } from '../../../../engine/information/shown'
import { useLanguage, useWords } from '../../../i18n/i18n'
import { formatCount } from '../../../i18n/numbers'
import { formatProbability } from './format'
import { informationWords } from './words'

export function Distribution({ letter, variable }: { letter: 'X' | 'Y'; variable: Variable }) {
  const words = useWords(informationWords)
  const language = useLanguage()
  const { column, categories, counts, probabilities, selfInformation } = variable
  const most = probabilities.reduce((largest, p) => Math.max(largest, p), 0)
  return (
    <table className={`information-distribution is-${letter.toLowerCase()}`} aria-label={words('distribution', { letter })}>
      <colgroup>
        <col />
        <col className="information-number" />
        <col className="information-number" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" title={column}>
            <i>{letter}</i> {column}
          </th>
          <th scope="col" className="is-number" title={words('probabilityHint')}>
            {words('probability')}
          </th>
          <th scope="col" className="is-number" title={words('surpriseHint')}>
            {words('surprise')}
          </th>
        </tr>
      </thead>
      <tbody>
        {categories.map((name, index) => {
          const p = probabilities[index] ?? 0
          const shown = shownCategory(name, language)
          return (
            <tr key={name} title={words('countOf', { category: shown, count: formatCount(counts[index] ?? 0) })}>
              <th scope="row" className="information-category">
                <span className="information-bar" style={{ width: `${most > 0 ? (100 * p) / most : 0}%` }} />
                <span className="information-name">{shown}</span>
              </th>
              <td className="is-number">{formatProbability(p)}</td>
              <td className="is-number">{formatBits(selfInformation[index] ?? 0)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
