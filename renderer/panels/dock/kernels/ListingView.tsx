/**
 * @file Thousands of lines of compiled text, each linked to its node. In: a listing. Out: the lines in view; a click on one shows its node on
 * the canvas, and the lines of the selected node stand out.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Listing } from '../../../../engine/core/listing'
import { showNode } from '../../../canvas/show-node'
import { useWords } from '../../../i18n/i18n'
import { kernelWords } from './words'

const LINE = 18
/** Lines drawn above and below those in view. */
const AROUND = 20

interface ListingViewProps {
  readonly listing: Listing
  readonly label: string
  readonly isSelected: (origin: string) => boolean
}

export function ListingView({ listing, label, isSelected }: ListingViewProps) {
  const words = useWords(kernelWords)
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 0 })
  const measure = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = box.current ?? {}
    setView((old) => (old.top === scrollTop && old.height === clientHeight ? old : { top: scrollTop, height: clientHeight }))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another listing begins at its top
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 })
    measure()
  }, [listing])
  useEffect(() => {
    const sizes = new ResizeObserver(measure)
    if (box.current) sizes.observe(box.current)
    return () => sizes.disconnect()
  })
  const first = Math.max(0, Math.floor(view.top / LINE) - AROUND)
  const last = Math.min(listing.length, Math.ceil((view.top + view.height) / LINE) + AROUND)
  const digits = String(listing.length).length
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="listing mono" ref={box} onScroll={measure} aria-label={label} tabIndex={0}>
      <div style={{ height: listing.length * LINE }}>
        <ol style={{ transform: `translateY(${first * LINE}px)` }}>
          {listing.slice(first, last).map(({ text, origin }, i) => {
            const number = first + i + 1
            return (
              <li key={number} className={origin !== undefined && isSelected(origin) ? 'is-selected' : undefined}>
                <i className="listing-number" style={{ width: `${digits + 1}ch` }}>
                  {number}
                </i>
                <code>{text}</code>
                {origin !== undefined && (
                  <button type="button" className="link" title={words('showNode', { node: origin })} onClick={() => showNode(origin)}>
                    {origin}
                  </button>
                )}
              </li>
            )
          })}
        </ol>
      </div>
    </section>
  )
}
