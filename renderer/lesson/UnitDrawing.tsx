/**
 * @file One node a unit (notes 001, 004): neurons with z, a and δ, and their weights on the wires. In: the lesson's drawing and the present step.
 * Out: every number that is known by then; the unit at work stands out.
 */
import { useMemo } from 'react'
import type { UnitDrawing as Drawing, LessonUnit, Revealed, UnitWire } from '../../engine/insight/lesson-report'
import { useText } from '../i18n/i18n'
import { Num, Tex } from './Numbers'
import { layOutUnits, placeLabels, type UnitPlace } from './unit-layout'
import { useBox } from './use-box'

/** Beyond these, labels would cover one another. */
const MOST_LABELS = 24

interface Props {
  readonly drawing: Drawing
  readonly at: number
  readonly units: readonly string[]
  readonly wires: readonly string[]
}

const known = (number: Revealed | undefined, at: number): number | undefined =>
  number !== undefined && number.from <= at ? number.value : undefined

export function UnitDrawing({ drawing, at, units, wires }: Props) {
  const text = useText()
  const { ref, width, height } = useBox()
  const layout = useMemo(() => {
    const counts = drawing.columns.map((column) => column.units.length)
    const weighted = new Set(drawing.wires.flatMap(({ to, weight }) => (weight === undefined ? [] : [to])))
    // Wires without weights need no room for labels.
    const gaps = drawing.columns.slice(1).map(({ units: own }) => (own.some(({ id }) => weighted.has(id)) ? 1 : 0.6))
    return layOutUnits(counts, gaps, width, height)
  }, [drawing, width, height])
  const places = new Map<string, UnitPlace>()
  drawing.columns.forEach((column, c) => {
    column.units.forEach((unit, i) => {
      const place = layout.columns[c]?.[i]
      if (place) places.set(unit.id, place)
    })
  })
  const focusWires = new Set(wires)
  const focusUnits = new Set(units)
  const weighted = drawing.wires.filter(({ weight }) => weight !== undefined)
  const inFocus = weighted.filter(({ id }) => focusWires.has(id))
  const labelled = weighted.length <= MOST_LABELS ? weighted : inFocus.length <= MOST_LABELS ? inFocus : []
  const labels = placeLabels(labelled, places)
  return (
    <div className={`lesson-units is-${layout.size}`} ref={ref} data-testid="lesson-units">
      <svg width={width} height={height} aria-hidden>
        {drawing.wires.map((wire) => (
          <Wire key={wire.id} wire={wire} places={places} isFocus={focusWires.has(wire.id)} />
        ))}
      </svg>
      {labelled.map((wire) => (
        <WireLabel key={wire.id} wire={wire} at={at} place={labels.get(wire.id)} isFocus={focusWires.has(wire.id)} />
      ))}
      {drawing.columns.map((column, c) => {
        const [first] = layout.columns[c] ?? []
        return (
          <div key={column.nodes.join()}>
            <span className="lesson-column mono" style={{ left: first?.x ?? 0 }}>
              {text(column.title)}
            </span>
            {column.units.map((unit, i) => {
              const place = places.get(unit.id)
              if (!place) return null
              const isFocus = column.nodes.some((node) => focusUnits.has(`${node}:${i}`))
              return <Unit key={unit.id} unit={unit} at={at} place={place} size={layout.size} isFocus={isFocus} />
            })}
          </div>
        )
      })}
    </div>
  )
}

function Wire({ wire, places, isFocus }: { wire: UnitWire; places: ReadonlyMap<string, UnitPlace>; isFocus: boolean }) {
  const [from, to] = [places.get(wire.from), places.get(wire.to)]
  if (!from || !to) return null
  const { weight } = wire
  const sign = weight === undefined ? '' : weight < 0 ? ' is-negative' : ' is-positive'
  return (
    <line
      className={`lesson-wire${sign}${isFocus ? ' is-focus' : ''}`}
      x1={from.x}
      y1={from.y}
      x2={to.x}
      y2={to.y}
      strokeWidth={weight === undefined ? 1 : Math.min(5, 1 + 1.6 * Math.abs(weight))}
    />
  )
}

interface LabelProps {
  readonly wire: UnitWire
  readonly at: number
  readonly place: UnitPlace | undefined
  readonly isFocus: boolean
}

function WireLabel({ wire, at, place, isFocus }: LabelProps) {
  if (!place || wire.weight === undefined) return null
  const gradient = known(wire.gradient, at)
  const next = known(wire.next, at)
  return (
    <span className={isFocus ? 'lesson-weight is-focus' : 'lesson-weight'} style={{ left: place.x, top: place.y }} data-wire={wire.id}>
      <Num value={next ?? wire.weight} />
      {gradient !== undefined && next === undefined && (
        <small>
          ∂ <Num value={gradient} />
        </small>
      )}
    </span>
  )
}

interface UnitProps {
  readonly unit: LessonUnit
  readonly at: number
  readonly place: UnitPlace
  readonly size: 'full' | 'value' | 'dot'
  readonly isFocus: boolean
}

function Unit({ unit, at, place, size, isFocus }: UnitProps) {
  const [z, a, delta] = [known(unit.z, at), known(unit.a, at), known(unit.delta, at)]
  const shown = size === 'full' ? { z, a, delta } : { a: delta ?? a ?? z }
  return (
    <div
      className={`lesson-unit${unit.z ? ' is-neuron' : ''}${isFocus ? ' is-focus' : ''}`}
      style={{ left: place.x, top: place.y }}
      data-unit={unit.id}
    >
      {size === 'full' && <Tex tex={unit.name} />}
      {size !== 'dot' && (
        <dl>
          {'z' in shown && shown.z !== undefined && <Fact name="z" value={shown.z} />}
          {shown.a !== undefined && <Fact name={size === 'full' ? (unit.z === undefined ? '' : 'a') : ''} value={shown.a} />}
          {'delta' in shown && shown.delta !== undefined && <Fact name="δ" value={shown.delta} />}
        </dl>
      )}
    </div>
  )
}

const Fact = ({ name, value }: { name: string; value: number }) => (
  <div>
    {name !== '' && <dt>{name}</dt>}
    <dd>
      <Num value={value} />
    </dd>
  </div>
)
