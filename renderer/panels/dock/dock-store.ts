/** @file Which tab of the dock is in front. In: clicks, commands, links from elsewhere. Out: a small store. */
import { create } from 'zustand'

export const dockTabs = ['training', 'data', 'information', 'predictions', 'insight', 'problems', 'code', 'kernels', 'log'] as const
export type DockTab = (typeof dockTabs)[number]

export const useDock = create<{ readonly tab: DockTab }>(() => ({ tab: 'training' }))

export const showDock = (tab: DockTab): void => useDock.setState({ tab })
