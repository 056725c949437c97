/** @file Mathematics with live numbers in it. In: TeX and numbers. Out: formulas set by KaTeX, numbers in the interface's own digits, each with its full value. */
import { useEffect, useRef } from 'react'
import type { LessonLine } from '../../engine/insight/lesson-report'
import { useKatex } from '../controls/katex'
import { formatNumber } from './format'

export function Tex({ tex }: { tex: string }) {
  const katex = useKatex()
  const box = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (katex && box.current) katex.render(tex, box.current, { throwOnError: false, output: 'html' })
  }, [katex, tex])
  return <span className="tex" ref={box} />
}

export const Num = ({ value }: { value: number }) => (
  <data className="num" value={String(value)}>
    {formatNumber(value)}
  </data>
)

/** Negative numbers stand in parentheses unless they open a side of the equation. */
export function Line({ line }: { line: LessonLine }) {
  return (
    <span className="lesson-line">
      {line.map((piece, index) => {
        if (typeof piece === 'string') return <Tex key={keyOf(line, index)} tex={`\\displaystyle ${piece}`} />
        const before = line[index - 1]
        const opens = typeof before === 'string' && /[=(]\s*$/.test(before)
        const wrapped = piece < 0 && !opens
        return (
          <span key={keyOf(line, index)}>
            {wrapped && '('}
            <Num value={piece} />
            {wrapped && ')'}
          </span>
        )
      })}
    </span>
  )
}

/** Pieces have no identity but their place. */
const keyOf = (line: LessonLine, index: number): string => `${index} of ${line.length}`
