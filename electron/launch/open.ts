/** @file Opens an address in the person's browser. In: a URL of ours. Out: nothing; that no browser is found is no reason to end. */
import { spawn } from 'node:child_process'

const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

export function openInBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', () => process.stderr.write(`Open ${url} in a browser.\n`))
  child.unref()
}
