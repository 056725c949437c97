/** @file What the engine reported, newest last, in view unless one has scrolled up. */
import { useEffect, useRef } from 'react'
import { useRun } from '../../engine/run-store'
import { useText, useWords } from '../../i18n/i18n'
import { dockWords } from './words'

const clock = (time: number): string => new Date(time).toLocaleTimeString('en-GB')

export function LogPane() {
  const words = useWords(dockWords)
  const text = useText()
  const log = useRun((state) => state.log)
  const list = useRef<HTMLOListElement>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when a line is added
  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [log])
  if (log.length === 0)
    return (
      <div className="empty">
        <b>{words('logEmpty')}</b>
        <span>{words('logEmptyHint')}</span>
      </div>
    )
  return (
    <ol
      className="log"
      ref={list}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 20
      }}
    >
      {log.map((line) => (
        <li key={line.id} className={`log-${line.level}`}>
          <time>{clock(line.time)}</time>
          <span>{text(line.text)}</span>
        </li>
      ))}
    </ol>
  )
}
