/** @file The palette: all layers and blocks by section. In: the catalogue. Out: nodes, by click, Enter or drag. */
import { Search } from 'lucide-react'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import { ADDABLE_TYPE } from '../canvas/drag-type'
import { viewport } from '../canvas/viewport'
import { useText, useWords } from '../i18n/i18n'
import { paletteWords } from '../i18n/palette-words'
import { add } from '../store/actions'
import { useDocument } from '../store/document'
import { type CatalogueItem, catalogueOf, searchCatalogue } from './catalogue'
import './palette.css'

export function Palette() {
  const say = useWords(paletteWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search)
  const list = useRef<HTMLDivElement>(null)
  const sections = useMemo(() => searchCatalogue(catalogueOf(document), wanted), [document, wanted])

  const put = (item: CatalogueItem): void => {
    const id = add(item.addable)
    requestAnimationFrame(() => viewport()?.reveal(id))
  }
  const onSearchKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      setSearch('')
      event.currentTarget instanceof HTMLElement && event.currentTarget.blur()
    }
    const first = sections[0]?.items[0]
    if (event.key === 'Enter' && search !== '' && first) put(first)
    if (event.key === 'ArrowDown') {
      event.preventDefault()
      list.current?.querySelector('button')?.focus()
    }
  }
  return (
    <div className="palette">
      <div className="palette-search">
        <Search size={13} aria-hidden="true" />
        <input
          id="palette-search"
          type="search"
          value={search}
          placeholder={say('search')}
          aria-label={say('search')}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={onSearchKey}
        />
        <kbd>/</kbd>
      </div>
      <div className="palette-list" ref={list}>
        {sections.map((section) => (
          <section key={section.key} aria-label={text(section.title)}>
            <h2 className="section-head">{text(section.title)}</h2>
            {section.items.map((item) => (
              <button
                key={item.key}
                type="button"
                className="palette-item"
                draggable
                title={text(item.summary)}
                aria-label={text(item.title)}
                onDragStart={(event) => {
                  event.dataTransfer.setData(ADDABLE_TYPE, JSON.stringify(item.addable))
                  event.dataTransfer.effectAllowed = 'copy'
                }}
                onKeyDown={walk}
                onClick={() => put(item)}
              >
                <span
                  className={item.addable.type === 'block' ? 'swatch is-block' : 'swatch'}
                  style={{ '--c': item.colour } as React.CSSProperties}
                />
                <span className="palette-name">{text(item.title)}</span>
              </button>
            ))}
          </section>
        ))}
        {sections.length === 0 && (
          <div className="empty">
            <b>{say('none')}</b>
            <span>{say('noneHint')}</span>
          </div>
        )}
      </div>
    </div>
  )
}

/** Arrows walk the list. */
function walk(event: React.KeyboardEvent<HTMLButtonElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const buttons = [...(event.currentTarget.closest('.palette-list')?.querySelectorAll('button') ?? [])]
  const at = buttons.indexOf(event.currentTarget)
  event.preventDefault()
  buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}
