/** @file Commands that drive the run. */
import { engine } from '../engine/client'
import { isActive, useRun } from '../engine/run-store'
import { openLesson } from '../lesson/lesson-store'
import { showCheck } from '../panels/dock/insight/insight-store'
import { chooseWeights } from '../store/start-from'
import type { Command } from './command'

const phase = () => useRun.getState().phase

export const trainCommands: readonly Command[] = [
  {
    id: 'train.start',
    title: { en: 'Train', zh: '训练' },
    group: 'train',
    keys: ['$mod+Enter'],
    whileTyping: true,
    when: () => !isActive(phase()),
    run: () => engine.train(),
  },
  {
    id: 'train.stop',
    title: { en: 'Stop', zh: '停止' },
    group: 'train',
    keys: ['$mod+Alt+Enter'],
    whileTyping: true,
    when: () => isActive(phase()),
    run: engine.stop,
  },
  { id: 'train.pause', title: { en: 'Pause', zh: '暂停' }, group: 'train', when: () => phase() === 'running', run: engine.pause },
  { id: 'train.resume', title: { en: 'Resume', zh: '继续' }, group: 'train', when: () => phase() === 'paused', run: engine.resume },
  { id: 'train.step', title: { en: 'One step', zh: '单步训练' }, group: 'train', when: () => phase() !== 'running', run: engine.step },
  {
    id: 'train.from',
    title: { en: 'Start from weights (fine-tuning)…', zh: '从已有权重开始（微调）…' },
    group: 'train',
    when: () => useRun.getState().engine === 'ready' && !isActive(phase()),
    run: chooseWeights,
  },
  {
    id: 'train.checkGradients',
    title: { en: 'Check gradients', zh: '梯度检查' },
    group: 'train',
    when: () => useRun.getState().engine === 'ready' && phase() !== 'running' && phase() !== 'preparing',
    run: showCheck,
  },
  {
    id: 'train.lesson',
    title: { en: 'Step through the network', zh: '逐步讲解网络' },
    group: 'train',
    keys: ['KeyL'],
    when: () => useRun.getState().engine === 'ready',
    run: () => openLesson(),
  },
]
