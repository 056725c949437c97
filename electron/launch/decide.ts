/**
 * @file Desktop window or browser page? In: what the machine offers. Out: a decision with its reason in words.
 */

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly hasDisplay: boolean
  readonly isRoot: boolean
  readonly wantsBrowser: boolean
}

export type Decision = { readonly kind: 'browser'; readonly reason: string } | { readonly kind: 'electron' }

export function describeMachine(wantsBrowser: boolean, environment: NodeJS.ProcessEnv = process.env): Machine {
  const { platform } = process
  return {
    platform,
    wantsBrowser,
    hasDisplay: platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY),
    isRoot: platform === 'linux' && process.getuid?.() === 0,
  }
}

export function decide(machine: Machine): Decision {
  if (machine.wantsBrowser) return { kind: 'browser', reason: 'asked for with --browser' }
  if (!machine.hasDisplay) return { kind: 'browser', reason: 'this machine has no display' }
  // Chromium's sandbox does not start for root, and without it we would rather run in the person's own browser.
  if (machine.isRoot) return { kind: 'browser', reason: 'Electron does not run as root' }
  return { kind: 'electron' }
}
