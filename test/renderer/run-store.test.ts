import { beforeEach, describe, expect, test } from 'vitest'
import type { MetricsFrame } from '../../engine/protocol/messages'
import {
  beginRun,
  curves,
  isActive,
  isShown,
  receiveFailure,
  receiveLog,
  receiveMetrics,
  resetRun,
  useRun,
} from '../../renderer/engine/run-store'

const frame = (change: Partial<MetricsFrame>): MetricsFrame => ({
  phase: 'running',
  step: 10,
  totalSteps: 100,
  epoch: 0.1,
  epochs: 10,
  samplesPerSecond: 1000,
  training: [],
  validation: [],
  ...change,
})

beforeEach(() => resetRun())

describe('what is known about the run', () => {
  test('grows with its frames', () => {
    beginRun('key')
    expect(isActive(useRun.getState().phase)).toBe(true)
    const { version } = useRun.getState()
    receiveMetrics(frame({ training: [{ step: 10, epoch: 0.1, loss: 2, metrics: { accuracy: 0.4 } }] }))
    receiveMetrics(
      frame({
        step: 20,
        epoch: 2,
        training: [{ step: 20, epoch: 2, loss: 1, metrics: { accuracy: 0.6 } }],
        validation: [{ step: 20, epoch: 2, loss: 1.5, metrics: { accuracy: 0.5 }, isBest: true }],
      }),
    )
    const state = useRun.getState()
    expect(state.latest).toEqual({ loss: 1, accuracy: 0.6, validationLoss: 1.5, validationAccuracy: 0.5 })
    expect(state.progress).toMatchObject({ step: 20, totalSteps: 100 })
    expect(state.bestEpoch).toBe(2)
    expect(state.version).toBe(version + 2)
    expect(curves.get('loss')?.length).toBe(2)
  })

  test('does not redraw for a frame without points', () => {
    beginRun('key')
    const { version } = useRun.getState()
    receiveMetrics(frame({ phase: 'paused' }))
    expect(useRun.getState()).toMatchObject({ phase: 'paused', version })
  })

  test('is that of one document, until another is opened', () => {
    beginRun('key')
    expect([isShown('key'), isShown('other')]).toEqual([true, false])
    resetRun()
    expect(isShown('key')).toBe(false)
  })

  test('is forgotten when another run begins', () => {
    receiveMetrics(frame({ training: [{ step: 10, epoch: 0.1, loss: 2, metrics: {} }] }))
    receiveFailure([], 'a defect')
    beginRun('other')
    expect(useRun.getState()).toMatchObject({ phase: 'preparing', latest: {}, defect: undefined, documentKey: 'other' })
    expect(curves.names).toEqual([])
  })
})

test('the log keeps the newest lines', () => {
  for (let i = 0; i < 600; i++) receiveLog({ level: 'info', text: { en: `line ${i}`, zh: `第 ${i} 行` } })
  const { log } = useRun.getState()
  expect(log).toHaveLength(500)
  expect(log.at(-1)?.text.en).toBe('line 599')
})
