/** @file Entry of the command line. In: the process's arguments. Out: its exit code. */
import { runCli } from './cli'
import { processIo } from './io'

// A reader that has heard enough (`netloom … | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
// Nobody listens to messages any more: what is under way goes on, so that its results are not lost.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = await runCli(process.argv.slice(2), processIo)
