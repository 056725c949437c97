/** @file The run at a glance: curves, figures, and what the network says of some samples. */
import { CurvesChart } from '../../charts/CurvesChart'
import { useRun } from '../../engine/run-store'
import { RunNotice } from './RunNotice'
import { RunStats } from './RunStats'

export function TrainingPane() {
  const begun = useRun((state) => state.progress !== undefined)
  return (
    <div className="training-curves">
      {begun && <CurvesChart />}
      <RunNotice />
    </div>
  )
}

/** Beside the curves. */
export function TrainingAside() {
  return <RunStats />
}
