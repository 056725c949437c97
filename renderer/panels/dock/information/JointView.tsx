/**
 * @file The joint table as counts, probabilities or pointwise mutual information. In: the table. Out: small tables with a number in each cell, large ones
 * as a picture; the cell under the pointer or the arrow keys in words.
 */

import { formatBits, shownCategory } from '../../../../engine/information/shown'
import { Views } from '../../../controls/Views'
import { useLanguage, useWords } from '../../../i18n/i18n'
import { formatCount } from '../../../i18n/numbers'
import { formatProbability } from './format'
import { jointViews, useInformationStore } from './information-store'
import { JointGrid } from './JointGrid'
import { JointPicture } from './JointPicture'
import type { JointTable } from './joint-cells'
import { useCursor } from './use-cursor'
import { informationWords } from './words'

/** More cells than this nobody reads one by one. */
const MOST_ROWS = 40
const MOST_COLUMNS = 24

export function JointView({ table }: { table: JointTable }) {
  const words = useWords(informationWords)
  const language = useLanguage()
  const view = useInformationStore((state) => state.view)
  const { x, y, joint } = table
  const [rows, columns] = [x.categories.length, y.categories.length]
  const cursor = useCursor(rows, columns)
  const { cell } = cursor
  const index = cell && cell.row * columns + cell.column
  const Shown = rows <= MOST_ROWS && columns <= MOST_COLUMNS ? JointGrid : JointPicture
  return (
    <div className="information-joint">
      <div className="information-head">
        <Views
          ids={jointViews}
          chosen={view}
          label={words}
          hint={(id) => words(`${id}Hint`)}
          choose={(id) => useInformationStore.setState({ view: id })}
        />
      </div>
      <Shown table={table} view={view} cursor={cursor} />
      <p className="information-cell" aria-live="polite">
        {cell && index !== undefined
          ? words('cell', {
              x: shownCategory(x.categories[cell.row] ?? '', language),
              y: shownCategory(y.categories[cell.column] ?? '', language),
              count: formatCount(joint.counts[index] ?? 0),
              p: formatProbability(joint.probabilities[index] ?? 0),
              pmi: formatBits(joint.pointwise[index] ?? 0),
            })
          : words('cellHint')}
      </p>
    </div>
  )
}
