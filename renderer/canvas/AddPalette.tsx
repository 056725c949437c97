/**
 * @file The palette at the pointer. In: where it was asked for, and perhaps the loose end of a wire. Out: a node there, connected; with a wire only
 * what fits its end is offered.
 */
import { Command } from 'cmdk'
import { useEffect, useMemo } from 'react'
import { canvasWords } from '../i18n/canvas-words'
import { useText, useWords } from '../i18n/i18n'
import { NODE_HEIGHT, NODE_WIDTH } from '../layout/sizes'
import { type CatalogueItem, catalogueOf } from '../palette/catalogue'
import { add, nodeOf } from '../store/actions'
import { openedGraph, useDocument } from '../store/document'
import { idsOf } from '../store/edits'
import { shapedOf } from '../store/shaped'
import { type AddRequest, showUi, useUi } from '../store/ui'
import { portFor } from '../store/wiring'
import { viewport } from './viewport'

const WIDTH = 264
const HEIGHT = 336

export function AddPalette() {
  const request = useUi((state) => state.adding)
  return request ? <Opened request={request} /> : null
}

const close = (): void => showUi({ adding: undefined })

function Opened({ request }: { request: AddRequest }) {
  const say = useWords(canvasWords)
  const text = useText()
  const sections = useMemo(() => fitting(request), [request])
  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (!(event.target instanceof Element) || !event.target.closest('.add-palette')) close()
    }
    addEventListener('pointerdown', outside, true)
    return () => removeEventListener('pointerdown', outside, true)
  }, [])
  const choose = (item: CatalogueItem): void => {
    close()
    const { at, wire } = request
    // On a wire's end the port, elsewhere the middle of the node, comes to lie at the pointer.
    const reach = wire === undefined ? NODE_WIDTH / 2 : wire.side === 'from' ? 0 : NODE_WIDTH
    const id = add(item.addable, at ? { at: { x: at.x - reach, y: at.y - NODE_HEIGHT / 2 }, wire } : {})
    if (!at) requestAnimationFrame(() => viewport()?.reveal(id))
  }
  const left = Math.max(8, Math.min(request.screen.x, innerWidth - WIDTH - 8))
  const top = Math.max(8, Math.min(request.screen.y, innerHeight - HEIGHT - 8))
  return (
    <div className="add-palette float" style={{ left, top }} role="dialog" data-state="open" aria-label={say('addTitle')}>
      <Command
        label={say('addTitle')}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Tab') {
            event.preventDefault()
            event.stopPropagation()
            close()
          }
        }}
      >
        <Command.Input autoFocus placeholder={say('addSearch')} />
        <Command.List>
          <Command.Empty>{say('addNone')}</Command.Empty>
          {sections.map((section) => (
            <Command.Group key={section.key} heading={text(section.title)}>
              {section.items.map((item) => (
                <Command.Item
                  key={item.key}
                  value={item.key}
                  keywords={[
                    item.title.en,
                    item.title.zh,
                    item.aliases?.en ?? '',
                    item.aliases?.zh ?? '',
                    section.title.en,
                    section.title.zh,
                  ]}
                  onSelect={() => choose(item)}
                >
                  <span
                    className={item.addable.type === 'block' ? 'swatch is-block' : 'swatch'}
                    style={{ '--c': item.colour } as React.CSSProperties}
                  />
                  {text(item.title)}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </div>
  )
}

/** The catalogue, or what of it can take the loose end. */
function fitting({ wire }: AddRequest) {
  const state = useDocument.getState()
  const { document, path } = state
  const sections = catalogueOf(document)
  if (!wire) return sections
  const taken = idsOf(openedGraph(state))
  const shaped = shapedOf(document)
  return sections
    .map((section) => ({
      ...section,
      items: section.items.filter(({ addable }) => {
        const within = addable.type === 'layer' ? document : { ...document, blocks: { ...addable.blocks, ...document.blocks } }
        return portFor(within, path, nodeOf(addable, taken), wire.end, wire.side, shaped) !== undefined
      }),
    }))
    .filter((section) => section.items.length > 0)
}
