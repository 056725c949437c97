/** @file A joint table with a number in each cell. In: table, view, cursor. Out: a table that scrolls under its headings. */
import { shownCategory } from '../../../../engine/information/shown'
import { useLanguage, useWords } from '../../../i18n/i18n'
import type { JointView } from './information-store'
import { type JointTable, MOST_COLOUR, textOfCell, tints } from './joint-cells'
import type { useCursor } from './use-cursor'
import { informationWords } from './words'

export interface JointProps {
  readonly table: JointTable
  readonly view: JointView
  readonly cursor: ReturnType<typeof useCursor>
}

const bringIntoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

export function JointGrid({ table, view, cursor }: JointProps) {
  const words = useWords(informationWords)
  const language = useLanguage()
  const { x, y } = table
  const tintOf = tints(table, view)
  const { cell, point, onKeyDown } = cursor
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table inside is read as a table; arrow keys move over its cells
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="information-grid" tabIndex={0} onKeyDown={onKeyDown} onPointerLeave={() => point(undefined)}>
      <table aria-label={words('joint')}>
        <thead>
          <tr>
            <th className="is-top is-side">X \ Y</th>
            {y.categories.map((name) => (
              <th key={name} scope="col" className="is-top" title={shownCategory(name, language)}>
                {shownCategory(name, language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {x.categories.map((name, row) => (
            <tr key={name}>
              <th scope="row" className="is-side" title={shownCategory(name, language)}>
                {shownCategory(name, language)}
              </th>
              {y.categories.map((other, column) => {
                const index = row * y.categories.length + column
                const { strength, isBelow } = tintOf(index)
                const colour = isBelow ? '--bad' : '--accent'
                const isCurrent = cell?.row === row && cell.column === column
                return (
                  <td
                    key={other}
                    ref={isCurrent && cell.byKeys ? bringIntoView : undefined}
                    className={isCurrent ? 'is-current' : undefined}
                    style={{ background: `color-mix(in srgb, var(${colour}) ${Math.round(strength * MOST_COLOUR)}%, var(--panel))` }}
                    onPointerEnter={() => point({ row, column })}
                  >
                    {textOfCell(table, index, view)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
