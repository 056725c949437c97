/** @file All problems of the document in one list. In: diagnostics. Out: a click shows the node, another mends it. Placed in the dock. */
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { messageOf } from '../../engine/core/diagnostic-message'
import type { Diagnostic } from '../../engine/core/diagnostics'
import { showNode } from '../canvas/show-node'
import { useLanguage, useWords } from '../i18n/i18n'
import { panelWords } from '../i18n/panel-words'
import { applyFix } from '../store/actions'
import type { Problem } from '../store/problems'
import { useShaped } from '../store/shaped'
import './problems.css'

export function Problems() {
  const { problems } = useShaped()
  const say = useWords(panelWords)
  if (problems.length === 0)
    return (
      <div className="empty">
        <CircleCheck size={18} color="var(--accent)" aria-hidden="true" />
        <b>{say('noProblems')}</b>
        <span>{say('noProblemsHint')}</span>
      </div>
    )
  return <ProblemList problems={problems} />
}

export function ProblemList({ problems }: { problems: readonly (Diagnostic | Problem)[] }) {
  const language = useLanguage()
  const say = useWords(panelWords)
  return (
    <ul className="problems">
      {problems.map((problem) => (
        <li key={JSON.stringify([problem.code, problem.nodeId, problem.port, problem.param, problem.values])}>
          {problem.severity === 'error' ? (
            <CircleAlert size={14} color="var(--bad)" aria-label={say('error')} />
          ) : (
            <TriangleAlert size={14} color="var(--warn)" aria-label={say('warning')} />
          )}
          {problem.nodeId !== undefined && (
            <button type="button" className="problem-node mono" title={say('showNode')} onClick={() => showNode(problem.nodeId ?? '')}>
              {problem.nodeId}
            </button>
          )}
          <span className="problem-text">
            {messageOf(problem, language)}
            {'instances' in problem && problem.instances.length > 1 && (
              <small> · {say('instances', { count: problem.instances.length })}</small>
            )}
          </span>
          {problem.fix && (
            <button type="button" className="link" onClick={() => applyFix(problem)}>
              {problem.fix.title[language]}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
