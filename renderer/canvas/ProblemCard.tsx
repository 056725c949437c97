/** @file What is wrong with a node and the one click that mends it, shown beside the node while it is selected or pointed at. */
import { messageOf } from '../../engine/core/diagnostic-message'
import type { Diagnostic } from '../../engine/core/diagnostics'
import { useLanguage } from '../i18n/i18n'
import { applyFix } from '../store/actions'

const SHOWN = 3

export function ProblemCard({ problems, below }: { problems: readonly Diagnostic[]; below: boolean }) {
  const language = useLanguage()
  return (
    <div className={below ? 'problem-card is-below nodrag nopan' : 'problem-card nodrag nopan'} role="status">
      {problems.slice(0, SHOWN).map((problem) => (
        <div key={`${problem.code} ${problem.nodeId} ${problem.port} ${problem.param}`} className="problem">
          <span>{messageOf(problem, language)}</span>
          {problem.fix && (
            <button type="button" className="link" onClick={() => applyFix(problem)}>
              {problem.fix.title[language]}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
